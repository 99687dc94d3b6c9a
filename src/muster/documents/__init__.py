"""Files, HTML, feeds and URLs become documents: text, provenance, language, grade, near-duplicate cluster."""

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
