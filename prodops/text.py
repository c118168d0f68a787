"""Markdown in, safe HTML out."""

import re

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
_TAGS = {
    *("a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre"),
    *("s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
_MARKUP = re.compile(r"[*_`#>\[\]]|\(https?://[^)]*\)")


def markdown(source, *, pictures=False):
    """HTML of `source`, with nothing in it that could run, frame or track.

    `pictures` keeps images: for texts of the product itself only, since a picture tells its server who reads.
    """
    html = nh3.clean(
        _markdown.render(source),
        tags=_TAGS | ({"img"} if pictures else set()),
        attributes={"a": {"href"}} | ({"img": {"src", "alt"}} if pictures else {}),
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(html)  # noqa: S704  (cleaned in the line above)


_SIGNS = re.compile(r"\*\*|__|`+|^#+ |^> ", re.MULTILINE)


def unsigned(source):
    """The text without the signs of Markdown that stand in a reader's way; its length may change."""
    return _SIGNS.sub("", source)


def plain(source, limit=200):
    """The first `limit` characters of `source` without Markdown's signs."""
    text = " ".join(_MARKUP.sub("", source).split())
    if len(text) <= limit:
        return text
    whole, _, part = text[:limit].rpartition(" ")  # words are not cut, but for one that fills the half of it
    return (whole if len(part) < limit // 2 else text[: limit - 1]).rstrip() + "…"
