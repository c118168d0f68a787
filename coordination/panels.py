"""What this app shows on other pages, in the side bar, and of its own health."""

from datetime import timedelta

from django.template import engines
from django.utils import timezone
from django.utils.safestring import SafeString

from coordination import queries
from coordination.models import Delivery, Promise, Request, Voice
from coordination.queries import themes
from prodops import nav, panels, progress, quarterly, scorecard, subjects, words
from prodops.access import Can, allowed
from prodops.clock import company_day
from prodops.panels import Panel
from prodops.scorecard import Measure

SHOWN = 5
DECIDE_WITHIN = timedelta(days=14)
WINDOW = timedelta(days=90)


def _waiting(user):
    return Request.objects.triageable_by(user).waiting(timezone.now())


def _dead_letters(user):
    return Delivery.objects.editable_by(user).dead()


nav.register(
    "coordination",
    nav.Item("Triage", "coordination:triage", Can.REQUEST_TRIAGE, waiting=_waiting, key="t"),
    nav.Item("Requests", "coordination:request_list", Can.REQUEST_TRIAGE),
    nav.Item("My requests", "coordination:my_requests", Can.REQUEST_SUBMIT, key="m"),
    nav.Item("Roadmap", "coordination:roadmap_list", Can.REQUEST_SUBMIT, under=("../words/",)),
    nav.Item("Promises", "coordination:promise_list", Can.REQUEST_SUBMIT),
    nav.Item(
        "Channels",
        "coordination:channel_list",
        Can.CHANNEL_MANAGE,
        waiting=_dead_letters,
        under=("../types/", "../imports/", "../deliveries/", "../mail/", "../reasons/", "../forms/"),
    ),
    nav.Item("Routing", "coordination:rule_list", Can.REQUEST_TRIAGE, under=("../rotations/", "../tags/")),
    nav.Item("Response times", "coordination:sla_list", Can.REQUEST_TRIAGE),
)
nav.action(nav.Action("New request", "coordination:request_new", Can.REQUEST_SUBMIT))
progress.register(
    "coordination.roadmapitem",
    name="Roadmap item",
    can=Can.REQUEST_TRIAGE,
    search=queries.items_for_key_results,
    read=queries.progress_of,
)
subjects.register("coordination.request", Can.REQUEST_SUBMIT, comments=False)
for _verb, _words in {
    "submitted": "sent this request",
    "accepted": "accepted this",
    "declined": "declined this: “{reason}”",
    "merged": "merged this into REQ-{into}",
    "unmerged": "took this out of the other request again",
    "reopened": "took the decision back",
    "replied": "replied",
    "advanced": "said that this is {words} now",
    "revisited": "put this up for decision again",
}.items():
    words.register(f"request.{_verb}", _words)
for _verb, _words in {
    "message.sent": "wrote to those who asked",
    "roadmapitem.created": "put this on the roadmap",
    "roadmapitem.edited": "edited this",
    "roadmapitem.moved": "moved this from {was} to {to}",
    "roadmapitem.rescheduled": "moved this from {was} to {to}",
    "promise.made": "wrote this promise down",
    "promise.kept": "said that it was kept",
    "promise.broken": "said that it was broken",
    "promise.reopened": "opened it again",
    "promise.endangered": "warned: {warning}",
    "promise.moved": "noted: {news}",
}.items():
    words.register(_verb, _words)
for _verb, _words in {  # what deciders do meanwhile, and what other teams add, is the deciders' matter
    "snoozed": "put this off",
    "woken": "took this back up",
    "assigned": "gave this to {to}",
    "let_go": "took this from {person}, who has left",
    "stepped": "said that this is {to}",
    "returned": "took that back: it is with {to} again",
    "woken_by": "took this back up: {why}",
    "due_soon": "warned that the {what} is due soon",
    "overdue": "said that the {what} is overdue",
    "escalated": "told product ops that the {what} is overdue",
    "account_added": "added {account}",
    "routed": "sent this where {rules} says: {did}",
    "not_routed": "could not try the rules on this: it stayed where it came in",
    "routing_undone": "took back what {rules} did",
    "tagged": "changed the tags: {words}",
    "linked": "linked this to “{title}”",
    "unlinked": "took the link to “{title}” back",
    "kept": "kept its words as evidence in “{study}”",
    "noted": "wrote an internal comment",
    "note_deleted": "deleted an internal comment",
}.items():
    words.register(f"request.{_verb}", _words, can=Can.REQUEST_TRIAGE)
for _verb, _words in {
    "opened": "opened this channel",
    "changed": "changed its {what}",
    "closed": "closed this channel",
    "reopened": "opened this channel again",
    "webhook_set_up": "set up its webhook: {said}",
    "webhook_revoked": "revoked its webhook",
    "token_rotated": "gave its webhook a new token",
    "mapping_saved": "saved version {number} of its mapping",
    "replayed": "had {count} of its deliveries read again",
    "answers_let_in": "let {count} held answers in",
    "answers_thrown_out": "threw {count} held answers away",
}.items():
    words.register(f"channel.{_verb}", _words)
for _verb, _words in {
    "mailbox_changed": "changed how mail to {address} comes in",
    "mail_door_made": "made the webhook’s address anew",
    "mail_taken": "took the mail “{subject}” all the same",
}.items():
    words.register(f"channel.{_verb}", _words)
