"""The sections of a report as one of its versions shows them, and who may read which version."""

from typing import NamedTuple

from prodops.access import Can, allowed
from research.models import Audience
from research.synthesis import audiences


class Part(NamedTuple):
    """A section in a version: `data` without what the version leaves out."""

    pk: int
    kind: str
    title: str
    body: str
    data: dict

    @property
    def is_text(self):
        return self.kind == "text"


def parts(report, audience):
    """The `Part`s of the version for `audience`, in order; sections of text without words are none."""
    found = []
    for section in report.sections.filter(hidden=False).order_by("position"):
        if audience in section.kept_from or (section.is_text and not section.body):
            continue
        data = audiences.trimmed(section.kind, section.data, audience)
        if data is not None:
            found.append(Part(section.pk, section.kind, section.title, section.body, data))
    return found


def readable(user):
    """The versions that `user` may read: who reads research all of them, others the company's."""
    return list(Audience) if allowed(user, Can.RESEARCH_READ) else [Audience.COMPANY]
