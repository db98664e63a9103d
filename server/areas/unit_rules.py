"""Pure rules of a list of units: where each one lies, whether it is there already, and what is wrong with its row (Art. 25)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID

from server.kernel.ids import new_id

FIELDS = ("kind", "name_zh", "name_en", "division_code", "parent", "phone")
BELOW = {  # kind → kinds of the unit above it
    "city": (),
    "county": ("city",),
    "zone": ("city",),
    "department": ("county",),
    "town": ("county", "zone"),
    "subdistrict": ("county", "zone"),
    "community": ("town", "subdistrict"),
    "village": ("town", "subdistrict"),
}
STEPS = (("city",), ("county", "zone"), ("department", "town", "subdistrict"), ("community", "village"))
STEP = {kind: step for step, kinds in enumerate(STEPS) for kind in kinds}
ALONE = ("city", "county")  # one of each kind: the installation's city, the county of the code
DIGITS = {"city": 6, "county": 6, "town": 9, "subdistrict": 9, "community": 12, "village": 12}
LONGEST = {"name_zh": 80, "name_en": 120}
PHONE = re.compile(r"\+?[0-9][0-9 -]{2,28}")


@dataclass(frozen=True)
class UnitRow:
    """One row of the list. ``parent``: division code or name of the unit above."""

    line: int
    kind: str
    name_zh: str
    name_en: str = ""
    division_code: str = ""
    parent: str = ""
    phone: str = ""


class Unit(Protocol):
    """A unit, of the database or of the list."""

    @property
    def id(self) -> UUID: ...
    @property
    def kind(self) -> str: ...
    @property
    def name_zh(self) -> str: ...
    @property
    def division_code(self) -> str | None: ...
    @property
    def parent_id(self) -> UUID | None: ...


@dataclass(frozen=True)
class Placed:
    """A row as a unit: one that ``is_there`` by its id, or a new one."""

    row: UnitRow
    id: UUID
    division_code: str | None
    parent_id: UUID | None
    is_there: bool

    @property
    def kind(self) -> str:
        return self.row.kind

    @property
    def name_zh(self) -> str:
        return self.row.name_zh


class Fault(NamedTuple):
    line: int
    reason: str


def place(rows: Sequence[UnitRow], there: Collection[Unit], county_code: str) -> tuple[list[Placed], list[Fault]]:
    """Every row as a unit, those above first, and all faults. ``there``: the units of the county and the city.

    A faulty row keeps its place, so that the rows below it are not called faulty as well.
    """
    known: dict[UUID, Unit] = {unit.id: unit for unit in there}
    placed: list[Placed] = []
    faults: list[Fault] = []
    for row in sorted(rows, key=lambda one: STEP.get(one.kind, 0)):
        reasons = _of_row(row, county_code)
        if row.kind in BELOW:
            code = county_code if row.kind == "county" else row.division_code if row.kind in DIGITS else None
            above, without = _above(row, known.values())
            twin, unlike = _twin(row, code, above, known.values())
            reasons += [reason for reason in (without, unlike) if reason]
            if not isinstance(twin, Placed):
                unit = _placed(row, code, above, twin)
                known[unit.id] = unit
                placed.append(unit)
        faults += [Fault(row.line, reason) for reason in reasons]
    return placed, sorted(faults)


def _placed(row: UnitRow, code: str | None, above: Unit | None, twin: Unit | None) -> Placed:
    parent_id = above.id if above else None
    if twin is None:
        return Placed(row, new_id(), code, parent_id, is_there=False)
    return Placed(row, twin.id, code or twin.division_code, parent_id or twin.parent_id, is_there=True)


def _of_row(row: UnitRow, county_code: str) -> list[str]:
    """What can be seen from the row alone."""
    if row.kind not in BELOW:
        return [f"kind: one of {', '.join(BELOW)}"]
    found = [] if row.name_zh else ["name_zh: is empty"]
    found += [f"{name}: at most {most} characters" for name, most in LONGEST.items() if len(getattr(row, name)) > most]
    if row.phone and not PHONE.fullmatch(row.phone):
        found.append("phone: 3 to 30 digits, spaces and hyphens")
    digits, code = DIGITS.get(row.kind, 0), row.division_code
    if not digits and code:
        found.append(f"division_code: a {row.kind} has none")
    elif row.kind == "county" and code not in ("", county_code):
        found.append(f"division_code: the county of this list is {county_code}")
    elif digits and row.kind != "county" and not re.fullmatch(f"[0-9]{{{digits}}}", code):
        found.append(f"division_code: a {row.kind} has {digits} digits")
    return found


def _above(row: UnitRow, known: Collection[Unit]) -> tuple[Unit | None, str | None]:
    """The unit above, or why there is none. Where none is named it is the city, or the county."""
    kinds = BELOW[row.kind]
    if not kinds:
        return None, f"parent: a {row.kind} has none" if row.parent else None
    if row.parent:
        named = [one for one in known if one.kind in kinds and row.parent in (one.division_code, one.name_zh)]
        if len(named) == 1:
            return named[0], None
        words = "several are called so, write the division code" if named else f"no {' or '.join(kinds)} is called so"
        return None, f"parent: {row.parent}: {words}"
    above = next((one for one in known if one.kind == kinds[0] and one.kind in ALONE), None)
    if above is None and kinds[0] == "county":
        return None, "parent: the county is not there yet, a row of kind county makes it"
    if above is None and kinds[0] != "city":
        return None, f"parent: write the code or name of its {' or '.join(kinds)}"
    return above, None


def _twin(
    row: UnitRow, code: str | None, above: Unit | None, known: Collection[Unit]
) -> tuple[Unit | None, str | None]:
    """The unit that this row means, when there is one already, and why it cannot be that one."""
    same_kind = [one for one in known if one.kind == row.kind]
    if row.kind in ALONE:
        found = same_kind
    else:
        found = [one for one in known if code and one.division_code == code]
        found = found or [one for one in same_kind if above and (one.name_zh, one.parent_id) == (row.name_zh, above.id)]
    if not found:
        return None, None
    twin = found[0]
    if isinstance(twin, Placed):
        return twin, f"the same unit as in line {twin.row.line}"
    if (twin.kind, twin.name_zh) != (row.kind, row.name_zh):
        return twin, f"there already: {twin.kind} {twin.name_zh} {twin.division_code or ''}".rstrip()
    if code and twin.division_code not in (None, code):
        return twin, f"division_code: there already with {twin.division_code}"
    if above and twin.parent_id not in (None, above.id):
        return twin, "parent: there already below another unit"
    return twin, None
