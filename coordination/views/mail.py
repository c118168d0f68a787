"""Mail that came in, what was made of each, and the mailboxes of channels."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination.filters.mail import MailFilter
from coordination.formats import mail as mails
from coordination.forms.mail import MailboxForm
from coordination.models import Channel, ChannelKind, Mailbox, MailIn, MailState
from coordination.services import mail_in, mailboxes
from coordination.views import channel_kinds
from prodops.access import Can, access
from prodops.http import paginate, render_page

SHOWN = 5
TAKEABLE = (MailState.NOTHING, MailState.FAILED, MailState.WAITING)


def _section(channel, user, at):
    """On the page of a channel of mail: how it is reached, and what came last."""
    latest = MailIn.objects.visible_to(user).filter(channel=channel).for_list()
    waiting = (MailState.WAITING, MailState.FAILED)
    return {
        "box": Mailbox.objects.filter(channel=channel).first(),
        "latest_mails": list(latest[:SHOWN]),
        "failed": MailIn.objects.visible_to(user).filter(channel=channel, state__in=waiting).count(),
        "vouched": bool(settings.MAIL_VOUCHERS),
    }


channel_kinds.register(ChannelKind.EMAIL, "coordination/_channel_mail.html", _section)


@access(Can.CHANNEL_MANAGE)
@require_GET
def mail_list(request):
    """Every mail that came, newest first, also those of which nothing was made."""
    found = MailFilter(request.GET, MailIn.objects.visible_to(request.user).for_list())
    page = paginate(request, found.qs)
    return render_page(request, "coordination/mail_list.html", {"found": found, "page": page}, partial="rows")


@access(Can.CHANNEL_MANAGE)
@require_GET
def mail_detail(request, pk):
    row = get_object_or_404(
        MailIn.objects.visible_to(request.user).select_related("channel", "request"), pk=pk
    )
    said = mails.read(bytes(row.raw))
    context = {
        "mail": row,
        "said": said,
        "fresh": mails.fresh_part(said.text),
        "takeable": row.state in TAKEABLE,
    }
    return render_page(request, "coordination/mail_detail.html", context)


@access(Can.CHANNEL_MANAGE)
@require_GET
def mail_raw(request, pk):
    """The mail as it came, to be downloaded, never shown."""
    row = get_object_or_404(MailIn.objects.visible_to(request.user), pk=pk)
    answer = HttpResponse(bytes(row.raw), content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="mail-{row.pk}.eml"'
    return answer


@access(Can.CHANNEL_MANAGE)
@require_POST
def mail_take(request, pk):
    """Make something of a mail of which nothing was made, or that could not be read."""
    row = get_object_or_404(MailIn.objects.editable_by(request.user).select_related("channel"), pk=pk)
    try:
        mail_in.again(row, by=request.user, at=timezone.now())
    except mail_in.NotNow as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, f"It is {row.request.ref} now." if row.request else row.reason)
    return redirect(row)


def _channel(request, slug):
    doors = Channel.objects.editable_by(request.user).filter(kind=ChannelKind.EMAIL)
    return get_object_or_404(doors.for_list(), slug=slug)


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def mailbox_edit(request, slug):
    channel = _channel(request, slug)
    box = Mailbox.objects.filter(channel=channel).first()
    form = MailboxForm(request.POST or None, box=box)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        box = mailboxes.set_up(channel, by=request.user, at=now, **form.cleaned_data)
        if box.host:
            mailboxes.look_now(box, at=now)
        messages.success(request, "It is saved." + (" The mailbox is looked into now." if box.host else ""))
        return redirect(channel)
    context = {"form": form, "channel": channel, "box": box, "vouched": bool(settings.MAIL_VOUCHERS)}
    return render_page(request, "coordination/mailbox_edit.html", context, status=422 if form.errors else 200)


@access(Can.CHANNEL_MANAGE)
@require_POST
def mailbox_look(request, slug):
    channel = _channel(request, slug)
    box = get_object_or_404(Mailbox.objects.exclude(host=""), channel=channel)
    mailboxes.look_now(box, at=timezone.now())
    messages.info(request, "The mailbox is looked into now.")
    return redirect(channel)


@access(Can.CHANNEL_MANAGE)
@require_POST
@never_cache
def mailbox_door(request, slug):
    """Make the webhook's secret address; it stands on the answer and nowhere else."""
    channel = _channel(request, slug)
    box = get_object_or_404(Mailbox, channel=channel)
    secret = mailboxes.new_door(box, by=request.user, at=timezone.now())
    address = settings.BASE_URL + reverse("coordination:mail_door", args=[secret])
    return render_page(
        request, "coordination/mailbox_door.html", {"channel": channel, "box": box, "address": address}
    )
