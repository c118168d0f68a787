"""Projects as other tools write them: the structure of theirs, with words of our own."""

import io
import zipfile

TEXT = (
    "Interviewer: What happened when you imported the orders?\n"
    "Dana: I gave up after the second error. 😀 Nobody told me what was wrong.\n"
    "\n"
    "Interviewer: What did you do then?\n"
    "Dana: I called our account manager.\n"
)
ERRORS, SUPPORT, PARENT = (
    "1FF58B12-6F6F-4B0C-8BE5-BBDC91F55294",
    "ECA18D76-2B8B-4F26-BC1D-19ECA19FB3F0",
    "0C1D0E53-71F5-4F5E-9F6C-6C3B1B8F1C11",
)
USER, OTHER = "F3EA8DA1-BB99-411F-8ED4-011170237B6C", "2C5846FE-C0B7-4124-9256-794A5742CEBA"
SOURCE = "C5E4C960-5296-4FDE-8C63-DEABA4E17F92"


def qdpx(xml, texts=None, *, project="project.qde", folder="sources"):
    """The bytes of an archive with `xml` and the texts by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(project, xml)
        for name, text in (texts or {}).items():
            archive.writestr(f"{folder}/{name}", text if isinstance(text, bytes) else text.encode())
    return buffer.getvalue()


def span(words, text=TEXT, length=len):
    """The positions of `words` as a tool counts them that measures texts by `length`."""
    at = text.index(words)
    return f'startPosition="{length(text[:at])}" endPosition="{length(text[: at + len(words)])}"'


def maxqda(text=TEXT, length=len):
    """Capital GUIDs, colours, memos as descriptions, document sets, no codebook groups, a byte order mark."""
    xml = f"""<?xml version="1.0" encoding="utf-8"?>
<Project xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="urn:QDA-XML:project:1.0"
 xsi:schemaLocation="urn:QDA-XML:project:1.0 http://schema.qdasoftware.org/versions/Project/v1.0/Project.xsd"
 origin="MAXQDA 24 (Release 24.7.0)" name="Onboarding" modifiedDateTime="2025-07-14T18:42:34Z">
 <Users><User guid="{USER}" name="Maya Lindqvist"/><User guid="{OTHER}" name="Somebody Else"/></Users>
 <CodeBook><Codes>
  <Code color="#c8453b" guid="{PARENT}" name="Barriers" isCodable="true"><Description>What stops people.</Description>
   <Code color="#c8453b" guid="{ERRORS}" name="Import errors" isCodable="true"/>
  </Code>
  <Code color="#00ff00" guid="{SUPPORT}" name="Calls support" isCodable="true"/>
 </Codes></CodeBook>
 <Sources>
  <TextSource modifyingUser="{USER}" guid="{SOURCE}" creatingUser="{USER}" name="Dana"
   creationDateTime="2024-10-18T23:23:46Z" plainTextPath="internal://{SOURCE}.txt">
   <PlainTextSelection guid="A1B2C3D4-0000-4000-8000-000000000001" name="I gave up after the second error."
    {span("I gave up after the second error.", text, length)} creatingUser="{USER}"
    creationDateTime="2024-10-19T08:00:00Z">
    <Description>She sounds tired.</Description>
    <Coding guid="A1B2C3D4-0000-4000-8000-000000000002" creatingUser="{USER}"
     creationDateTime="2024-10-19T08:00:00Z"><CodeRef targetGUID="{ERRORS}"/></Coding>
   </PlainTextSelection>
   <PlainTextSelection guid="A1B2C3D4-0000-4000-8000-000000000003" name="I gave up after the second error."
    {span("I gave up after the second error.", text, length)} creatingUser="{OTHER}"
    creationDateTime="2024-10-20T08:00:00Z">
    <Coding guid="A1B2C3D4-0000-4000-8000-000000000004" creatingUser="{OTHER}"
     creationDateTime="2024-10-20T08:00:00Z"><CodeRef targetGUID="{SUPPORT}"/></Coding>
   </PlainTextSelection>
   <PlainTextSelection guid="A1B2C3D4-0000-4000-8000-000000000005" name="wrong. … I called"
    {span("wrong.", text, length).split()[0]} {span("I called our", text, length).split()[1]}
    creatingUser="{USER}"><Coding guid="A1B2C3D4-0000-4000-8000-000000000006"><CodeRef
     targetGUID="{SUPPORT}"/></Coding>
   </PlainTextSelection>
  </TextSource>
  <PictureSource guid="B1B2C3D4-0000-4000-8000-000000000001" name="Whiteboard" path="internal://x.jpg"/>
 </Sources>
 <Sets><Set guid="45FE4439-9BF4-47FC-AFAF-D87305293172" name="Wave 1"><MemberSource targetGUID="{SOURCE}"/></Set></Sets>
