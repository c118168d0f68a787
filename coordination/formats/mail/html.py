"""The text of an HTML body, with its paragraphs and lists, quotations marked as in plain mail."""

from html.parser import HTMLParser

_BLOCKS = {
    *("p", "div", "br", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr"),
    *("section", "article", "header", "footer", "blockquote", "dd", "dt", "dl", "center", "address"),
}
_PARAGRAPHS = {"p", "ul", "ol", "table", "h1", "h2", "h3", "h4", "pre", "blockquote"}
_SILENT = {"script", "style", "head", "title", "template", "object"}
DEEPEST = 50


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line: list[str] = []
        self.silent = 0
        self.quoted = 0

    def handle_starttag(self, tag, attrs):
        if tag in _SILENT:
            self.silent += 1
            return
        if tag in _BLOCKS:
            self._end(blank=tag in _PARAGRAPHS)
        if tag == "blockquote":
            self.quoted = min(self.quoted + 1, DEEPEST)
        elif tag == "li":
            self.line.append("- ")
        elif tag in ("td", "th"):
            self.line.append(" ")

    def handle_endtag(self, tag):
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in _BLOCKS:
            self._end(blank=tag in _PARAGRAPHS)
            if tag == "blockquote":
                self.quoted = max(0, self.quoted - 1)

    def handle_data(self, data):
        if not self.silent:
            self.line.append(data)

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
    """What a person reads of it; never raises, whatever is left open or nested."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()
