"""HubSpot: the object that a workflow sends, or a batch of events of an app.

An event names a ticket and at most one of its properties. What is said of the same ticket in one batch
is put together; a ticket without its words is told as ignored, with what to do.
"""

from typing import Any

from coordination.formats.incoming import Deal, Incoming

from .reading import Ignored, Read, Unknown, amount, at, day, first, moment, plain, rows, text, urgency

TICKET = ("ticket.", "0-5")
TITLES, BODIES = ("subject", "hs_survey_name", "title"), ("content", "hs_content", "description", "message")
MOST = 100  # events in one batch, as HubSpot sends them


def read(payload: Any) -> Read:
    """Tickets with words: of a workflow one, of events as many as the batch has."""
    if isinstance(payload, list) or text(at(payload, "subscriptionType")):
        return _batch(rows(payload if isinstance(payload, list) else [payload])[:MOST])
    properties = at(payload, "properties")
    said = properties if isinstance(properties, dict) else payload
    if not isinstance(said, dict):
        return Unknown("Neither “properties” of an object nor a list of events.")
    found = _incoming(said, text(at(payload, "objectId")), payload)
    return [found] if found else Unknown("Neither a subject nor a content among the properties.")


def _batch(events: list[dict[str, Any]]) -> Read:
    told = [one for one in events if text(one.get("subscriptionType"))]
    if not told:
        return Unknown("A list without “subscriptionType”.")
    tickets: dict[str, dict[str, Any]] = {}
    for one in told:
        kind = text(one.get("subscriptionType"))
        number = text(one.get("objectId"))
        if not number or not (kind.startswith(TICKET) or text(one.get("objectTypeId")) in TICKET):
            continue
        said = tickets.setdefault(number, {})
        said.setdefault("createdate", one.get("occurredAt"))
        if name := text(one.get("propertyName")):
            said[name] = one.get("propertyValue")
    if not tickets:
        return Ignored(f"HubSpot tells “{text(told[0]['subscriptionType'])}”; only tickets are taken.")
    found = [made for number, said in tickets.items() if (made := _incoming(said, number, None))]
    return found or Ignored(
        f"HubSpot names ticket {next(iter(tickets))} without its words. Subscribe to the properties subject "
        "and content too, or send tickets by a workflow."
    )


def _value(said: Any, *names: str) -> str:
    """A property: or as an object with a `value`."""
    return first(*(at(one, "value") if isinstance(one, dict) else one for one in map(said.get, names)))


def _incoming(said: dict[str, Any], number: str, whole: Any) -> Incoming | None:
    title, body = _value(said, *TITLES), plain(_value(said, *BODIES))
    if not (title or body):
        return None
    company = at(whole, "associated-company", "properties") or at(whole, "company", "properties")
    company = company if isinstance(company, dict) else {}
    known = first(at(whole, "associated-company", "company-id"), _value(company, "hs_object_id"))
    name = f"{_value(said, 'firstname')} {_value(said, 'lastname')}".strip()
    deal_name = _value(said, "dealname")
    deal = Deal(
        name=deal_name,
        amount=amount(_value(said, "amount")),
        currency=_value(said, "deal_currency_code")[:3].upper(),
        stage=_value(said, "dealstage"),
        closes_on=day(_value(said, "closedate")),
    )
    number = number or _value(said, "hs_ticket_id", "hs_object_id")
    return Incoming(
        title,
        body,
        external_id=f"ticket:{number}" if number else "",
        url=_value(said, "hs_ticket_url", "url"),
        author_name=name or _value(said, "hs_contact_name", "contact_name"),
        author_email=_value(said, "email", "hs_contact_email_rollup", "contact_email"),
        account_id=f"hubspot:{known}" if known else "",
        account_name=_value(company, "name") or _value(said, "company", "company_name"),
        account_domain=_value(company, "domain") or _value(said, "company_domain"),
        urgency=urgency(_value(said, "hs_ticket_priority")),
        type=_value(said, "hs_ticket_category"),
        sent_at=moment(_value(said, "createdate", "hs_createdate")),
        deal=deal if deal_name or deal.amount is not None else None,
    )
