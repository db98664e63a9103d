"""How large a demo is. ``county`` is the default; ``small`` is for tests; ``city`` fills all seven counties."""

from __future__ import annotations

from dataclasses import dataclass

HOME_COUNTY = "330424"
HOME_TOWN = "330424102"  # 百步镇


@dataclass(frozen=True)
class Size:
    """``villages``: by town code where the number is known, else ``villages_each``. Households are per grid."""

    counties: tuple[str, ...]
    towns_each: int | None = None
    villages_each: int = 12
    villages: tuple[tuple[str, int], ...] = ()
    grids_each: int | None = None  # None: 5 or 6, about 540 in a county
    households_at_home: int = 300
    households_elsewhere: int = 15
    history_days: int = 30


HAIYAN_VILLAGES = (
    ("330424001", 14), ("330424002", 13), ("330424004", 9), ("330424005", 10), ("330424101", 13), ("330424102", 11),
    ("330424103", 11), ("330424105", 11), ("330424106", 13),
)  # fmt: skip

SIZES = {
    "small": Size(
        counties=(HOME_COUNTY,), villages=((HOME_TOWN, 3),), villages_each=0, grids_each=2, households_at_home=60,
        households_elsewhere=6, history_days=12,
    ),
    "county": Size(counties=(HOME_COUNTY,), villages=HAIYAN_VILLAGES),
    "full": Size(counties=(HOME_COUNTY,), villages=HAIYAN_VILLAGES, households_elsewhere=315),
    "city": Size(
        counties=("330402", "330411", "330421", "330424", "330481", "330482", "330483"), villages=HAIYAN_VILLAGES
    ),
}  # fmt: skip