</Project>"""
    return qdpx(xml, {f"{SOURCE}.txt": "\ufeff" + text})


def nvivo():
    """“Sources”, both texts of a source, cases that codings point to, annotations tied by links, CRLF counted."""
    text = TEXT.replace("\n", "\r\n")
    xml = f"""<?xml version="1.0" encoding="utf-8"?>
<Project xmlns:xsd="http://www.w3.org/2001/XMLSchema" name="Untitled" origin="NVivo for Windows 12.6" basePath=""
 creatingUserGUID="{USER.lower()}" creationDateTime="2025-02-21T15:09:07Z" xmlns="urn:QDA-XML:project:1.0">
  <Users><User guid="{USER.lower()}" name="Coder" /></Users>
  <CodeBook><Codes>
    <Code guid="{PARENT.lower()}" name="Barriers" isCodable="true"><Code guid="{ERRORS.lower()}" name="Import errors" isCodable="true" /></Code>
  </Codes></CodeBook>
  <Variables><Variable guid="11111111-0000-4000-8000-000000000001" name="Age" typeOfVariable="Integer"/>
   <Variable guid="11111111-0000-4000-8000-000000000002" name="Role" typeOfVariable="Text"/></Variables>
  <Cases><Case guid="22222222-0000-4000-8000-000000000001" name="Dana Whitlock">
   <VariableValue><VariableRef targetGUID="11111111-0000-4000-8000-000000000002"/><TextValue>Dispatcher</TextValue></VariableValue>
  </Case></Cases>
  <Sources>
    <TextSource guid="{SOURCE.lower()}" name="Interview 1" richTextPath="internal://{SOURCE.lower()}.docx"
     plainTextPath="internal://{SOURCE.lower()}.txt" creatingUser="{USER.lower()}" creationDateTime="2025-02-21T15:10:00Z">
      <VariableValue><VariableRef targetGUID="11111111-0000-4000-8000-000000000001"/><IntegerValue>41</IntegerValue></VariableValue>
      <PlainTextSelection guid="33333333-0000-4000-8000-000000000001" name="" {span("called our account manager", text)}>
        <Coding guid="33333333-0000-4000-8000-000000000002" creatingUser="{USER.lower()}" creationDateTime="2025-02-21T15:11:00Z">
          <CodeRef targetGUID="{ERRORS.lower()}" /></Coding>
      </PlainTextSelection>
      <PlainTextSelection guid="33333333-0000-4000-8000-000000000003" name="" startPosition="0" endPosition="{len(text)}">
        <Coding guid="33333333-0000-4000-8000-000000000004"><CodeRef targetGUID="22222222-0000-4000-8000-000000000001" /></Coding>
      </PlainTextSelection>
      <PlainTextSelection guid="33333333-0000-4000-8000-000000000005" name="" {span("Nobody told me", text)} />
    </TextSource>
    <AudioSource guid="44444444-0000-4000-8000-000000000001" name="Call.m4a" path="internal://call.m4a">
      <Transcript guid="44444444-0000-4000-8000-000000000002" name="Call" plainTextPath="internal://call.txt">
        <SyncPoint guid="44444444-0000-4000-8000-00000000000a" position="0" timeStamp="0"/>
        <SyncPoint guid="44444444-0000-4000-8000-00000000000b" position="14" timeStamp="4200"/>
        <SyncPoint guid="44444444-0000-4000-8000-00000000000c" position="28" timeStamp="9000"/>
        <TranscriptSelection guid="44444444-0000-4000-8000-000000000003" name="" fromSyncPoint="44444444-0000-4000-8000-00000000000b" toSyncPoint="44444444-0000-4000-8000-00000000000c">
          <Coding guid="44444444-0000-4000-8000-000000000004"><CodeRef targetGUID="{ERRORS.lower()}" /></Coding></TranscriptSelection>
      </Transcript>
      <AudioSelection guid="44444444-0000-4000-8000-000000000005" name="" begin="0" end="4000"><Coding guid="44444444-0000-4000-8000-000000000006"><CodeRef targetGUID="{PARENT.lower()}" /></Coding></AudioSelection>
    </AudioSource>
    <VideoSource guid="55555555-0000-4000-8000-000000000001" name="Clip.mp4" path="internal://clip.mp4"/>
  </Sources>
  <Notes><Note guid="66666666-0000-4000-8000-000000000001" name="Annotation" plainTextPath="internal://note.txt" creatingUser="{USER.lower()}"/>
   <Note guid="66666666-0000-4000-8000-000000000002" name="Field diary" creatingUser="{USER.lower()}"><PlainTextContent>It rained all day.</PlainTextContent></Note></Notes>
  <Links><Link guid="77777777-0000-4000-8000-000000000001" name="" originGUID="66666666-0000-4000-8000-000000000001" targetGUID="33333333-0000-4000-8000-000000000005"/></Links>