words.register("channel.file_imported", "imported {file}: {added} new")
words.register("channel.import_undone", "took the import of {file} back")


for _verb, _words in {
    "made": "made this form",
    "changed": "changed this form",
    "published": "published version {number}",
    "draft_discarded": "discarded the draft",
    "put_away": "put this form away",
    "taken_up": "offered this form again",
    "made_standard": "made this the standard form",
    "no_longer_standard": "made the built-in form the standard one again",
}.items():
    words.register(f"form.{_verb}", _words)


words.register("channel.widget_set_up", "set up what it asks")
words.register("channel.widget_secret_made", "made a new secret to sign visitors with")


def _panel(key, title, request, **context):
    template = engines["jinja2"].get_template(f"coordination/panel_{key}.html")
    return Panel(key=f"requests-{key}", title=title, html=SafeString(template.render(context, request)))


def ask_for_research(request, found):
    """Under an answer of "Do we already know this?": what nobody knows can be asked for."""
    if not allowed(request.user, Can.REQUEST_SUBMIT):
        return None
    title = found.text[:1].upper() + found.text[1:160]
    return _panel("ask", "Not answered?", request, asking=title)


def waiting(request, subject):
    """On the home page: what waits for this person's decision."""
    if not allowed(request.user, Can.REQUEST_TRIAGE):
        return None
    rows = list(_waiting(request.user).for_list().order_by("-stake_total", "submitted_at", "pk")[:SHOWN])
    return _panel("waiting", "Waiting for triage", request, rows=rows) if rows else None


def mine(request, subject):
    """On the home page: what became of what this person asked for."""
    followed = Request.objects.mine(request.user).with_news_for(request.user).for_list()
    rows = list(followed.order_by("-changed_at", "-pk")[:SHOWN])
    if not rows and allowed(request.user, Can.REQUEST_TRIAGE):
        return None
    return _panel("mine", "My requests", request, rows=rows)


def of_account(request, account):
    """On an account's page: what it asked for, as far as the person or their team asked on its behalf."""
    voices = Voice.objects.visible_to(request.user).filter(account=account)
    followed = Request.objects.followed_by(request.user).filter(pk__in=voices.values("request"))
    rows = list(followed.for_list().order_by("-submitted_at", "-pk")[: SHOWN * 2])
    return _panel("account", "Requests", request, rows=rows, account=account) if rows else None


def promised(request, account):
    """On an account's page: what it was told, as far as the person may read it."""
    open_ones = Promise.objects.visible_to(request.user).filter(account=account)
    rows = list(open_ones.for_list().order_by("state", "due_on", "pk")[: SHOWN * 2])
    today = company_day(timezone.now())
    return _panel("promises", "Promises", request, rows=rows, account=account, today=today) if rows else None


def of_area(request, area):
    """On an area's page: the open requests with the most ARR behind them."""
    if not allowed(request.user, Can.REQUEST_TRIAGE):
        return None
    open_ones = Request.objects.visible_to(request.user).filter(area=area, state__in=["new", "accepted"])
    rows = list(open_ones.for_list().order_by("-arr_total", "-pk")[:SHOWN])
    if not rows:
        return None
    return _panel("area", "Requests", request, rows=rows, impacts=queries.impact_of(rows), area=area)


panels.register("home", "requests-waiting", waiting, order=20)
panels.register("home", "requests-mine", mine, order=60)
panels.register("prodops.customeraccount", "requests", of_account, order=20)
panels.register("prodops.customeraccount", "promises", promised, order=24)
panels.register("prodops.productarea", "requests", of_area, order=40)


def _decided_in_time(at):
    """Of the requests of the last 90 days that are decided or older than 14 days: decided within 14 days."""
    recent = Request.objects.filter(submitted_at__range=(at - WINDOW, at))
    due = recent.filter(submitted_at__lte=at - DECIDE_WITHIN) | recent.exclude(decided_at=None)
    return sum(
        bool(decided and decided - sent <= DECIDE_WITHIN)
        for sent, decided in due.values_list("submitted_at", "decided_at")
    ), due.count()


def _quickly_decided(at):
    """Of the requests decided in the last 90 days: within 5 days."""
    decided = Request.objects.filter(decided_at__range=(at - WINDOW, at))
    times = list(decided.values_list("submitted_at", "decided_at"))
    return sum(bool(end and end - start <= timedelta(days=5)) for start, end in times), len(times)


scorecard.register(
    Measure(
        "requests-decided-in-time",
        "Requests decided within 14 days",
        "Of the requests of the last 90 days that are decided or more than 14 days old.",
        _decided_in_time,
    )
)
scorecard.register(
    Measure(
        "requests-decided-quickly",
        "Requests decided within 5 days",
        "Of the requests decided in the last 90 days.",
        _quickly_decided,
    )
)
panels.register("research.known", "requests-ask", ask_for_research, order=20)
quarterly.register_feedback(
    quarterly.Feedback(
        "requests",
        "Product requests",
        "A request counts for a theme if it has a tag of the same name, if its words were kept as a "
        "highlight of the theme, or if it is linked to an insight that stands on one. Requests joined into "
        "one count once.",
        themes.by_theme,
        themes.sent,
    )
)
quarterly.register_reuse(quarterly.Reuse("requests", "Product requests", themes.decided_on_insights))
quarterly.register_reuse(quarterly.Reuse("roadmap", "Roadmap", themes.planned_on_insights))
