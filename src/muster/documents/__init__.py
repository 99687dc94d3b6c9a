"""Files, HTML, feeds and URLs become documents: text, provenance, language, grade, near-duplicate cluster.

Its parts are imported when first used: comparing origins brings scipy along, which takes longer than reading a file.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from muster.documents.files import MAX_DOCUMENT_BYTES, list_files, read_documents
    from muster.documents.grading import SourceGrade, information_digit, source_grade
    from muster.documents.language import detect_language
    from muster.documents.likeness import Likeness
    from muster.documents.origins import OriginIndex, cluster_origins

__all__ = [
    "MAX_DOCUMENT_BYTES",
    "Likeness",
    "OriginIndex",
    "SourceGrade",
    "cluster_origins",
    "detect_language",
    "information_digit",
    "list_files",
    "read_documents",
    "source_grade",
]

_HOMES = {
    "MAX_DOCUMENT_BYTES": "muster.documents.files",
    "list_files": "muster.documents.files",
    "read_documents": "muster.documents.files",
    "SourceGrade": "muster.documents.grading",
    "information_digit": "muster.documents.grading",
    "source_grade": "muster.documents.grading",
    "detect_language": "muster.documents.language",
    "Likeness": "muster.documents.likeness",
    "OriginIndex": "muster.documents.origins",
    "cluster_origins": "muster.documents.origins",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
