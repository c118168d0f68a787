"""Filling in a request form, and what is sent: to whoever decides, or to a request that is there."""

import uuid

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination import queries
from coordination.forms import JoinForm, RequestForm
from coordination.models import FormDefinition, Request
from coordination.services import drafts, requests, voices
from prodops.access import Can, access
from prodops.http import render_page
from prodops.models import Attachment
from prodops.services import attachments

CONTROLS = {"csrfmiddlewaretoken", "form", "version", "key", "writer", "seen", "force"}
CONTROLS |= {"evidence_files", "drop_file"}


def typed_in(post):
    """What was typed into the form, lists of texts by field name, as a draft keeps it."""
    return {
        name.replace("\0", ""): [value.replace("\0", "") for value in values]
        for name, values in post.lists()
        if name not in CONTROLS
    }


@access(Can.REQUEST_SUBMIT)
@require_http_methods(["GET", "POST"])
def request_new(request):
    """A form to fill in: `?form=` names it, else the standard one. What was typed earlier is there again."""
    filled = form_asked(request)
    draft = drafts.running(request.user, filled)
    version = version_asked(request, filled, draft)
    if request.method != "POST":
        return _form_page(request, _fresh(request, version, draft), filled, version, draft=draft)
    form = RequestForm(request.POST, request.FILES, user=request.user, version=version)
    now = timezone.now()
    _drop_files(request, draft)
    if not form.is_valid():
        _keep_files(request, form, filled, version, now)
        return _form_page(request, form, filled, version)
    said = {**form.request(), **form.voice(), "answers": form.cleaned_data["answers"], "version": version}
    if filled and filled.type_id:
        said["type"] = filled.type
    sent = requests.submit(by=request.user, at=now, **said)
    _attach(request, sent, form.cleaned_data.get("evidence_files"), now)
    if draft and draft.key == form.cleaned_data["key"]:
        attachments.hand_over(draft, sent, by=request.user, at=now)
    if key := form.cleaned_data["key"]:
        drafts.sent(request.user, filled, key=key, at=now)
    return redirect("coordination:request_sent", sent.pk)


def _attach(request, sent, uploads, now):
    """Hang the files on what was sent; sent twice, they hang there already."""
    if not uploads or Attachment.objects.about(sent).exists():
        return
    try:
        attachments.add(sent, uploads, by=request.user, at=now)
    except attachments.Refused as error:
        messages.error(request, f"The request was sent, its files were not: {error}")


def _drop_files(request, draft):
    """Let those files of the draft go that are ticked."""
    picked = [one for one in request.POST.getlist("drop_file") if one.isascii() and one.isdecimal()]
    if draft and picked:
        attachments.forget(draft, [int(one) for one in picked if len(one) < 18])


def _keep_files(request, form, filled, version, now):
    """A page that has to be mended forgets the files that were chosen on it: they are kept with the draft."""
    uploads, key = form.cleaned_data.get("evidence_files"), form.cleaned_data.get("key")
    if not uploads:
        return
    try:
        writer = uuid.UUID(request.POST.get("writer", ""))
    except ValueError:
        writer = uuid.uuid4()
    try:
        kept = key and drafts.keep_files(
            request.user,
            filled,
            uploads,
            version=version,
            key=key,
            writer=writer,
            data=typed_in(request.POST),
            at=now,
        )
    except attachments.Refused as error:
        messages.error(request, str(error))
    else:
        if not kept:
            messages.warning(request, "Choose your files again, please: they could not be kept.")


@access(Can.REQUEST_SUBMIT)
@require_POST
def join(request, pk):
    """Add an account to a request that exists, with what was typed so far as its words.

    Any request can be joined, other teams' too: of those, one sees the state and one's own account.
    """
    target = get_object_or_404(Request.objects.for_list(), pk=pk)
    filled = form_asked(request)
    version = version_asked(request, filled, drafts.running(request.user, filled))
    form = JoinForm(request.POST, user=request.user, version=version)
    if not form.is_valid():
        return _form_page(request, form, filled, version, joining=target)
    now = timezone.now()
    voice, new = voices.add(target, by=request.user, at=now, words=form.words(), **form.voice())
    if key := form.cleaned_data["key"]:
        drafts.sent(request.user, filled, key=key, at=now)
    if request.FILES:
        messages.info(request, "Your files were not sent along: attach them on a request that you sent.")
    name = form.cleaned_data["account"].name
    messages.success(
        request,
        f"{name} was added to {voice.request.ref}. You will hear what is decided."
        if new
        else f"{name} was in {voice.request.ref} already; your words were added.",
    )
    return redirect(voice.request)


@access(Can.REQUEST_SUBMIT)
@require_GET
def request_sent(request, pk):
    """What happens next, and who decides."""
    sent = get_object_or_404(
        Request.objects.visible_to(request.user).select_related("area__owner", "area__team"), pk=pk
    )
    return render_page(
        request, "coordination/request_sent.html", {"sent": sent, "deciders": queries.deciders(sent)}
    )


def form_asked(request):
    """The form that the page is of; None for the built-in one, and where the one named is not offered.

    Who is filling in a form that was put away meanwhile may finish.
    """
    slug = (request.POST.get("form") or request.GET.get("form", "")).replace("\0", "")[:60]
    if not slug:
        standard = FormDefinition.objects.offered().filter(standard=True).select_related("type")
        return standard.first() if request.method == "GET" else None
    named = FormDefinition.objects.filter(slug=slug).select_related("type").first()
    if named is None or (named.retired_at and not drafts.running(request.user, named)):
        return None
    return named if queries.published_version(named) else None


def version_asked(request, filled, draft=None):
    """The version that the page was made with, else that of the running draft, else the newest."""
    if filled is None:
        return None
    number = request.POST.get("version", "")
    if number.isascii() and number.isdecimal() and len(number) < 9:
        made_with = queries.published_version(filled, int(number))
        if made_with:
            return made_with
    if draft and draft.version_id and request.GET.get("newest") != "1":
        return draft.version
    return queries.published_version(filled)


def _fresh(request, version, draft):
    """The form as it is opened: with the draft, or what the address says."""
    form = RequestForm(user=request.user, version=version, initial=_initial(request))
    if draft:
        data = QueryDict(mutable=True)
        for name, values in draft.data.items():
            data.setlist(name, values)
        form.initial |= form.initial_of(data) | {"key": draft.key}
    return form


def _initial(request):
    wanted = {name: request.GET.get(name, "")[:160] for name in ("title",)}
    return {name: value for name, value in wanted.items() if value}


def _form_page(request, form, filled, version, *, joining=None, draft=None):
    newest = queries.published_version(filled) if filled else None
    running = draft or (drafts.running(request.user, filled) if form.errors else None)
    context = {
        "form": form,
        "filled": filled,
        "version": version,
        "outdated": bool(newest and version and newest.number > version.number),
        "offered": queries.forms_on_offer(request.user),
        "joining": joining,
        "draft": draft,
        "kept_files": drafts.files_of(running),
        "writer": uuid.uuid4(),
        "seen": draft.writer if draft else request.POST.get("writer", ""),
    }
    return render_page(request, "coordination/request_new.html", context, status=422 if form.errors else 200)
