"""The text of an HTML body, with its paragraphs and lists, quotations marked as in plain mail.

One pass over its signs, as Python's own parser takes minutes over a megabyte of open tags, and raises.
"""

import re
from html import unescape

_BLOCKS = {
    *("p", "div", "br", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr"),
    *("section", "article", "header", "footer", "blockquote", "dd", "dt", "dl", "center", "address"),
}
_PARAGRAPHS = {"p", "ul", "ol", "table", "h1", "h2", "h3", "h4", "pre", "blockquote"}
_SILENT = {"head", "title", "template", "object"}
_RAW = {"script", "style"}  # what looks like a tag within is none
DEEPEST = 50
LONGEST = 500_000  # characters that are read
_SIGN = re.compile(r"<!--|-->|<(?P<end>/?)(?P<name>[A-Za-z][\w:-]*)|<[!?/]|=\s{0,20}[\"']|[\"'>]")
_TAG = re.compile(r"<[^<>]*>")


class _Reader:
    def __init__(self):
        self.lines: list[str] = []
        self.line: list[str] = []
        self.silent = 0
        self.raw = ""
        self.quoted = 0

    def read(self, html):
        """Go from sign to sign. `closes` is what ends the tag, comment or quoted value that we are in."""
        place, closes, tag = 0, "", None
        for sign in _SIGN.finditer(html):
            found = sign[0]
            if closes == ">" and found[0] == "=":
                closes = found[-1]  # a value: what looks like an end within is none
            elif closes in ('"', "'") and found[-1] == closes:
                closes = ">"
            elif closes and found == closes:
                place, closes = sign.end(), ""
                self._tag(tag)
            elif not closes and found[0] == "<":
                self._words(html[place : sign.start()])
                place, tag = sign.start(), sign
                closes = "-->" if found == "<!--" else ">"
        rest = html[place:]  # in what nobody closed there may be words
        self._words(_TAG.sub(" ", rest) if closes else rest)

    def _tag(self, sign):
        name, end = (sign["name"] or "").lower(), sign["end"]
        if self.raw:
            self.raw = "" if end and name == self.raw else self.raw
        elif name in _RAW:
            self.raw = "" if end else name
        elif name in _SILENT:
            self.silent = max(0, self.silent - 1) if end else self.silent + 1
        elif name == "body":
            self.silent = 0
        elif name in _BLOCKS:
            self._block(name, end)
        elif name in ("td", "th") and not end:
            self.line.append(" ")

    def _block(self, name, end):
        self._end(blank=name in _PARAGRAPHS)
        if name == "blockquote":
            self.quoted = max(0, self.quoted - 1) if end else min(self.quoted + 1, DEEPEST)
        elif name == "li" and not end:
            self.line.append("- ")

    def _words(self, words):
        if words and not self.silent and not self.raw:
            self.line.append(unescape(words))

    def _end(self, *, blank):
        text = " ".join("".join(self.line).split())
        self.line = []
        mark = "> " * self.quoted
        if text:
            self.lines.append(mark + text)
        if blank and self.lines and self.lines[-1]:
            self.lines.append("")

    def text(self):
        self._end(blank=False)
        return "\n".join(self.lines).strip()


def html_to_text(html: str) -> str:
    """What a person reads of it, in linear time; never raises, whatever is left open or nested."""
    reader = _Reader()
    reader.read(html[:LONGEST])
    return reader.text()
