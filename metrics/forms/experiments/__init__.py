"""Forms about experiments: the idea, the plan, the course, decisions and learnings."""

from .course import (
    AnswerForm,
    CloseForm,
    DecideForm,
    DropForm,
    ExtendForm,
    PictureForm,
    SecondForm,
    StopForm,
)
from .learning import EvidenceForm, LearningForm, WithdrawForm
from .plan import CalculatorForm, DesignForm, IdeaForm, KpiRows, VariantRows
from .template import TemplateForm

__all__ = [
    "AnswerForm",
    "CalculatorForm",
    "CloseForm",
    "DecideForm",
    "DesignForm",
    "DropForm",
    "EvidenceForm",
    "ExtendForm",
    "IdeaForm",
    "KpiRows",
    "LearningForm",
    "PictureForm",
    "SecondForm",
    "StopForm",
    "TemplateForm",
    "VariantRows",
    "WithdrawForm",
]
