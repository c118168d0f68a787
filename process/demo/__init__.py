"""The demo company's documents and OKRs: `templates/`, `documents/`, `okrs.toml`, `learnings.toml`."""

from . import learnings, papers, quarters, turns, upcoming


def build(world):
    papers.build(world)
    quarters.build(world)
    learnings.build(world)
    upcoming.build(world)
    turns.build(world)
    world.say("  process: templates, documents and OKR cycles")
