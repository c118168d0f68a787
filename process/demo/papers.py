"""Templates with their approvals, and the documents written from them."""

import datetime as dt
import tomllib
from pathlib import Path

from process.formulas import texts
from process.models import Document, DocumentState, DocumentTemplate, TemplateVersion, VersionState
from prodops import activity, search

HERE = Path(__file__).parent
# slug: (name, what it is for)
TEMPLATES = {
    "prd": ("Product requirements", "To agree on what is built, for whom, and how we will know it worked."),
    "one-pager": ("One-pager", "To ask for a decision, on one page and by a date."),
    "launch-checklist": ("Launch checklist", "To be ready before something reaches customers."),
    "research-plan": ("Research plan", "To agree on what a study should find out, and from whom."),
}
EVIDENCE = (
    "## Evidence\n\n*Which insights, requests and numbers stand behind this, and which speak against it?*\n\n"
)
BATCH = 1_000


def build(world):
    versions = {slug: _template(world, slug) for slug in TEMPLATES}
    _propose(world, versions["prd"])
    papers = [_document(world, path, versions) for path in sorted((HERE / "documents").glob("*.md"))]
    if world.scale > 1:
        _multiply(world, papers)


def _template(world, slug):
    name, purpose = TEMPLATES[slug]
    author, at = world.people["tomas"], world.moment(390)
    template = DocumentTemplate.objects.create(slug=slug, name=name, purpose=purpose)
    version = TemplateVersion.objects.create(
        template=template,
        number=1,
        body=(HERE / "templates" / f"{slug}.md").read_text(encoding="utf-8"),
        state=VersionState.APPROVED,
        written_by=author,
        written_at=at,
        approved_by=author,
        approved_at=at + dt.timedelta(days=2),
    )
    template.current = version
    template.save(update_fields=["current"])
    search.index(template)
    activity.record("template.created", on=template, by=author, at=at)
    activity.record(
        "template.approved", on=template, by=author, at=at + dt.timedelta(days=2), data={"version": 1}
    )
    return version


def _propose(world, version):
    """A draft of the next version that waits for approval: one section more, before what it does."""
    before, mark, after = version.body.partition("## What it does\n")
    TemplateVersion.objects.create(
        template=version.template,
        number=2,
        body=before + EVIDENCE + mark + after,
        written_by=world.people["ines"],
        written_at=world.moment(4),
    )
    activity.record("template.revised", on=version.template, by=world.people["ines"], at=world.moment(4))


def _document(world, path, versions):
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    facts = tomllib.loads(head)
    version, owner = versions[facts["template"]], world.people[facts["owner"]]
    began, changed = world.moment(facts["days_ago"] + 6, 14), world.moment(facts["days_ago"], 16)
    final = facts["status"] == "final"
    answered, asked = texts.answered(version.body, body)
    document = Document.objects.create(
        title=facts["title"],
        template_version=version,
        body=body.strip() + "\n",
        owner=owner,
        team=world.teams[facts["team"]],
        area=world.areas[facts["area"]],
        state=DocumentState.FINAL if final else DocumentState.DRAFT,
        version=4,
        answered=answered,
        asked=asked,
        created_at=began,
        updated_at=changed,
        updated_by=owner,
        final_at=changed if final else None,
        final_by=owner if final else None,
    )
    search.index(document)
    activity.record("document.created", on=document, by=owner, at=began, data={"template": str(version)})
    activity.record("document.edited", on=document, by=owner, at=changed, data={"version": 4})
    return document


def _multiply(world, papers):
    """The same texts again under other titles and days, for load tests."""
    dice = world.dice("papers")
    wanted = len(papers) * (world.scale - 1)
    for first in range(0, wanted, BATCH):
        rows = []
        for number in range(first, min(first + BATCH, wanted)):
            paper = papers[number % len(papers)]
            at = world.moment(dice.randrange(400))
            rows.append(
                Document(
                    title=f"{paper.title}, part {number // len(papers) + 2}",
                    template_version=paper.template_version,
                    body=paper.body,
                    owner=paper.owner,
                    team=paper.team,
                    area=paper.area,
                    answered=paper.answered,
                    asked=paper.asked,
                    created_at=at,
                    updated_at=at,
                    updated_by=paper.owner,
                )
            )
        search.index_many(Document.objects.bulk_create(rows))
