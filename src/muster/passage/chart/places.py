"""Names on the chart: hand-placed for legibility, positions to a tenth of a degree; only those in view are drawn."""

from typing import Final

COUNTRIES: Final = (
    ("IRAN", 53.5, 28.5), ("IRAN", 57.45, 26.75), ("OMAN", 56.3, 24.6), ("U.A.E.", 55.72, 24.98),
    ("SAUDI ARABIA", 48.3, 26.3), ("SAUDI ARABIA", 43.0, 17.6), ("KUWAIT", 47.5, 29.3), ("QATAR", 51.2, 25.3),
    ("YEMEN", 44.2, 13.6), ("DJIBOUTI", 42.6, 11.6), ("ERITREA", 41.9, 13.9), ("ERITREA", 38.6, 15.6),
    ("SUDAN", 36.3, 19.2), ("EGYPT", 33.2, 25.6), ("SOMALIA", 44.0, 10.2),
)  # fmt: skip
"""Name, longitude, latitude of the label's middle."""

SEAS: Final = (
    ("Persian Gulf", 52.2, 25.35), ("Persian Gulf", 55.22, 25.72), ("Persian Gulf", 51.2, 27.3),
    ("Gulf of Oman", 58.4, 24.9), ("Gulf of Oman", 57.15, 25.3),
    ("Gulf of Aden", 44.3, 12.0), ("Gulf of Aden", 45.1, 12.5), ("Gulf of Aden", 45.4, 11.5),
    ("Red Sea", 39.95, 17.0), ("Red Sea", 42.3, 14.5), ("Red Sea", 37.6, 21.2), ("Red Sea", 38.6, 20.2),
)  # fmt: skip
"""A name may have several places: the first that is in view and free is taken."""

SPOTS: Final = (
    ("Qeshm", 55.78, 26.74), ("Larak", 56.42, 26.76), ("Musandam", 56.27, 26.02), ("Bandar Abbas", 56.28, 27.27),
    ("Perim", 43.42, 12.66), ("Farsi", 50.2, 27.9), ("Bahrain", 50.55, 26.05),
)  # fmt: skip
"""Islands, capes and ports, smaller."""