</Project>"""
    texts = {
        f"{SOURCE.lower()}.txt": text,
        "call.txt": "Hello, Dana.\r\nThe import fails.\r\n",
        "note.txt": "She laughs here.",
    }
    return qdpx(xml, texts, project="Project.qde", folder="Sources")


def atlas():
    """Line ends of two characters that count as one, code groups as sets, comments as notes."""
    text = TEXT.replace("\n", "\r\n")
    xml = f"""<?xml version="1.0" encoding="utf-8"?>
<Project name="Onboarding" origin="ATLAS.ti Windows 23.2" creatingUserGUID="{USER}" xmlns="urn:QDA-XML:project:1.0">
 <Users><User guid="{USER}" name="Maya Lindqvist" /></Users>
 <CodeBook><Codes><Code guid="{ERRORS}" name="Import errors" color="#0000FF" isCodable="true"><NoteRef targetGUID="88888888-0000-4000-8000-000000000001"/></Code></Codes></CodeBook>
 <Sources><TextSource guid="{SOURCE}" name="Interview" plainTextPath="internal://{SOURCE}.txt" creatingUser="{USER}">
  <PlainTextSelection guid="99999999-0000-4000-8000-000000000001" name="I called our account manager." {span("I called our account manager.")} creatingUser="{USER}">
   <Coding guid="99999999-0000-4000-8000-000000000002" creatingUser="{USER}"><CodeRef targetGUID="{ERRORS}" /></Coding>
   <NoteRef targetGUID="88888888-0000-4000-8000-000000000002"/></PlainTextSelection>
 </TextSource></Sources>
 <Notes><Note guid="88888888-0000-4000-8000-000000000001" name="Import errors" creatingUser="{USER}"><PlainTextContent>Of any importer.</PlainTextContent></Note>
  <Note guid="88888888-0000-4000-8000-000000000002" creatingUser="{USER}"><PlainTextContent>Ask her again.</PlainTextContent></Note></Notes>
 <Sets><Set name="Problems" guid="ECA18D76-2B8B-4F26-BC1D-19ECA19FB3AA"><Description>All that fails</Description><MemberCode targetGUID="{ERRORS}" /></Set></Sets>
