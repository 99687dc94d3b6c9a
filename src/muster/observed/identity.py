"""What an identity number says: the flag from the MID, the class from the AIS ship type.

Flags: ITU Table of Maritime Identification Digits (itu.int/en/ITU-R/terrestrial/fmd/Pages/mid.aspx), given as ISO
3166-1 alpha-3. Classes: ITU-R M.1371-5, table 53. A type says "tanker" or "cargo" and no more: crude, product and gas
tankers, container and bulk ships cannot be told apart by AIS alone, and are not.
"""

from functools import cache
from importlib.resources import files


@cache
def _flags() -> dict[int, str]:
    rows = files("muster.observed").joinpath("data/mid.tsv").read_text(encoding="utf-8").splitlines()
    table: dict[int, str] = {}
    for row in rows:
        if row and not row.startswith("#"):
            mid, code = row.split("\t")
            table[int(mid)] = code
    return table


def flag_of(mmsi: int) -> str:
    """Return the flag state of a ship's MMSI; empty for coast stations, aircraft, aids and unassigned digits."""
    if not 200_000_000 <= mmsi <= 799_999_999:  # ships' identities begin with 2 to 7 (ITU-R M.585)
        return ""
    return _flags().get(mmsi // 1_000_000, "")


_CLASS_BY_TENS = {2: "wing-in-ground", 4: "high-speed", 6: "passenger", 7: "cargo", 8: "tanker"}


def ship_class(ship_type: int) -> str:
    """Return tanker, cargo, passenger, fishing, tug, naval, service or other; `unknown` where the type is not given."""
    if not 1 <= ship_type <= 99:
        return "unknown"
    if ship_type == 30:
        return "fishing"
    if ship_type in {31, 32, 52}:
        return "tug"
    if ship_type == 35:
        return "naval"
    if ship_type in {33, 34, 50, 51, 53, 54, 55, 58}:
        return "service"
    return _CLASS_BY_TENS.get(ship_type // 10, "other")
