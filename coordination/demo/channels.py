"""Fernway's doors: one of each kind, by slug in `world.channels`."""

from coordination.models import Channel, ChannelKind

# slug: (name, kind, owner, team, area)
CHANNELS = {
    "zendesk": ("Zendesk", ChannelKind.WEBHOOK, "marek", "support", None),
    "github": ("GitHub issues", ChannelKind.WEBHOOK, "jonas", "onboarding", "integrations"),
    "feedback-mail": ("feedback@fernway.example", ChannelKind.EMAIL, "tomas", "product-ops", None),
    "in-product": ("In the planning board", ChannelKind.WIDGET, "dele", "planning", "planning-board"),
    "sales-form": ("Sales and success form", ChannelKind.FORM, "tomas", "sales", None),
    "uservoice": ("UserVoice export", ChannelKind.FILE, "tomas", "product-ops", None),
}


def build(world):
    for number, (slug, (name, kind, owner, team, area)) in enumerate(CHANNELS.items()):
        world.channels[slug] = Channel.objects.create(
            slug=slug,
            name=name,
            kind=kind,
            owner=world.people[owner],
            team=world.teams[team],
            area=world.areas[area] if area else None,
            created_by=world.people["tomas"],
            created_at=world.moment(200 - 9 * number),
        )
