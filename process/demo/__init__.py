"""The demo company's documents, from `templates/` and `documents/`, and its OKRs, from `okrs.toml`."""

from . import papers, quarters, upcoming


def build(world):
    papers.build(world)
    quarters.build(world)
    upcoming.build(world)
    world.say("  process: templates, documents and OKR cycles")
