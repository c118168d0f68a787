"""The demo company's documents and OKRs: `templates/`, `documents/`, `okrs.toml`, `learnings.toml`."""

from . import learnings, papers, quarters, upcoming


def build(world):
    papers.build(world)
    quarters.build(world)
    learnings.build(world)
    upcoming.build(world)
    world.say("  process: templates, documents and OKR cycles")
