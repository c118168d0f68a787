"""The demo company's KPIs, with a year of daily values, from `kpis.toml`."""

from . import dashboards, experiments, story


def build(world):
    story.build(world)
    dashboards.build(world)
    experiments.build(world)
    world.say(f"  metrics: {len(world.kpis)} KPIs")
