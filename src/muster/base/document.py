"""A document: the text that statements are read from, and where it came from."""

from dataclasses import dataclass
from datetime import date, datetime

from muster.base.ids import content_id


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its provenance; the text is what offsets count in and is never changed after reading in.

    Attributes
    ----------
    source_id : str
        The id the input gave (`id` of a JSON line, or the file name); for people, not unique.
    text : str
        What is read, in code points; line ends are `\\n`.
    url, publisher, title : str
        Empty where unknown.
    published : date or None
    language : str
        ISO 639-1, empty where not determined.
    retrieved_at : datetime or None
        UTC.
    is_digest : bool
        True for a summary in our own words of a source at `url`.
    """

    source_id: str
    text: str
    url: str = ""
    publisher: str = ""
    title: str = ""
    published: date | None = None
    language: str = ""
    retrieved_at: datetime | None = None
    is_digest: bool = False

    @property
    def id(self) -> str:
        """Content id of text, url, publisher and date, so that two outlets' copies stay two documents."""
        day = self.published.isoformat() if self.published else None
        return content_id("document", [self.text, self.url, self.publisher, day])