</Project>"""
    return qdpx(xml, {f"{SOURCE}.txt": text})


def qualcoder():
    """Categories that cannot be used themselves, lower-case names, memos as descriptions of everything."""
    xml = f"""<?xml version="1.0" standalone="yes"?>
<Project xmlns="urn:QDA-XML:project:1.0" creatingUserGUID="{USER.lower()}" creationDateTime="2023-01-02T03:04:05Z" basePath="relative:///" name="onboarding.qda" origin="Qualcoder">
<Users><User guid="{USER.lower()}" name="default"/></Users>
<CodeBook><Codes><Code guid="{PARENT.lower()}" name="Problems" isCodable="false"><Description>a category</Description><Code guid="{ERRORS.lower()}" name="Import errors" color="#B71C1C" isCodable="true"/></Code></Codes></CodeBook>
<Sources><TextSource guid="{SOURCE.lower()}" name="dana.txt" plainTextPath="internal://{SOURCE.lower()}.txt" creatingUser="{USER.lower()}" creationDateTime="2023-01-02T03:04:05Z"><Description>file memo</Description>
<PlainTextSelection guid="aaaaaaaa-0000-4000-8000-000000000001" {span("second error")} name="dana.txt" creatingUser="{USER.lower()}" creationDateTime="2023-01-02T03:04:05Z"><Description>coding memo</Description><Coding guid="aaaaaaaa-0000-4000-8000-000000000002" creatingUser="{USER.lower()}"><CodeRef targetGUID="{ERRORS.lower()}"/></Coding></PlainTextSelection>
</TextSource></Sources></Project>"""
    return qdpx(xml, {f"{SOURCE.lower()}.txt": TEXT})


def codebook(namespace="urn:QDA-XML:codebook:0:4"):
    """ATLAS.ti's namespace of another version, and members of sets by `guid`."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<CodeBook xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" origin="ATLAS.ti Win 23.4.0" xmlns="{namespace}">
<Codes><Code guid="{PARENT}" name="Barriers" color="#46AA00" isCodable="true"><Description>What stops people.</Description><Code guid="{ERRORS}" name="Import errors" isCodable="true"/></Code></Codes>
<Sets><Set name="Problems" guid="ECA18D76-2B8B-4F26-BC1D-19ECA19FB3AA"><MemberCode guid="{PARENT}" /></Set></Sets>
</CodeBook>""".encode()


def whole_standard():
    """What the standard has and the exports above lack: sources coded as a whole, a PDF and a picture with their
    texts, texts outside of the archive, two coders of one mind, positions in UTF-16 units, code under code.
    """
    pdf = "Page one says little.\nPage two: the import fails on Mondays."
    xml = f"""<?xml version="1.0" encoding="utf-8"?>
