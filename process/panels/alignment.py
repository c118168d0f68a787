"""On an objective's page: what it serves and what serves it."""

from django import forms

from process.models import AlignmentKind, CycleState
from process.queries.alignments import around
from prodops import nav, panels, words
from prodops.access import Can, allowed
from prodops.comboboxes import ThingField

from .showing import show

words.register("objective.aligned", "aligned this: {how} “{to}”")
words.register("objective.unaligned", "took the alignment away: {how} “{to}”")
words.register("objective.imported", "brought this in with {file}")
words.register("objective.imported_late", "brought this in with {file} after others were agreed: “{reason}”")
words.register("okr_cycle.imported", "brought in {new} objectives with {file}")
words.register("okr_cycle.import_undone", "took back {gone} objectives of {file}")
nav.action(nav.Action("Import objectives", "process:okr_import_new", Can.OKR_RUN))


class AlignmentForm(forms.Form):
    """What an objective serves: another objective, or a key result of one."""

    kind = forms.ChoiceField(
        label="How", choices=AlignmentKind, initial=AlignmentKind.SUPPORTS, required=False
    )
    field_order = ("parent", "key_result", "kind")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"] = ThingField("objective", user=user, label="Objective", required=False)
        self.fields["key_result"] = ThingField("key-result", user=user, label="Key result", required=False)
        self.fields["parent"].widget.attrs["placeholder"] = "An objective: type a part of its words"
        self.fields["key_result"].widget.attrs["placeholder"] = "… or one of its key results"
        self.order_fields(self.field_order)

    def clean(self):
        data = super().clean() or {}
        parent, row = data.get("parent"), data.get("key_result")
        if not parent and not row and not self.errors:
            raise forms.ValidationError("Say which objective or which key result it serves.")
        if parent and row and row.objective_id != parent.pk:
            raise forms.ValidationError(f"“{row}” is not a key result of “{parent}”. Choose one of the two.")
        data["parent"] = parent or (row and row.objective)
        data["kind"] = data.get("kind") or AlignmentKind.SUPPORTS
        return data


def may_align(user, objective):
    """The person writes for the team, and the cycle is open. `objective` has its cycle loaded."""
    if objective.cycle.state == CycleState.CLOSED or not allowed(user, Can.OKR_EDIT):
        return False
    return user.runs_product_ops or objective.team_id in user.editor_team_ids


def alignment(request, objective):
    found = around(objective)
    editable = may_align(request.user, objective)
    if not editable and not (found.serves or found.served_by):
        return None
    context = {
        "objective": objective,
        "around": found,
        "editable": editable,
        "form": AlignmentForm(user=request.user, auto_id="align_%s"),
        "removed": _removed(request) if editable else None,
    }
    return show(request, "alignment", "Alignment", context)


def _removed(request):
    """What was just taken away, to be put back: (kind, objective id, key result id or "")."""
    kind, _, rest = request.GET.get("removed", "").partition("-")
    parent, _, row = rest.partition("-")
    if kind not in AlignmentKind or not _number(parent) or (row and not _number(row)):
        return None
    return kind, parent, row


def _number(text):
    return text.isascii() and text.isdecimal() and len(text) < 18


panels.register("process.objective", "process-alignment", alignment, order=20)
