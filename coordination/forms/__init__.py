"""What the request pages ask for."""

from .comments import CommentForm, SendForm, TermForm
from .decisions import (
    AcceptForm,
    AdvanceForm,
    AssignForm,
    DeclineForm,
    DeclineReasonForm,
    MergeForm,
    SeenForm,
    SelectionForm,
    SnoozeForm,
)
from .on_behalf import FullVoiceForm
from .requests import JoinForm, RequestForm
from .roadmap import EvidenceForm, ItemForm, LinkForm, MoveForm, PromiseForm
from .rotations import RotationForm, TagNameForm, TagsForm, WeekForm
from .routing import OrderForm, PastForm, RuleForm
from .voices import CURRENCIES, AmountField, VoiceFields, VoiceForm

__all__ = [
    "CURRENCIES",
    "AcceptForm",
    "AdvanceForm",
    "AmountField",
    "AssignForm",
    "CommentForm",
    "DeclineForm",
    "DeclineReasonForm",
    "EvidenceForm",
    "FullVoiceForm",
    "ItemForm",
    "JoinForm",
    "LinkForm",
    "MergeForm",
    "MoveForm",
    "OrderForm",
    "PastForm",
    "PromiseForm",
    "RequestForm",
    "RotationForm",
    "RuleForm",
    "SeenForm",
    "SelectionForm",
    "SendForm",
    "SnoozeForm",
    "TagNameForm",
    "TagsForm",
    "TermForm",
    "VoiceFields",
    "VoiceForm",
    "WeekForm",
]
