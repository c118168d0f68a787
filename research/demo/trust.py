"""Who sees what at the demo company: two studies that are not for everybody, and who has read them."""

import datetime as dt

from research.models import Accessed, Participant, Session
from research.services import access_log, sharing

# study: who sees it, who is named, days ago it was restricted
RESTRICTED = {
    "invoice-disputes": ("team", ["ines"], 280),
    "telematics-and-erp-integrations": ("named", ["ines", "maya"], 355),
}
# study, session by its order, who, what, days ago
READ = (
    ("invoice-disputes", 0, "luca", Accessed.READ, 12),
    ("invoice-disputes", 0, "ines", Accessed.READ, 9),
    ("invoice-disputes", 1, "ines", Accessed.READ, 9),
    ("invoice-disputes", 2, "tomas", Accessed.READ, 5),
    ("invoice-disputes", None, "ines", Accessed.EXPORTED, 5),
    ("invoice-disputes", 1, "luca", Accessed.FOUND, 2),
    ("telematics-and-erp-integrations", 0, "nadia", Accessed.READ, 20),
    ("telematics-and-erp-integrations", 1, "ines", Accessed.READ, 6),
    ("telematics-and-erp-integrations", 0, "maya", Accessed.READ, 1),
    ("onboarding-friction", None, "tomas", Accessed.CONTACT, 14),
)


def build(world):
    for key, (visibility, named, days_ago) in RESTRICTED.items():
        study = world.studies[key]
        readers = [world.people[one] for one in named]
        at = world.moment(days_ago, 8)
        world.studies[key] = sharing.share(
            study, visibility=visibility, readers=readers, by=study.lead, at=at
        )
    for key, place, who, what, days_ago in READ:
        study = world.studies[key]
        session = 0
        if place is not None:
            session = Session.objects.filter(study=study).order_by("held_on", "pk")[place].pk
        for times in range(1 + days_ago % 3):
            at = world.moment(days_ago, 9) + dt.timedelta(minutes=25 * times)
            access_log.note(world.people[who], what, [(study.pk, session)], at=at)
    _addresses()


def _addresses():
    """Participants can be reached at their companies."""
    people = list(Participant.objects.filter(email="", account__isnull=False).select_related("account"))
    for person in people:
        name = ".".join(part for part in person.name.casefold().split() if part.isascii() and part.isalpha())
        if name and person.account and person.account.domain:
            person.email = f"{name}@{person.account.domain}"
    Participant.objects.bulk_update(people, ["email"])
