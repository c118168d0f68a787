"""The demo's studies as plain values, read from the files in `studies/`.

A study is a folder with `study.toml` and one text file a session: a head in TOML between `---` lines,
then one line a cue, `[hh:mm:ss] Speaker: text`. Words in `{…}(slug, slug)` are a highlight with tags.
"""

import re
import tomllib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

HERE = Path(__file__).parent
_CUE = re.compile(r"\[(\d+):(\d\d):(\d\d)\] ([^:]+): (.+)")
_MARK = re.compile(r"\{([^{}]*)\}\(([^()]*)\)")
_WORDS_A_SECOND = 2.5


@dataclass(frozen=True)
class Mark:
    """A highlight of one cue: code points from `start` to `end`, and the slugs of its tags."""

    start: int
    end: int
    tags: tuple[str, ...]


@dataclass(frozen=True)
class CueText:
    start_ms: int
    end_ms: int
    speaker: str
    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class SessionText:
    key: str  # "s03"
    head: dict
    cues: tuple[CueText, ...]


@dataclass(frozen=True)
class StudyText:
    head: dict
    sessions: tuple[SessionText, ...]


def taxonomy():
    """[group], each with its name, colour and tags."""
    return tomllib.loads((HERE / "taxonomy.toml").read_text(encoding="utf-8"))["groups"]


def beyond():
    """{insight's title: [{"quote": "study/s03#1", "kind": "contradicts"}]}: evidence from other studies."""
    return tomllib.loads((HERE / "beyond.toml").read_text(encoding="utf-8"))


def studies():
    return [_study(folder) for folder in sorted((HERE / "studies").iterdir()) if folder.is_dir()]


def _study(folder):
    head = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
    return StudyText(head, tuple(_session(path) for path in sorted(folder.glob("s*.txt"))))


def _session(path):
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    said = [_said(path, line) for line in body.splitlines() if line.strip()]
    starts = [(int(m[1]) * 3600 + int(m[2]) * 60 + int(m[3])) * 1000 for m in said]
    last = starts[-1] + int(len(said[-1][5].split()) / _WORDS_A_SECOND * 1000)
    spans = pairwise([*starts, last])
    cues = tuple(_cue(m, start, end) for m, (start, end) in zip(said, spans, strict=True))
    return SessionText(path.stem, tomllib.loads(head), cues)


def _said(path, line):
    match = _CUE.fullmatch(line)
    if match is None:
        raise ValueError(f"{path.name} has a line that is no cue: {line[:60]}")
    return match


def _cue(match, start_ms, end_ms):
    text, marks, position = "", [], 0
    raw = match[5]
    for found in _MARK.finditer(raw):
        text += raw[position : found.start()]
        tags = tuple(slug.strip() for slug in found[2].split(","))
        marks.append(Mark(len(text), len(text) + len(found[1]), tags))
        text += found[1]
        position = found.end()
    return CueText(start_ms, max(start_ms, end_ms), match[4].strip(), text + raw[position:], tuple(marks))
