"""Files, HTML, feeds and URLs become documents: text, provenance, language, grade, near-duplicate cluster."""

from muster.documents.files import MAX_DOCUMENT_BYTES, read_documents
from muster.documents.language import detect_language

__all__ = ["MAX_DOCUMENT_BYTES", "detect_language", "read_documents"]
