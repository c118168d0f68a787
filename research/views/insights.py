from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops import custom_fields, panels
from prodops.access import Can, access
from prodops.clock import company_day
from prodops.http import csv_response, paginate, render_page
from prodops.models import Segment, Team
from prodops.talk import talk_about
from research.filters import InsightFilter
from research.forms import InsightForm
from research.models import EvidenceKind, Insight, InsightEvidence, InsightStatus, Method
from research.models.policy import edits
from research.queries import standing
from research.services import conflicts, insights
from research.synthesis.badges import MEANS
from research.views.highlights import matching, note_quotes
from research.views.studies import version_of

HEADER = [
    *("Claim", "Status", "Area", "Team", "Owner", "Participants", "Studies", "Highlights"),
    *("To note", "Confidence", "Review by", "Published", "Link"),
]


def _found(request):
    visible = Insight.objects.visible_to(request.user).for_list()
    return InsightFilter(request.GET, visible.order_by("-updated_at", "-pk"))


@access(Can.RESEARCH_READ)
@require_GET
def insight_list(request):
    found = _found(request)
    page = paginate(request, found.qs, 30)
    context = {
        "found": found,
        "page": page,
        "badges": standing.badges_of(page.rows, timezone.localdate()),
        "today": timezone.localdate(),
    }
    return render_page(request, "research/insight_list.html", context, partial="rows")


@access(Can.RESEARCH_READ)
@require_GET
def insight_csv(request):
    found = list(_found(request).qs[:10_000])
    badges = standing.badges_of(found, timezone.localdate())
    typed = custom_fields.Columns("research.insight", found)
    rows = ([*_row(request, one, badges[one.pk]), *typed.cells(one)] for one in found)
    return csv_response("insights", [*HEADER, *typed.header], rows)


def _row(request, insight, badges):
    return [
        insight.title,
        insight.get_status_display(),
        insight.area.name if insight.area else "",
        insight.team.name,
        insight.owner.name,
        badges.participants,
        badges.studies,
        badges.quotes,
        ", ".join(flag.label for flag in badges.flags),
        insight.get_confidence_display() if insight.confidence else "",
        insight.review_by,
        company_day(insight.published_at) if insight.published_at else "",
        request.build_absolute_uri(insight.get_absolute_url()),
    ]


@access(Can.RESEARCH_READ)
@require_GET
def insight_detail(request, pk):
    insight = get_object_or_404(
        Insight.objects.visible_to(request.user).select_related("published_by", "ended_by").for_list(), pk=pk
    )
    evidence, unseen = standing.evidence_of(insight, request.user)
    note_quotes(request, [one.highlight for one in evidence if one.highlight_id])
    in_review = insight.status in (InsightStatus.DRAFT, InsightStatus.IN_REVIEW)
    reviews = list(insight.reviews.select_related("reviewer")) if in_review else []
    context = {
        "insight": insight,
        "evidence": evidence,
        "unseen": unseen,  # pieces from studies that this person does not see
        "badges": standing.badges_of([insight], timezone.localdate())[insight.pk],
        "means": MEANS,
        "methods": dict(Method.choices),
        "segments": dict(Segment.choices),
        "reviews": reviews,
        "my_review": next((one for one in reviews if one.reviewer_id == request.user.pk), None),
        "today": timezone.localdate(),
        "may_edit": edits(request.user, insight.team_id),
        "kinds": EvidenceKind.choices,
        "typed": custom_fields.card(insight, may_edit=edits(request.user, insight.team_id)),
        "panels": panels.render("research.insight", request, insight),
        "talk": talk_about(request, insight),
    }
    return render_page(request, "research/insight_detail.html", context, partial="evidence")


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def insight_create(request):
    chosen = matching(request, (request.POST or request.GET).getlist("highlight"))
    form = InsightForm(request.POST or None, user=request.user, initial=_initial(request, chosen))
    if request.method == "POST" and form.is_valid():
        insight = insights.create(highlights=chosen, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, "The draft is saved. Publish it when its team agrees.")
        return redirect(insight)
    context = {"form": form, "chosen": chosen, "insight": None, "theirs": None, "version": 0}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "research/insight_form.html", context, status=status)


def _initial(request, chosen):
    """The area and team of the first highlight's study, where the person may write for that team."""
    initial = {"owner": request.user.pk}
    teams = set(Team.objects.editable_by(request.user).values_list("pk", flat=True))
    if chosen:
        study = chosen[0].session.study
        initial["area"] = study.area_id
        if study.team_id in teams:
            initial["team"] = study.team_id
    if "team" not in initial and len(teams) == 1:
        initial["team"] = teams.pop()
    return initial


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def insight_edit(request, pk):
    insight = get_object_or_404(Insight.objects.editable_by(request.user), pk=pk)
    version = version_of(request, insight)
    form = InsightForm(request.POST or None, user=request.user, instance=insight)
    context = {"form": form, "chosen": [], "insight": insight, "theirs": None, "version": version}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                edited = insights.edit(
                    insight, version=version, by=request.user, at=timezone.now(), **form.cleaned_data
                )
                messages.success(request, "Saved.")
                return redirect(edited)
            except conflicts.Conflict as conflict:
                context |= {"theirs": conflict.current, "version": conflict.current.version}
                status = 409
    return render_page(request, "research/insight_form.html", context, status=status)


@access(Can.RESEARCH_EDIT)
@require_POST
def insight_publish(request, pk):
    insight = get_object_or_404(Insight.objects.editable_by(request.user), pk=pk)
    try:
        insights.publish(insight, by=request.user, at=timezone.now())
        messages.success(request, "The insight is published and can be cited.")
    except (insights.AlreadyPublished, insights.NothingToStandOn, insights.NotReviewed) as error:
        messages.info(request, str(error))
    return redirect(insight)


@access(Can.RESEARCH_EDIT)
@require_POST
def evidence_add(request, pk):
    """Add chosen highlights to an insight."""
    insight = get_object_or_404(Insight.objects.editable_by(request.user), pk=pk)
    chosen = matching(request, request.POST.getlist("highlight"))
    if chosen:
        insights.cite(insight, chosen, by=request.user, at=timezone.now())
        messages.success(request, f"{len(chosen)} added to the evidence.")
    return redirect(insight)


def _evidence(request, pk):
    editable = Insight.objects.editable_by(request.user)
    rows = InsightEvidence.objects.filter(insight__in=editable).select_related("insight")
    return get_object_or_404(rows, pk=pk)


@access(Can.RESEARCH_EDIT)
@require_POST
def evidence_weigh(request, pk):
    evidence = _evidence(request, pk)
    kind = request.POST.get("kind", "")
    if kind in EvidenceKind.values and kind != evidence.kind:
        insights.weigh(evidence, kind=kind, by=request.user, at=timezone.now())
        messages.success(request, "Saved.")
    return redirect(f"{evidence.insight.get_absolute_url()}#evidence")


@access(Can.RESEARCH_EDIT)
@require_POST
def evidence_remove(request, pk):
    evidence = _evidence(request, pk)
    insights.drop(evidence, by=request.user, at=timezone.now())
    messages.success(request, "Taken out of the evidence; the highlight itself stays.")
    return redirect(f"{evidence.insight.get_absolute_url()}#evidence")
