"""What the request pages ask for."""

from .comments import CommentForm, SendForm
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
from .routing import OrderForm, RuleForm
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
    "FullVoiceForm",
    "JoinForm",
    "MergeForm",
    "OrderForm",
    "RequestForm",
    "RuleForm",
    "SeenForm",
    "SelectionForm",
    "SendForm",
    "SnoozeForm",
    "VoiceFields",
    "VoiceForm",
]
