"""What became of the demo's tags: a hierarchy, owners, a locked group, a merge, a rename, a study's own."""

import datetime as dt

from prodops import search
from research.models import (
    HighlightTag,
    SecondTagging,
    Session,
    Tag,
    TagGroup,
)
from research.search import retagged
from research.services import query_tags, suggesting, taxonomy

from .rows import analyse

UNDER = {
    "unclear-errors": "import-failure",
    "date-formats": "import-failure",
    "duplicate-records": "import-failure",
    "double-booking": "manual-replanning",
    "stale-eta": "data-trust",
}
OWNERS = {
    "Import and set-up": "maya",
    "Planning": "dele",
    "Drivers": "sanne",
    "Money": "luca",
    "Integrations": "nadia",
}
LOCKED = "Money"
STUDIED = ("offline-ride-alongs", "phone-battery", "Dead by lunchtime")  # study, whose quotes, own tag
MERGED = ("import-errors-usability", "import-failure", "Import error")  # study, into, what was merged
RENAMED = ("time-saved", "Hours saved")  # tag, its name before
AGREE = 0.8  # of the quotes that Aiko read after Ines, she gave the same tag


def build(world):
    analyse()  # what the database plans for empty tables is slow for full ones
    _sort(world)
    _own(world)
    _change(world)
    _second_coder(world)
    query_tags.create(
        "Spreadsheets again",
        query="q=spreadsheet",
        colour="amber",
        guideline="Whoever names a spreadsheet, whatever else it is about.",
        by=world.people["ines"],
        at=world.moment(18),
    )
    suggesting.suggest(at=world.moment(1))


def _sort(world):
    for slug, above in UNDER.items():
        Tag.objects.filter(slug=slug).update(parent=world.tags[above])
    for name, key in OWNERS.items():
        owner = world.people[key]
        TagGroup.objects.filter(name=name).update(owner=owner, locked=name == LOCKED)
        Tag.objects.filter(group__name=name).update(owner=owner)
    Tag.objects.filter(owner=None).update(owner=world.people["ines"])


def _own(world):
    study, alike, name = STUDIED
    _copy(world, study, alike, name)


def _copy(world, study, alike, name):
    """A tag of the study's own on the quotes that have the tag `alike` there."""
    tag = Tag.objects.create(
        slug=name.lower().replace(" ", "-"),
        name=name,
        group=world.tags[alike].group,
        study=world.studies[study],
        colour=world.tags[alike].colour,
        owner=world.people["ines"],
        guideline=f"Made in this study. Example: see {world.tags[alike].name}.",
    )
    taggings = HighlightTag.objects.filter(tag__slug=alike, highlight__session__study=tag.study)
    HighlightTag.objects.bulk_create(
        HighlightTag(
            highlight_id=one.highlight_id, tag=tag, created_by_id=one.created_by_id, created_at=one.created_at
        )
        for one in taggings.order_by("highlight")
    )
    search.index(tag)
    retagged(tag.taggings.values("highlight"))
    return tag


def _change(world):
    ops = world.people["tomas"]
    study, into, name = MERGED
    taxonomy.merge([_copy(world, study, into, name)], world.tags[into], by=ops, at=world.moment(12))
    slug, before = RENAMED
    tag = Tag.objects.get(slug=slug)
    now, tag.name = tag.name, before
    tag.save(update_fields=["name"])
    taxonomy.rename(tag, now, by=ops, at=world.moment(20))


def _second_coder(world):
    """Aiko read two sessions after Ines: how far they agree can be asked."""
    dice = world.dice("research.vocabulary")
    study = world.studies["onboarding-friction"]
    sessions = Session.objects.filter(study=study).order_by("pk")[:2]
    taggings = HighlightTag.objects.filter(highlight__session__in=[one.pk for one in sessions]).order_by("pk")
    SecondTagging.objects.bulk_create(
        SecondTagging(tagging=one, by=world.people["aiko"], at=one.created_at + dt.timedelta(days=1))
        for one in taggings
        if dice.random() < AGREE
    )
