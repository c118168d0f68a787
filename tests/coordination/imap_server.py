"""A mailbox that speaks enough of IMAP4rev1 (RFC 3501) over a socket for what we ask of one."""

import base64
import re
import socketserver
import threading


class ImapServer(socketserver.ThreadingTCPServer):
    """`mails` is {uid: bytes}; `validity` numbers them. `cut` is the uid in whose midst the line breaks once.

    `log` has the commands as they came, without their tags.
    """

    allow_reuse_address = daemon_threads = True

    def __init__(self, user, password):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.user, self.password = user, password
        self.mails, self.validity, self.cut, self.log = {}, 7, None, []

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self


class _Talk(socketserver.StreamRequestHandler):
    def say(self, *lines):
        for line in lines:
            self.wfile.write(line if isinstance(line, bytes) else line.encode() + b"\r\n")

    def handle(self):
        self.say("* OK IMAP4rev1 here")
        for raw in self.rfile:
            tag, _, command = raw.decode().strip().partition(" ")
            self.server.log.append(command)
            verb = command.upper()
            if verb == "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1 AUTH=PLAIN", f"{tag} OK done")
            elif verb.startswith(("LOGIN", "AUTHENTICATE")):
                self.say(f"{tag} {'OK in' if self.signed_in(command) else 'NO wrong'}")
            elif verb.startswith("EXAMINE"):
                self.say(*self.folder(), f"{tag} OK [READ-ONLY] done")
            elif verb.startswith("UID SEARCH"):
                start = int(re.search(r"UID (\d+):\*", command)[1])
                last = max(self.server.mails, default=0)
                found = sorted({uid for uid in self.server.mails if uid >= start} | {last} - {0})
                self.say(f"* SEARCH {' '.join(map(str, found))}".rstrip(), f"{tag} OK done")
            elif verb.startswith("UID FETCH"):
                if not self.fetch(command):
                    return  # the line is cut
                self.say(f"{tag} OK done")
            elif verb == "LOGOUT":
                self.say("* BYE bye", f"{tag} OK done")
                return
            else:
                self.say(f"{tag} BAD what?")

    def signed_in(self, command):
        if command.upper().startswith("LOGIN"):
            return command.split(" ", 1)[1].replace('"', "") == f"{self.server.user} {self.server.password}"
        self.say("+ ")
        said = base64.b64decode(self.rfile.readline()).decode().split("\0")
        return said[1:] == [self.server.user, self.server.password]

    def folder(self):
        mails = self.server.mails
        return (f"* {len(mails)} EXISTS", "* 0 RECENT", f"* OK [UIDVALIDITY {self.server.validity}] numbered")

    def fetch(self, command):
        _, _, uid, what = command.split(" ", 3)
        number, kept = int(uid), self.server.mails.get(int(uid))
        if kept is None:
            return True  # deleted meanwhile: nothing is said of it
        mail = b"\r\n".join(kept.splitlines()) + b"\r\n"  # as it goes over the line
        if "SIZE" in what.upper():
            self.say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(mail)})")
            return True
        body = mail if "BODY.PEEK[]" in what.upper() else mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        self.say(f"* 1 FETCH (UID {uid} BODY[] {{{len(body)}}}")
        if number == self.server.cut:
            self.server.cut = None
            self.say(body[: len(body) // 2])
            return False
        self.say(body, ")")
        return True
