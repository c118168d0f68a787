"""Markdown as a tree of plain data, for whatever sets it in type: nothing in it is markup any more."""

from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
_NESTED = {  # opening token: kind of node
    "paragraph_open": "p",
    "blockquote_open": "quote",
    "bullet_list_open": "ul",
    "ordered_list_open": "ol",
    "list_item_open": "li",
    "table_open": "table",
    "tr_open": "tr",
    "th_open": "cell",
    "td_open": "cell",
    "strong_open": "strong",
    "em_open": "em",
    "s_open": "strike",
}
_SCHEMES = ("http://", "https://", "mailto:")
DEEPEST = 12  # nested further, text stays and its structure is dropped


def tree(source: str) -> list[dict[str, Any]]:
    """The nodes of `source`: {"k": kind, "c": children}, but for these:

    {"k": "text", "t": text}, {"k": "code", "t": text, "block": bool}, {"k": "rule"}, {"k": "break"},
    {"k": "heading", "level": 1-6, "c": …} and {"k": "link", "to": address, "c": …}.
    """
    return _nodes(_markdown.parse(source))


def _nodes(tokens: Sequence[Token]) -> list[dict[str, Any]]:
    root: list[dict[str, Any]] = []
    open_lists = [root]
    for token in tokens:
        if token.nesting == 1:
            node = _opened(token)
            here = open_lists[-1]
            if node is None or len(open_lists) > DEEPEST:
                open_lists.append(here)
            else:
                here.append(node)
                open_lists.append(node["c"])
        elif token.nesting == -1:
            open_lists.pop()
        else:
            open_lists[-1].extend(_leaf(token))
    return root


def _opened(token: Token) -> dict[str, Any] | None:
    if token.type == "heading_open":
        return {"k": "heading", "level": int(token.tag[1]), "c": []}
    if token.type == "link_open":
        address = str(token.attrs.get("href", ""))
        return {"k": "link", "to": address, "c": []} if address.lower().startswith(_SCHEMES) else None
    kind = _NESTED.get(token.type)
    return {"k": kind, "c": []} if kind else None


def _leaf(token: Token) -> list[dict[str, Any]]:
    match token.type:
        case "inline":
            return _nodes(token.children or [])
        case "text":
            return [{"k": "text", "t": token.content}] if token.content else []
        case "softbreak":
            return [{"k": "text", "t": " "}]
        case "hardbreak":
            return [{"k": "break"}]
        case "code_inline":
            return [{"k": "code", "t": token.content, "block": False}]
        case "fence" | "code_block":
            return [{"k": "code", "t": token.content.rstrip("\n"), "block": True}]
        case "hr":
            return [{"k": "rule"}]
        case "image":
            return [{"k": "text", "t": token.content}] if token.content else []
        case _:
            return [{"k": "text", "t": token.content}] if token.content else []
