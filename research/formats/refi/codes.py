"""A codebook as tags: codes under codes, sets and folders of codes as groups."""

from collections import Counter
from collections.abc import Iterator

from research.formats import names
from research.formats.bundle import Group, Theme, nearest_colour

from .project import Code, Project


def themes_of(project: Project) -> tuple[list[Group], list[Theme]]:
    """Groups and tags: a set of codes is a group, and so is a folder of codes that cannot be used itself."""
    groups: dict[str, Group] = {}
    of_code: dict[str, str] = {}
    for one in project.sets:
        if one.codes and one.name.strip():
            guid = names.known(one.guid, "set", one.name)
            groups[guid] = Group(guid, _short(one.name))
            for member in one.codes:
                of_code.setdefault(member, guid)
    used = {
        coding.code
        for source in project.sources
        for codings in (source.codings, *(one.codings for one in (*source.selections, *source.spans)))
        for coding in codings
    }
    themes: list[Theme] = []
    seen: set[str] = set()

    def take(code: Code, group: str, parent: str) -> None:
        guid = theme_guid(code)
        if guid in seen:
            return
        seen.add(guid)
        group = of_code.get(code.guid, "") or group if not parent else group
        name = _short(code.name) or "Unnamed"
        colour = nearest_colour(code.color) if code.color else ""
        themes.append(Theme(guid, name, colour, _guideline(code, name), group, parent))
        for child in code.children:
            take(child, group, guid)

    for code in project.codes:
        if not code.codable and code.children and code.guid not in used and code.guid not in of_code:
            guid = theme_guid(code)
            groups[guid] = Group(guid, _short(code.name) or "Unnamed")
            for child in code.children:
                take(child, guid, "")
        else:
            take(code, "", "")
    return list(groups.values()), _named_apart(themes)


def _guideline(code: Code, name: str) -> str:
    """What the code says of itself, under its whole name where that is too long to be a tag's."""
    whole = " ".join(code.name.replace("\0", "").split())
    said = code.description.strip()
    return f"{whole}\n\n{said}".strip() if len(whole) > len(name) else said


def _named_apart(themes: list[Theme]) -> list[Theme]:
    """Tags of the same name under different parents say whose they are: here a name stands once."""
    times = Counter(theme.name.casefold() for theme in themes)
    by_guid = {theme.guid: theme for theme in themes}
    taken: set[str] = set()
    found = []
    for theme in themes:
        name, parent = theme.name, by_guid.get(theme.parent)
        if times[name.casefold()] > 1 and parent:
            name = f"{theme.name[:38]} ({parent.name[:38]})"
        number = 2
        base = name
        while name.casefold() in taken:
            name, number = f"{base[:74]} {number}", number + 1
        taken.add(name.casefold())
        found.append(
            Theme(theme.guid, name, theme.colour, theme.guideline, theme.group, theme.parent, theme.of_study)
        )
    return found


def walk(codes: list[Code]) -> Iterator[Code]:
    for code in codes:
        yield code
        yield from walk(code.children)


def theme_guid(code: Code) -> str:
    return names.known(code.guid, "code") if code.guid else names.derived("code", code.name)


def _short(name: str) -> str:
    return " ".join(name.replace("\0", "").split())[:80].strip()
