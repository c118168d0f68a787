"""REFI-QDA, the exchange format of tools for qualitative analysis: projects (.qdpx) and codebooks (.qdc)."""

from .project import (
    Case,
    Code,
    CodeSet,
    Coding,
    Link,
    Note,
    Project,
    RefiError,
    Selection,
    Source,
    Span,
    SyncPoint,
    User,
    Variable,
)
from .reading import project_part, read_codebook, read_project, text_of
from .writing import codebook, project_file

__all__ = [
    "Case",
    "Code",
    "CodeSet",
    "Coding",
    "Link",
    "Note",
    "Project",
    "RefiError",
    "Selection",
    "Source",
    "Span",
    "SyncPoint",
    "User",
    "Variable",
    "codebook",
    "project_file",
    "project_part",
    "read_codebook",
    "read_project",
    "text_of",
]
