"""A small client of IMF PortWatch's public JSON service: daily transit calls of a chokepoint, page by page.

The service is an ArcGIS feature layer; parameters: developers.arcgis.com/rest/services-reference, "Query (Feature
Service/Layer)". It is asked over https only, follows no redirect, and reads no more than a fixed number of bytes.
"""

import json
import re
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from muster.base.errors import InputError, RemoteError
from muster.observed.series import DailySeries, series_of_records

SERVICE: Final = (
    "https://services9.arcgis.com/weJ1QsnbMYJlCHdG/arcgis/rest/services/Daily_Chokepoints_Data/FeatureServer/0/query"
)
HORMUZ: Final = "chokepoint6"
PAGE_ROWS: Final = 1000  # the layer gives no more at a time
MAX_PAGES: Final = 60  # 164 years of days
MAX_PAGE_BYTES: Final = 8 << 20  # a page of 1,000 days is under 1 MB
TIMEOUT_S: Final = 30.0
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_FIELDS = "date,portid,portname,n_total,n_tanker,n_cargo,n_container,n_dry_bulk,n_general_cargo,n_roro"


def fetch_portwatch(
    portid: str = HORMUZ, *, vintage: date | None = None, service: str = SERVICE, timeout_s: float = TIMEOUT_S
) -> DailySeries:
    """Return all days of a chokepoint as the service gives them now; the vintage is the day of asking.

    Parameters
    ----------
    portid : str
        PortWatch's id, such as `chokepoint6` (Strait of Hormuz).
    vintage : date, optional
        The name of the edition; today (UTC) by default.
    service : str
        Another address of the same service: https, or http on this machine.

    Raises
    ------
    InputError
        The id or the address breaks its rule.
    RemoteError
        The service did not answer, answered badly, or answered with too much.
    """
    import httpx

    if not re.fullmatch(r"[a-z]{1,20}\d{1,4}", portid):
        raise InputError(f"port id {portid!r}", rule="PortWatch ids are letters and digits, such as chokepoint6")
    parts = urlsplit(service)
    if not parts.hostname or (parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in _LOOPBACK)):
        raise InputError(f"service {service!r}", rule="the service is asked over https")
    records: list[Any] = []
    with httpx.Client(timeout=timeout_s, follow_redirects=False, trust_env=True) as client:
        for _ in range(MAX_PAGES):
            query = {
                "where": f"portid='{portid}'", "outFields": _FIELDS, "orderByFields": "date", "returnGeometry": "false",
                "resultOffset": str(len(records)), "resultRecordCount": str(PAGE_ROWS), "f": "json",
            }  # fmt: skip
            page = _page(client, service, query, parts.hostname)
            rows = _rows(page, parts.hostname)
            records += rows
            if not rows or not (page.get("exceededTransferLimit") or len(rows) == PAGE_ROWS):
                break
        else:
            raise RemoteError(f"{parts.hostname}: more than {MAX_PAGES} pages", next_step="Try again later")
    if not records:
        raise RemoteError(f"{parts.hostname}: no days for {portid}", next_step="Check the port id")
    name = next((str(row["portname"]) for row in records if row.get("portname")), portid)
    day = vintage or datetime.now(UTC).date()
    return series_of_records(records, f"IMF PortWatch {name}", day.isoformat(), f"{service} ({portid})")


def _page(client: Any, service: str, query: dict[str, str], host: str) -> dict[str, Any]:
    import httpx

    again = "Try again later"
    try:
        with client.stream("GET", service, params=query) as answer:
            if answer.status_code != 200:
                raise RemoteError(f"{host}: status {answer.status_code}", next_step=again)
            body = b""
            for block in answer.iter_bytes():
                body += block
                if len(body) > MAX_PAGE_BYTES:
                    raise RemoteError(f"{host}: more than {MAX_PAGE_BYTES >> 20} MB in a page", next_step=again)
    except httpx.HTTPError as error:
        raise RemoteError(f"{host}: {type(error).__name__}: {error}", next_step=again) from None
    try:
        page = json.loads(body)
    except (ValueError, RecursionError):
        raise RemoteError(f"{host}: the answer is no JSON", next_step=again) from None
    if not isinstance(page, dict) or "error" in page:
        detail = page.get("error") if isinstance(page, dict) else None
        message = detail.get("message", "") if isinstance(detail, dict) else ""
        raise RemoteError(f"{host}: the service refused: {str(message)[:200]}", next_step=again)
    return page


def _rows(page: dict[str, Any], host: str) -> list[dict[str, Any]]:
    features = page.get("features")
    if not isinstance(features, list) or not all(
        isinstance(row, dict) and isinstance(row.get("attributes"), dict) for row in features
    ):
        raise RemoteError(f"{host}: no features in the answer", next_step="Try again later")
    return [row["attributes"] for row in features]
