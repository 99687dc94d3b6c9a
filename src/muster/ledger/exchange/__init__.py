"""The ledger in and out: JSON lines (lossless), CSV, Parquet, FollowTheMoney, PLOVER.

JSON lines carry every version and both clocks. The other formats carry what a view holds: documents with their texts
and statements with their quotes, so that an import can check every quote again.
"""

from muster.ledger.exchange.files import EXPORT_FORMATS, IMPORT_FORMATS, export_file, import_file

__all__ = ["EXPORT_FORMATS", "IMPORT_FORMATS", "export_file", "import_file"]
