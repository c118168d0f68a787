"""Salesforce: cases and their comments as a flow or Apex sends them, or as Change Data Capture tells."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from coordination.formats.incoming import Deal, Incoming

from .reading import (
    Ignored,
    Read,
    Unknown,
    amount,
    at,
    day,
    first,
    later,
    moment,
    plain,
    rows,
    text,
    urgency,
)

WRAPPERS = ("records", "new", "sobjects")
ONE = ("record", "sobject", "case", "Case", "sObject")


def read(payload: Any) -> Read:
    """Every case of the payload that has words."""
    event = at(payload, "data", "payload") or at(payload, "payload") or payload
    header = at(event, "ChangeEventHeader")
    if isinstance(header, dict):
        return _change(event, header)
    comment = next((one for one in _records(payload) if text(one.get("CommentBody"))), None)
    if comment:
        return _comment(comment)
    found = [made for one in _records(payload) if (made := _incoming(one))]
    if found:
        return found
    kind = text(at(payload, "attributes", "type"))
    wanted = f"A “{kind}” without" if kind else "Neither a record with"
    return Unknown(f"{wanted} “Subject”, “Title” or “Description”.")


def _change(event: dict[str, Any], header: dict[str, Any]) -> Read:
    entity, change = text(header.get("entityName")), text(header.get("changeType"))
    if entity not in ("Case", "Idea") or change not in ("CREATE", "GAP_CREATE", "UNDELETE", "UPDATE"):
        return Ignored(f"Salesforce tells of {entity or 'something'}: {change or '?'}; cases are taken.")
    made = _incoming({**event, "Id": at(header, "recordIds", 0)})
    if change == "UPDATE":  # such an event has only the fields that changed
        return [replace(made, revises=True)] if made else Ignored("The change is not of the case's words.")
    return [made] if made else Unknown("The new case has neither “Subject” nor “Description”.")


def _comment(comment: dict[str, Any]) -> Read:
    if comment.get("IsPublished") is False:
        return Ignored("The comment is internal there.")
    return later(
        text(comment.get("ParentId")),
        plain(comment.get("CommentBody")),
        text(comment.get("Id")),
        author_name=first(at(comment, "CreatedBy", "Name"), comment.get("CreatorName")),
        sent_at=moment(comment.get("CreatedDate")),
    )


def _records(payload: Any) -> list[dict[str, Any]]:
    if isinstance(payload, list):
        return rows(payload)
    if not isinstance(payload, dict):
        return []
    for name in WRAPPERS:
        if found := rows(payload.get(name)):
            return found
    wrapped = [payload[name] for name in ONE if isinstance(payload.get(name), dict)]
    return wrapped[:1] or [payload]


def _incoming(case: dict[str, Any]) -> Incoming | None:
    title = first(case.get("Subject"), case.get("Title"))
    body = plain(first(case.get("Description"), case.get("Body")))
    if not (title or body):
        return None
    account, contact = case.get("Account"), case.get("Contact")
    number = first(case.get("AccountId"), at(account, "Id"))
    return Incoming(
        title,
        body,
        external_id=first(case.get("Id"), case.get("CaseNumber")),
        url=text(case.get("Link")),
        author_name=first(case.get("SuppliedName"), at(contact, "Name"), at(case, "Owner", "Name")),
        author_email=first(case.get("SuppliedEmail"), at(contact, "Email"), case.get("ContactEmail")),
        account_id=f"salesforce:{number}" if number else "",
        account_name=first(at(account, "Name"), case.get("SuppliedCompany")),
        account_domain=_host(text(at(account, "Website"))),
        language=text(case.get("Language"))[:2].lower(),
        urgency=urgency(case.get("Priority")),
        type=text(case.get("Type")),
        sent_at=moment(case.get("CreatedDate")),
        deal=_deal(case),
    )


def _deal(case: dict[str, Any]) -> Deal | None:
    deal = case.get("Opportunity") or case.get("Opportunity__r")
    if not isinstance(deal, dict):
        return None
    return Deal(
        name=text(deal.get("Name")),
        amount=amount(deal.get("Amount")),
        currency=text(deal.get("CurrencyIsoCode"))[:3].upper(),
        stage=text(deal.get("StageName")),
        closes_on=day(deal.get("CloseDate")),
    )


def _host(website: str) -> str:
    try:
        return (urlsplit(website if "//" in website else f"//{website}").hostname or "").removeprefix("www.")
    except ValueError:
        return ""
