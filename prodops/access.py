"""Who may do what: one matrix, and the decorator that every view carries.

`MATRIX` is the whole of the role policy. What a person may do with a *particular* thing is the
QuerySets' matter (`visible_to`, `editable_by`): out of scope is 404, forbidden for the role is 403.
"""

from enum import StrEnum
from functools import cache, wraps

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied

from prodops.models.people import Role


class Can(StrEnum):
    """Capabilities. The value is stored in the search index; the label is shown on the role page."""

    USE_WORKSPACE = "workspace.use"
    COMMENT = "workspace.comment"
    RESEARCH_READ = "research.read"
    RESEARCH_EDIT = "research.edit"
    RESEARCH_RESTRICTED = "research.restricted"
    RAW_MEDIA = "research.raw_media"
    RETENTION_MANAGE = "research.retention"
    PARTICIPANT_CONTACT = "research.contact"
    PANEL_EDIT = "research.panel"
    CONTACT_OVERRIDE = "research.contact_override"
    CONSENT_MANAGE = "research.consent"
    INCENTIVE_APPROVE = "research.incentive"
    TAXONOMY_MANAGE = "research.taxonomy"
    REPORT_READ = "report.read"
    REPORT_RUN = "report.run"
    KPI_READ = "kpi.read"
    KPI_EDIT = "kpi.edit"
    KPI_APPROVE = "kpi.approve"
    SOURCE_MANAGE = "source.manage"
    EXPERIMENT_READ = "experiment.read"
    EXPERIMENT_EDIT = "experiment.edit"
    EXPERIMENT_RUN = "experiment.run"
    DASHBOARD_RUN = "dashboard.run"
    OKR_READ = "okr.read"
    OKR_CHECK_IN = "okr.check_in"
    OKR_EDIT = "okr.edit"
    OKR_RUN = "okr.run"
    DOCUMENT_READ = "document.read"
    DOCUMENT_EDIT = "document.edit"
    TEMPLATE_APPROVE = "template.approve"
    REQUEST_SUBMIT = "request.submit"
    REQUEST_TRIAGE = "request.triage"
    CHANNEL_MANAGE = "channel.manage"
    ACCOUNT_READ = "account.read"
    ACCOUNT_EDIT = "account.edit"
    RATE_EDIT = "rate.edit"
    PEOPLE_READ = "people.read"
    STRUCTURE_EDIT = "structure.edit"
    PEOPLE_MANAGE = "people.manage"
    OUTBOX_READ = "outbox.read"


_EVERYBODY = frozenset(Role)
_MEMBERS = frozenset({Role.MEMBER, Role.PRODUCT_OPS, Role.ADMIN})
_OPS = frozenset({Role.PRODUCT_OPS, Role.ADMIN})
_ADMINS = frozenset({Role.ADMIN})

# capability: (what it is, in words; roles that have it)
MATRIX = {
    Can.USE_WORKSPACE: ("Sign in, search what one may see, receive notifications", _EVERYBODY),
    Can.COMMENT: ("Comment and attach files where one may read", _EVERYBODY),
    Can.RESEARCH_READ: ("Read studies, sessions, highlights and insights", _MEMBERS),
    Can.RESEARCH_EDIT: ("Add sessions, tag, and write insights for one's own teams", _MEMBERS),
    Can.RESEARCH_RESTRICTED: ("Read studies that are kept to a team, without being in it", _OPS),
    Can.RAW_MEDIA: ("Play and download recordings of studies one works on", _MEMBERS),
    Can.RETENTION_MANAGE: ("Say how long raw recordings are kept", _OPS),
    Can.PARTICIPANT_CONTACT: ("See how participants can be reached", _OPS),
    Can.PANEL_EDIT: ("Add people to the panel, import and merge them, say who is not to be contacted", _OPS),
    Can.CONTACT_OVERRIDE: ("Ask somebody before they have cooled down, with a reason", _OPS),
    Can.CONSENT_MANAGE: ("Write consent texts, record that somebody withdrew, delete what was theirs", _OPS),
    Can.INCENTIVE_APPROVE: ("Approve incentives that somebody else entered, and record payments", _OPS),
    Can.TAXONOMY_MANAGE: ("Manage tag groups and workspace tags", _OPS),
    Can.REPORT_READ: ("Read published insight reports", _EVERYBODY),
    Can.REPORT_RUN: ("Build, edit and publish the quarterly insight report", _OPS),
    Can.KPI_READ: ("Read KPIs and their series", _EVERYBODY),
    Can.KPI_EDIT: ("Define KPIs, import series, answer flags for one's own teams", _MEMBERS),
    Can.KPI_APPROVE: ("Approve KPI definitions", _OPS),
    Can.DASHBOARD_RUN: ("Clean up the catalogue of dashboards; say whose links are checked", _OPS),
    Can.SOURCE_MANAGE: ("Connect databases that KPIs are fetched from", _OPS),
    Can.EXPERIMENT_READ: ("Read experiments, their results and what was learned", _EVERYBODY),
    Can.EXPERIMENT_EDIT: (
        "Plan, run and decide experiments of one's own teams; review others' decisions",
        _MEMBERS,
    ),
    Can.EXPERIMENT_RUN: ("Keep the templates of experiments", _OPS),
    Can.OKR_READ: ("Read objectives and key results", _EVERYBODY),
    Can.OKR_CHECK_IN: ("Check in on the key results one owns", _EVERYBODY),
    Can.OKR_EDIT: ("Write objectives and check in for one's own teams", _MEMBERS),
    Can.OKR_RUN: ("Open, activate and close OKR cycles", _OPS),
    Can.DOCUMENT_READ: ("Read documents", _MEMBERS),
    Can.DOCUMENT_EDIT: ("Write documents from approved templates", _MEMBERS),
    Can.TEMPLATE_APPROVE: ("Write and approve document templates", _OPS),
    Can.REQUEST_SUBMIT: ("Submit requests and follow one's own and one's team's", _EVERYBODY),
    Can.REQUEST_TRIAGE: ("Read all requests; accept, merge or decline", _MEMBERS),
    Can.CHANNEL_MANAGE: ("Open channels, build forms, write routing rules and response times", _OPS),
    Can.ACCOUNT_READ: ("Read customer accounts", _EVERYBODY),
    Can.ACCOUNT_EDIT: ("Edit customer accounts", _OPS),
    Can.RATE_EDIT: ("Enter exchange rates", _OPS),
    Can.PEOPLE_READ: ("See who works here, teams and product areas", _EVERYBODY),
    Can.STRUCTURE_EDIT: ("Edit teams, product areas and typed fields", _OPS),
    Can.PEOPLE_MANAGE: ("Invite people, change roles, close accounts", _ADMINS),
    Can.OUTBOX_READ: ("Read the mail outbox", _ADMINS),
}


@cache
def _capabilities(role):
    return frozenset(can for can, (_, roles) in MATRIX.items() if role in roles)


def capabilities_of(user):
    """The set of `Can` that the person's role allows."""
    return _capabilities(Role(user.role)) if user.is_authenticated else frozenset()


def allowed(user, can):
    return can in capabilities_of(user)


def access(can):
    """Every view's first line: who may call it at all. `access(None)` needs no sign-in.

    The rule stays readable on the view as `view.access`; a test walks the resolver for it.
    """

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if can is not None and not allowed(request.user, can):
                raise PermissionDenied(f"Your role does not include: {MATRIX[can][0].lower()}.")
            return view(request, *args, **kwargs)

        guarded.access = can  # type: ignore[attr-defined]
        return login_not_required(guarded) if can is None else guarded

    return decorate
