"""The doors by which requests come in, and the types they are sorted by: product ops' pages."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination import queries
from coordination.forms.channels import KIND_WORDS, ChannelForm, TypeForm
from coordination.models import Channel, ChannelKind, RequestType
from coordination.services import channels
from coordination.views import channel_kinds, managed
from prodops import activity, words
from prodops.access import Can, access
from prodops.http import paginate, render_page

RECENT = timedelta(days=30)


@access(Can.CHANNEL_MANAGE)
@require_GET
def channel_list(request):
    """All channels, the open ones first, with how much came in by each lately."""
    visible = Channel.objects.visible_to(request.user).for_list()
    page = paginate(request, queries.with_traffic(visible, since=timezone.now() - RECENT))
    return render_page(request, "coordination/channel_list.html", {"page": page}, partial="rows")


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def channel_new(request):
    """Choose the kind and open the channel; its own page then sets up the rest."""
    kind = request.GET.get("kind", "")
    initial = {"kind": kind} if kind in ChannelKind.values else None
    form = ChannelForm(request.POST or None, by=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        channel = channels.open_channel(**form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, f"“{channel}” is open. Set up below how things come in.")
        return redirect(channel)
    context = {"form": form, "kinds": KIND_WORDS}
    return render_page(request, "coordination/channel_new.html", context, status=422 if form.errors else 200)


@access(Can.CHANNEL_MANAGE)
@require_GET
def channel_detail(request, slug):
    """One channel: what its kind sets up, what came in by it lately, its properties and history."""
    now = timezone.now()
    channel = get_object_or_404(Channel.objects.visible_to(request.user).for_list(), slug=slug)
    template, context = channel_kinds.section_of(channel, request.user, now)
    shown = queries.channel_page(channel, user=request.user, since=now - RECENT)
    return render_page(
        request,
        "coordination/channel_detail.html",
        {
            "channel": channel,
            "section": template,
            "shown": shown,
            "events": words.history_of(activity.history(channel), request.user),
            "may_edit": Channel.objects.editable_by(request.user).filter(pk=channel.pk).exists(),
            "now": now,
            **context,
        },
    )


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def channel_edit(request, slug):
    channel = get_object_or_404(Channel.objects.editable_by(request.user).for_list(), slug=slug)
    form = ChannelForm(request.POST or None, channel=channel)
    if request.method == "POST" and form.is_valid():
        changed = channels.change(channel, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, "It is saved." if changed else "Nothing was different.")
        return redirect(channel)
    context = {"form": form, "channel": channel}
    return render_page(request, "coordination/channel_edit.html", context, status=422 if form.errors else 200)


@access(Can.CHANNEL_MANAGE)
@require_POST
def channel_close(request, slug):
    return _act(request, slug, channels.close, "is closed: it takes nothing more. What came in stays.")


@access(Can.CHANNEL_MANAGE)
@require_POST
def channel_reopen(request, slug):
    return _act(request, slug, channels.reopen, "is open again.")


def _act(request, slug, verb, said):
    return managed.act(request, Channel.objects, slug, verb, said, refused=channels.NotNow)


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def request_types(request):
    """The types on offer and those that were, and the form that adds one."""
    form = TypeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kind = channels.add_type(form.cleaned_data["name"], by=request.user, at=timezone.now())
        messages.success(request, f"“{kind}” can be chosen from now on.")
        return redirect("coordination:request_types")
    types = queries.types_with_counts(RequestType.objects.visible_to(request.user).for_list())
    context = {"form": form, "page": paginate(request, types)}
    return render_page(
        request, "coordination/request_types.html", context, status=422 if form.errors else 200
    )


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def request_type_edit(request, slug):
    kind = get_object_or_404(RequestType.objects.editable_by(request.user), slug=slug)
    form = TypeForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        channels.rename_type(kind, form.cleaned_data["name"], by=request.user, at=timezone.now())
        messages.success(request, "It is saved.")
        return redirect("coordination:request_types")
    context = {"form": form, "kind": kind}
    return render_page(
        request, "coordination/request_type_edit.html", context, status=422 if form.errors else 200
    )


@access(Can.CHANNEL_MANAGE)
@require_POST
def request_type_retire(request, slug):
    return _act_on_type(request, slug, channels.retire_type, "is not offered any more; requests keep it.")


@access(Can.CHANNEL_MANAGE)
@require_POST
def request_type_restore(request, slug):
    return _act_on_type(request, slug, channels.restore_type, "is offered again.")


@access(Can.CHANNEL_MANAGE)
@require_POST
def request_type_raise(request, slug):
    return _act_on_type(request, slug, channels.raise_type, "stands one place higher.")


def _act_on_type(request, slug, verb, said):
    rows, back = RequestType.objects, "coordination:request_types"
    return managed.act(request, rows, slug, verb, said, refused=channels.NotNow, back=back)
