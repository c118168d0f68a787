"""The demo company's research, from the texts in `studies/` and the vocabulary in `taxonomy.toml`."""

from . import story


def build(world):
    story.build(world)
    world.say(f"  research: {len(world.studies)} studies, {len(world.sessions)} sessions")
