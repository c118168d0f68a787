"""What a file really is, from its first bytes: a name is only what somebody typed."""

_DOCX = "Save it as a Word document (.docx) or as plain text (.txt) and upload that."
_TEXT = "Export the transcript as .vtt, .srt, .txt or .docx and upload that."

_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture", _TEXT),
    (b"\xff\xd8\xff", "a JPEG picture", _TEXT),
    (b"GIF8", "a GIF picture", _TEXT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (.doc, .xls or .ppt)", _DOCX),
    (b"\x7fELF", "a program", _TEXT),
    (b"\x1f\x8b", "a gzip archive", "Unpack it and upload the transcript inside."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it and upload the transcript inside."),
    (b"Rar!\x1a\x07", "a RAR archive", "Unpack it and upload the transcript inside."),
    (b"ID3", "an MP3 recording", _TEXT),
    (b"\xff\xfb", "an MP3 recording", _TEXT),
    (b"OggS", "an Ogg recording", _TEXT),
    (b"RIFF", "a WAV or AVI recording", _TEXT),
    (b"\x1a\x45\xdf\xa3", "a WebM or Matroska recording", _TEXT),
    (b"SQLite format 3\x00", "a database", _TEXT),
)


def foreign_type(data: bytes) -> tuple[str, str] | None:
    """The name of a file type that is no transcript, and what to do instead; None for text and ZIP."""
    for signature, name, advice in _SIGNATURES:
        if data.startswith(signature):
            return name, advice
    if data[4:8] == b"ftyp":
        return "an MP4 recording", _TEXT
    if data.startswith(b"MZ") and b"\0" in data[:64]:  # a line of text may start with these letters too
        return "a Windows program", _TEXT
    opening = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if opening.startswith((b"<!doctype html", b"<html")):
        return "a web page", _TEXT
    if opening.startswith(b"<?xml"):
        return "an XML file", _TEXT
    return None


def is_zip(data: bytes) -> bool:
    """A ZIP archive, which a Word document is too."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))
