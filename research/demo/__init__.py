"""The demo company's research, from the texts in `studies/` and the vocabulary in `taxonomy.toml`."""

from research.models import Cue, Session

from . import (
    agreements,
    many,
    measured,
    recordings,
    recruiting,
    reports,
    scheduling,
    story,
    texts,
    trust,
    vocabulary,
)


def build(world):
    story.build(world)
    vocabulary.build(world)
    texts.build(world)
    trust.build(world)
    recordings.build(world)
    measured.build(world)
    recruiting.build(world)
    scheduling.build(world)
    agreements.build(world)
    many.build(world)
    world.say(f"  research: {Session.objects.count():,} sessions, {Cue.objects.count():,} turns")


def build_reports(world):
    """The insight reports of the last quarters, over what the story tells."""
    number = reports.build(world)
    world.say(f"  reports: {number} quarters")
