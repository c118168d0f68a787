"""Changing the taxonomy: preview, do, take back; and how it was."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops.access import Can, access
from prodops.clock import company_day
from prodops.http import csv_response, paginate, render_page
from prodops.models import Segment
from research.forms.taxonomy import AsOfForm, MergeForm, MoveForm, SplitForm
from research.models import Highlight, Tag, TagChange
from research.queries import tag_history, vocabulary
from research.services import taxonomy

from .highlights import MOST_EXPORTED, note_quotes
from .tags import NOT_YOURS, editable_tag, tag_at

MOST_CHOSEN = 100
SHOWN_TO_SPLIT = 300


def chosen_tags(request):
    """The tags that the person chose and may change; 403 if one of them is not theirs to change."""
    sent = request.POST if request.method == "POST" else request.GET
    slugs = [slug.replace("\0", "") for slug in sent.getlist("tag")[:MOST_CHOSEN]]
    visible = Tag.objects.visible_to(request.user).live().filter(slug__in=slugs)
    rows = list(visible.select_related("group", "study", "parent").order_by("name", "pk"))
    if len(rows) > Tag.objects.editable_by(request.user).filter(pk__in=[tag.pk for tag in rows]).count():
        raise PermissionDenied(NOT_YOURS)
    return rows


def done(request, change, url):
    """Say what was done, with the way back, and go to `url`."""
    words = format_html(
        '{}. <a href="{}">Take it back</a> within 30 days.',
        _capital(change.words),
        reverse("research:change_detail", args=[change.pk]),
    )
    messages.success(request, words)
    return redirect(url)


def _capital(words):
    return words[:1].upper() + words[1:]


def _nothing_chosen(request):
    messages.info(request, "Choose the tags first: tick them, or press x on each.")
    return redirect("research:tag_list")


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def tag_merge(request):
    """Merge the chosen tags: the one that stays is among them, or any other."""
    chosen = chosen_tags(request)
    if not chosen:
        return _nothing_chosen(request)
    counts = vocabulary.counts_by_tag(request.user, tag__in=[tag.pk for tag in chosen])
    most = max(chosen, key=lambda tag: (counts.get(tag.pk, vocabulary.NOTHING).highlights, -tag.pk))
    data = request.POST if request.method == "POST" else {"into": request.GET.get("into") or most.slug}
    form = MergeForm(data, chosen=chosen, user=request.user)
    into = form.cleaned_data["into"] if form.is_valid() else most
    sources = [tag for tag in chosen if tag.pk != into.pk]
    if request.method == "POST" and form.is_valid():
        try:
            change = taxonomy.merge(sources, into, by=request.user, at=timezone.now())
            return done(request, change, into)
        except taxonomy.Refused as error:
            form.add_error("into", str(error))
    context = {
        "chosen": chosen,
        "form": form,
        "into": into,
        "sources": sources,
        "counts": counts,
        "impact": vocabulary.impact(sources, into, user=request.user),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "research/tag_merge.html", context, partial="preview", status=status)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def tag_move(request):
    """Put the chosen tags into a group or under a tag."""
    chosen = chosen_tags(request)
    if not chosen:
        return _nothing_chosen(request)
    form = MoveForm(request.POST or None, chosen=chosen, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            change = taxonomy.move(chosen, **form.cleaned_data, by=request.user, at=timezone.now())
            return done(request, change, "research:tag_list")
        except taxonomy.Refused as error:
            form.add_error(None, str(error))
    below = vocabulary.descendants(chosen) - {tag.pk for tag in chosen}
    context = {"chosen": chosen, "form": form, "below": len(below)}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "research/tag_move.html", context, status=status)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def tag_retire(request):
    """Offer the chosen tags no more; or, with `back`, again."""
    chosen = chosen_tags(request)
    if not chosen:
        return _nothing_chosen(request)
    back = bool((request.POST if request.method == "POST" else request.GET).get("back"))
    if request.method == "POST":
        verb = taxonomy.revive if back else taxonomy.retire
        try:
            change = verb(chosen, by=request.user, at=timezone.now())
            return done(request, change, "research:tag_list")
        except taxonomy.Refused as error:
            messages.error(request, str(error))
            return redirect("research:tag_list")
    context = {"chosen": chosen, "back": back, "impact": vocabulary.impact(chosen, user=request.user)}
    return render_page(request, "research/tag_retire.html", context)


@access(Can.TAXONOMY_MANAGE)
@require_http_methods(["GET", "POST"])
def tag_promote(request, slug):
    """Make a study's tag the workspace's, or merge it where the workspace has the name."""
    tag = editable_tag(request, slug)
    if tag.study_id is None:
        messages.info(request, f"{tag.name} is a workspace tag already.")
        return redirect(tag)
    if request.method == "POST":
        try:
            return done(request, taxonomy.promote(tag, by=request.user, at=timezone.now()), tag)
        except taxonomy.Refused as error:
            messages.error(request, str(error))
            return redirect("research:tag_promote", tag.slug)
    same = Tag.objects.live().filter(study=None, name__iexact=tag.name).first()
    context = {"tag": tag, "same": same, "impact": vocabulary.impact([tag], same, user=request.user)}
    return render_page(request, "research/tag_promote.html", context)


@access(Can.RESEARCH_READ)
@require_GET
def change_list(request):
    """What was changed lately, each to be looked at and taken back."""
    rows = vocabulary.changes(request.user).order_by("-at", "-pk")
    if request.GET.get("format") == "csv":
        return _changes_csv(request, rows)
    context = {"page": paginate(request, rows), "now": timezone.now()}
    return render_page(request, "research/change_list.html", context, partial="rows")


def _changes_csv(request, rows):
    header = ["By", "Change", "Kind", "Day", "Highlights", "Taken back by", "Taken back", "Link"]
    said = (
        [
            one.by.name,
            one.words,
            one.get_kind_display(),
            company_day(one.at),
            one.moved or 0,
            one.undone_by.name if one.undone_by else "",
            company_day(one.undone_at) if one.undone_at else "",
            request.build_absolute_uri(reverse("research:change_detail", args=[one.pk])),
        ]
        for one in rows[:MOST_EXPORTED]
    )
    return csv_response("changes-to-tags", header, said)


def _change(request, pk):
    rows = TagChange.objects.visible_to(request.user).select_related("by", "undone_by", "tag")
    return get_object_or_404(rows, pk=pk)


def _may_undo(request, change):
    """Who may change every tag of it, or did it."""
    if change.by_id == request.user.pk:
        return True
    touched = Tag.objects.filter(pk__in=change.tag_ids)
    return touched.count() == Tag.objects.editable_by(request.user).filter(pk__in=change.tag_ids).count()


@access(Can.RESEARCH_READ)
@require_GET
def change_detail(request, pk):
    change = _change(request, pk)
    moved = Highlight.objects.visible_to(request.user).filter(pk__in=change.moves.values("highlight"))
    page = paginate(request, moved.for_list().order_by("-created_at", "-pk"), 20)
    note_quotes(request, page.rows)
    context = {
        "change": change,
        "tags": Tag.objects.visible_to(request.user).filter(pk__in=change.tag_ids).order_by("name", "pk"),
        "page": page,
        # what was counted was counted as that person sees it
        "counts": change.counts if change.by_id == request.user.pk else {},
        "may_undo": change.may_be_undone(timezone.now()) and _may_undo(request, change),
        "stayed": change.moves.filter(came_back=False).count() if change.undone_at else 0,
    }
    return render_page(request, "research/change_detail.html", context, partial="rows")


@access(Can.RESEARCH_EDIT)
@require_POST
def change_undo(request, pk):
    change = _change(request, pk)
    if not _may_undo(request, change):
        raise PermissionDenied(NOT_YOURS)
    try:
        taxonomy.undo(change, by=request.user, at=timezone.now())
        messages.success(request, f"Taken back: {change.by.name} {change.words}.")
    except taxonomy.Refused as error:
        messages.error(request, str(error))
    return redirect("research:change_detail", pk)


@access(Can.RESEARCH_READ)
@require_GET
def tag_history_page(request, slug):
    """What became of a tag, and how it was as of a day."""
    tag = tag_at(request, slug)
    form = AsOfForm(request.GET)
    day = form.cleaned_data["on"] if form.is_valid() and form.cleaned_data["on"] else None
    context = {
        "tag": tag,
        "into": tag.merged_into_id and Tag.objects.get(pk=tag.merged_into_id),
        "form": form,
        "day": day,
        "rows": vocabulary.changes_of(tag, request.user),
        "taken_in": vocabulary.taken_in(tag, request.user),
        "names": list(tag.redirects.values_list("name", flat=True)),
        "now": timezone.now(),
    }
    if day:
        moment = timezone.make_aware(dt.datetime.combine(day, dt.time.max))
        then = tag_history.as_of(tag, moment, request.user)
        rows = Highlight.objects.visible_to(request.user).filter(pk__in=then.highlights)
        page = paginate(request, rows.for_list().order_by("-created_at", "-pk"), 20)
        note_quotes(request, page.rows)
        context |= {"then": then, "page": page}
    return render_page(request, "research/tag_history.html", context)


# --- splitting --------------------------------------------------------------------------------------------


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def tag_split(request, slug):
    """Share a tag's highlights out: by hand, one key each, or by words, study, speaker or segment."""
    tag = editable_tag(request, slug)
    rows = Highlight.objects.filter(tags=tag).anchored().for_list().order_by("-created_at", "-pk")
    shown = list(rows.visible_to(request.user)[:SHOWN_TO_SPLIT])
    note_quotes(request, shown)
    sent = request.POST if request.method == "POST" else request.GET
    names = sent.get("names", "")
    form = SplitForm(sent if names else None)
    parts = form.cleaned_data["names"] if names and form.is_valid() else []
    rule = {key: sent.get(key, "").replace("\0", "")[:120] for key in ("by", "value", "to")}
    hand = {one.pk: sent.get(f"h{one.pk}", "") for one in shown}
    if parts and rule["by"] and rule["to"].isdecimal():
        for one in shown:
            if not hand[one.pk] and says(one, rule["by"], rule["value"]):
                hand[one.pk] = rule["to"]
    if request.method == "POST" and parts and "apply" in request.POST:
        places = {pk: int(to) for pk, to in hand.items() if to.isdecimal() and 0 < int(to[:2]) <= len(parts)}
        shared = [
            (name, [pk for pk, to in places.items() if to == number])
            for number, name in enumerate(parts, start=1)
        ]
        try:
            change = taxonomy.split(
                tag, shared, retire=form.cleaned_data["retire"], by=request.user, at=timezone.now()
            )
            return done(request, change, "research:tag_list")
        except taxonomy.Refused as error:
            form.add_error("names", str(error))
    context = {
        "tag": tag,
        "form": form,
        "parts": parts,
        "rows": shown,
        "hand": hand,
        "rule": rule,
        "more": max(0, rows.count() - len(shown)),
        "studies": sorted({(one.session.study.slug, one.session.study.title) for one in shown}),
        "speakers": sorted({one.start_cue.speaker for one in shown if one.start_cue.speaker}),
        "segments": Segment.choices,
        "page_keys": [
            ("j k", "Next and previous highlight"),
            ("1 … 9", "Give it that tag"),
            ("0", "Leave it"),
        ],
    }
    status = 422 if request.method == "POST" and "apply" in request.POST else 200
    return render_page(request, "research/tag_split.html", context, status=status)


def says(highlight, by, value):
    """Whether the rule (`by` words, study, speaker or segment) fits the highlight."""
    if by == "words":
        words = value.lower().split()
        return bool(words) and all(word in highlight.quote.lower() for word in words)
    if by == "study":
        return highlight.session.study.slug == value
    if by == "speaker":
        return highlight.start_cue.speaker == value
    person = highlight.session.participant
    return by == "segment" and bool(person and person.account and person.account.segment == value)
