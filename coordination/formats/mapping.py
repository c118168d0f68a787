"""The generic adapter: which part of any JSON is what of a request, as product ops say it by paths."""

from collections.abc import Mapping
from typing import Any

from .adapters.reading import Ignored, Unknown, amount, day, moment, plain, text, urgency
from .incoming import Deal, Incoming
from .paths import BadPath, Path, find, parse

# What may be mapped, and how it is called where it is
FIELDS = {
    "title": "Title",
    "body": "Text",
    "external_id": "Its number there",
    "url": "Link",
    "author_name": "Author’s name",
    "author_email": "Author’s e-mail",
    "account_id": "Account’s number",
    "account_domain": "Account’s domain",
    "account_name": "Account’s name",
    "language": "Language",
    "urgency": "Urgency",
    "type": "Type",
    "area": "Area",
    "tags": "Tags",
    "sent_at": "Sent at",
    "deal_name": "Deal",
    "deal_amount": "Deal’s amount",
    "deal_currency": "Deal’s currency",
    "deal_stage": "Deal’s stage",
    "deal_closes_on": "Deal closes on",
}
# What is no field: the list of which each is a request, and the condition for taking it
EACH, ONLY, ONE_OF = "each", "only", "one_of"
RULES = (*FIELDS, EACH, ONLY, ONE_OF)
MOST = 100
SUGGESTED = {  # tried in turn where nothing is mapped yet
    "title": "title | subject | summary | name",
    "body": "body | description | text | message | content",
    "external_id": "id | external_id | key",
    "url": "url | link",
    "author_name": "author.name | name",
    "author_email": "author.email | email",
    "account_domain": "account.domain",
    "account_name": "account.name | company",
    "tags": "tags",
    "urgency": "urgency | priority",
    "type": "type",
}


def read(rules: Mapping[str, str], payload: Any) -> list[Incoming] | Ignored | Unknown:
    """What `payload` asks for by these rules (a field: a path), each checked by `faults`."""
    try:
        paths = {
            name: parse(rule) for name, rule in rules.items() if rule and name in RULES and name != ONE_OF
        }
    except BadPath as error:
        return Unknown(f"The mapping cannot be read: {error}")
    if only := paths.pop(ONLY, None):
        wanted = {word.strip().lower() for word in rules.get(ONE_OF, "").split(",") if word.strip()}
        there = [_as_text(one) for one in find(only, payload)]
        if not there or (wanted and not wanted & {one.lower() for one in there}):
            named = f"is “{there[0][:60]}”" if there else "is not there"
            return Ignored(f"“{rules[ONLY]}” {named}, and the mapping takes others only.")
    each = paths.pop(EACH, None)
    things = find(each, payload) if each else [payload]
    if each and len(things) == 1 and isinstance(things[0], list):
        things = things[0]
    made = [one for thing in things[:MOST] if (one := _incoming(paths, thing))]
    if made:
        return made
    return Unknown("Neither the path of the title nor that of the text leads to words.")


def faults(rules: Mapping[str, str]) -> dict[str, str]:
    """{field: what is wrong with its path}."""
    found = {}
    for name, rule in rules.items():
        if rule and name != ONE_OF:
            try:
                parse(rule)
            except BadPath as error:
                found[name] = str(error)
    if not (rules.get("title") or rules.get("body")):
        found["title"] = "Say where the title stands, or the text."
    return found


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return text(value)


def _incoming(paths: Mapping[str, Path], thing: Any) -> Incoming | None:
    found = {name: find(path, thing) for name, path in paths.items()}

    def one(name: str) -> str:
        return next((said for value in found.get(name, ()) if (said := _as_text(value))), "")

    def all_of(name: str) -> list[str]:
        values = [
            each for value in found.get(name, ()) for each in (value if isinstance(value, list) else [value])
        ]
        return [said for value in values if (said := _as_text(value))]

    title, body = " ".join(all_of("title")), plain("\n\n".join(all_of("body")))
    if not (title or body):
        return None
    deal = Deal(
        name=one("deal_name"),
        amount=amount(one("deal_amount")),
        currency=one("deal_currency")[:3].upper(),
        stage=one("deal_stage"),
        closes_on=day(one("deal_closes_on")),
    )
    tags = all_of("tags")
    return Incoming(
        title,
        body,
        external_id=one("external_id"),
        url=one("url"),
        author_name=" ".join(all_of("author_name")),
        author_email=one("author_email"),
        account_id=one("account_id"),
        account_domain=one("account_domain"),
        account_name=one("account_name"),
        language=one("language"),
        urgency=_urgency(one("urgency")),
        type=one("type"),
        area=one("area"),
        tags=tuple(tag.strip() for tag in (tags[0].split(",") if len(tags) == 1 else tags)),
        sent_at=moment(one("sent_at")),
        deal=deal if deal.name or deal.amount is not None else None,
    )


def _urgency(said: str) -> int | None:
    return int(said) if said in ("1", "2", "3", "4") else urgency(said)