<Project name="Standard" origin="Some tool" basePath="C:\\\\research" creatingUserGUID="{USER}" xmlns="urn:QDA-XML:project:1.0">
 <Users><User guid="{USER}" name="Maya Lindqvist"/><User guid="{OTHER}" name="Priya Raman"/></Users>
 <CodeBook><Codes><Code guid="{PARENT}" name="Barriers" isCodable="true"><Code guid="{ERRORS}" name="Import errors" isCodable="true">
  <Code guid="{SUPPORT}" name="On Mondays" isCodable="true"/></Code></Code></Codes></CodeBook>
 <Sources>
  <TextSource guid="{SOURCE}" name="Dana" creatingUser="{USER}"><PlainTextContent>{TEXT}</PlainTextContent>
   <PlainTextSelection guid="AB000000-0000-4000-8000-000000000001" name="Nobody told me" {span("Nobody told me", length=utf16)}>
    <Coding guid="AB000000-0000-4000-8000-000000000002" creatingUser="{USER}"><CodeRef targetGUID="{ERRORS}"/></Coding>
    <Coding guid="AB000000-0000-4000-8000-000000000003" creatingUser="{OTHER}"><CodeRef targetGUID="{ERRORS}"/></Coding>
    <Coding guid="AB000000-0000-4000-8000-000000000004" creatingUser="{OTHER}"><CodeRef targetGUID="{ERRORS}"/></Coding>
   </PlainTextSelection>
   <Coding guid="AB000000-0000-4000-8000-000000000005" creatingUser="{USER}"><CodeRef targetGUID="{PARENT}"/></Coding>
  </TextSource>
  <PDFSource guid="AB000000-0000-4000-8000-000000000010" name="Report.pdf" path="internal://report.pdf">
   <PDFSelection guid="AB000000-0000-4000-8000-000000000011" page="1" firstX="1" firstY="1" secondX="9" secondY="9" name=""><Coding guid="AB000000-0000-4000-8000-000000000012"><CodeRef targetGUID="{ERRORS}"/></Coding></PDFSelection>
   <Representation guid="AB000000-0000-4000-8000-000000000013" name="Report" plainTextPath="internal://report.txt">
    <PlainTextSelection guid="AB000000-0000-4000-8000-000000000014" name="" {span("the import fails on Mondays", pdf)}><Coding guid="AB000000-0000-4000-8000-000000000015"><CodeRef targetGUID="{SUPPORT}"/></Coding></PlainTextSelection>
   </Representation></PDFSource>
  <PictureSource guid="AB000000-0000-4000-8000-000000000020" name="Whiteboard" path="internal://board.png">
   <TextDescription guid="AB000000-0000-4000-8000-000000000021" name="Whiteboard"><PlainTextContent>Three boxes and an arrow.</PlainTextContent></TextDescription>
   <PictureSelection guid="AB000000-0000-4000-8000-000000000022" firstX="1" firstY="1" secondX="9" secondY="9" name=""><Coding guid="AB000000-0000-4000-8000-000000000023"><CodeRef targetGUID="{ERRORS}"/></Coding></PictureSelection>
   <Coding guid="AB000000-0000-4000-8000-000000000024"><CodeRef targetGUID="{ERRORS}"/></Coding></PictureSource>
  <VideoSource guid="AB000000-0000-4000-8000-000000000030" name="Clip" path="relative:///clips/clip.mp4">
   <VideoSelection guid="AB000000-0000-4000-8000-000000000031" name="" begin="0" end="900"><Coding guid="AB000000-0000-4000-8000-000000000032"><CodeRef targetGUID="{ERRORS}"/></Coding></VideoSelection></VideoSource>
  <TextSource guid="AB000000-0000-4000-8000-000000000040" name="Elsewhere" plainTextPath="relative:///texts/elsewhere.txt"/>
 </Sources></Project>"""
    return qdpx(xml, {"report.txt": pdf})


def utf16(text):
    """How many UTF-16 units it has, as tools written for Windows count."""
    return len(text.encode("utf-16-le")) // 2


def taguette():
    """Taguette's two ways out: a flat codebook with an empty list of sets, and a row for each tag of a highlight."""
    book = f"""<?xml version="1.0" encoding="utf-8"?>
<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="Taguette 1.4.1"><Codes><Code guid="{ERRORS}" name="errors.import" isCodable="true"/><Code guid="{SUPPORT}" name="support" isCodable="true"/></Codes><Sets/></CodeBook>"""
    table = (
        "id,document,tag,content\r\n"
        "1,dana.txt,errors.import,I gave up after the second error.\r\n"
        "1,dana.txt,support,I gave up after the second error.\r\n"
        "2,dana.txt,support,I called our account manager.\r\n"
    )
    return book.encode(), table.encode()
