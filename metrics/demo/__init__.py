"""The demo company's KPIs, with a year of daily values, from `kpis.toml`."""

from . import story


def build(world):
    story.build(world)
    world.say(f"  metrics: {len(world.kpis)} KPIs")
