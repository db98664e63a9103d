"""Names of streams. A row lives in exactly one; which one, each room decides by these."""

from __future__ import annotations

from uuid import UUID

CITY = "city"


def grid(grid_id: UUID) -> str:
    return f"grid:{grid_id}"


def micro(micro_grid_id: UUID) -> str:
    return f"micro:{micro_grid_id}"


def team(team_id: UUID) -> str:
    return f"team:{team_id}"


def person(person_id: UUID) -> str:
    return f"person:{person_id}"


def area(org_unit_id: UUID) -> str:
    return f"area:{org_unit_id}"


def county(county_code: str) -> str:
    return f"county:{county_code}"
