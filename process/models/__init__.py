from .documents import (
    DOCUMENT_MOVES,
    Document,
    DocumentState,
    DocumentTemplate,
    TemplateVersion,
    VersionState,
)

__all__ = [
    "DOCUMENT_MOVES",
    "Document",
    "DocumentState",
    "DocumentTemplate",
    "TemplateVersion",
    "VersionState",
]
