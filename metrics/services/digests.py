"""A board by mail each week, to whoever asked for it: numbers, what changed, and the picture."""

import datetime as dt
import logging
import zoneinfo
from email.message import MIMEPart
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.template import engines
from django.urls import reverse

from metrics.models import Dashboard, DigestSubscription
from metrics.queries import digests as reads
from prodops import activity
from prodops.models import MailPreference, User

log = logging.getLogger(__name__)
SALT = "metrics.board-digest"
HOUR = 7  # on Monday, where the person is
PICTURE = "board"
REFUSED_FOR_GOOD = 500


class NotASubscription(Exception):
    """The link in the mail was cut, or is of nobody."""


@transaction.atomic
def subscribe(board, *, by, at):
    """Send the board each Monday from the next on; whether that is new."""
    _, made = DigestSubscription.objects.get_or_create(dashboard=board, user=by, defaults={"since": at})
    if made:
        activity.record("digest.subscribed", on=board, by=by, at=at)
    return made


@transaction.atomic
def unsubscribe(board, *, by, at):
    """Send it no more; whether it was sent before."""
    gone, _ = DigestSubscription.objects.filter(dashboard=board, user=by).delete()
    if gone:
        activity.record("digest.unsubscribed", on=board, by=by, at=at)
    return bool(gone)


def token(board_id, user_id):
    """What the link of a mail carries, so that one click is enough and nobody else's will do."""
    return signing.dumps([board_id, user_id], salt=SALT, compress=False)


def named_by(text):
    """(board, person) of a link's token; raises `NotASubscription`."""
    try:
        board_id, user_id = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotASubscription("This link is cut or made up.") from error
    board = Dashboard.objects.filter(pk=board_id).first()
    user = User.objects.filter(pk=user_id).first()
    if board is None or user is None:
        raise NotASubscription("This board is gone.")
    return board, user


def send_all(*, at):
    """Send every digest that is due; one that fails keeps nobody else from theirs."""
    earliest = reads.monday_of((at + dt.timedelta(hours=14)).date())  # it is Monday there first
    open_ones = DigestSubscription.objects.filter(Q(sent_week=None) | Q(sent_week__lt=earliest))
    made: dict = {}
    rows = open_ones.filter(user__is_active=True).order_by("dashboard_id", "pk")
    for pk in rows.values_list("pk", flat=True):
        try:
            _send_one(pk, made, at)
        except Exception:
            log.exception("Digest %s was not sent", pk)


@transaction.atomic
def _send_one(pk, made, at):
    """The mark that it was sent and the mail itself stand or fall together; another worker passes it over."""
    free = DigestSubscription.objects.select_for_update(skip_locked=True, of=("self",))
    row = free.select_related("user", "dashboard").filter(pk=pk).first()
    week = _due(row, at) if row else None
    if row is None or week is None or row.user.mail_preference == MailPreference.OFF:
        return
    board = Dashboard.objects.visible_to(row.user).active().filter(pk=row.dashboard_id).first()
    if board is None or not board.panels.exists():  # no longer theirs to see, or nothing to see
        return
    DigestSubscription.objects.filter(pk=pk).update(sent_week=week, sent_at=at)
    if board.pk not in made:
        found = reads.digest(board, at=at)
        made[board.pk] = (found, reads.png(found))
    found, picture = made[board.pk]
    _mail(row.user, board, found, picture)


def _due(row, at):
    """The Monday whose digest the person is to have now, or None."""
    try:
        there = at.astimezone(zoneinfo.ZoneInfo(row.user.time_zone))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        there = at
    monday = reads.monday_of(there.date())
    begins = dt.datetime.combine(monday, dt.time(HOUR), tzinfo=there.tzinfo)
    if there < begins or row.since >= begins or (row.sent_week and row.sent_week >= monday):
        return None
    return monday


def _mail(user, board, found, picture):
    stop = settings.BASE_URL + reverse("metrics:digest_stop", args=[token(board.pk, user.pk)])
    context = {
        "user": user,
        "board": board,
        "digest": found,
        "base_url": settings.BASE_URL,
        "stop": stop,
        "picture": PICTURE,
    }
    jinja = engines["jinja2"]
    mail = EmailMultiAlternatives(
        " ".join(f"{board.name}: {found.summary}".split())[:200],
        jinja.get_template("email/board_digest.txt").render(context),
        settings.DEFAULT_FROM_EMAIL,
        [user.email],
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )
    mail.attach_alternative(jinja.get_template("email/board_digest.html").render(context), "text/html")
    mail.attach(_inline(picture))
    try:
        mail.send()
    except SMTPRecipientsRefused as refused:
        if any(code < REFUSED_FOR_GOOD for code, _ in refused.recipients.values()):
            raise
        log.warning("There is no mailbox for person %s: the digest is given up", user.pk)


def _inline(picture):
    """The picture as a part that the mail's HTML shows."""
    part = MIMEPart()
    part.set_content(
        picture,
        maintype="image",
        subtype="png",
        disposition="inline",
        filename=f"{PICTURE}.png",
        cid=f"<{PICTURE}>",
    )
    return part
