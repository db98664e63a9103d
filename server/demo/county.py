"""The tree of units and the drawn grids of one county."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from uuid import UUID

from server.areas.models import Border, Division, Grid, MicroGrid, OrgUnit
from server.areas.rules import box_of
from server.demo.bulk import Bulk
from server.demo.mesh import Cell, Mesh
from server.demo.names import WORDS, Names
from server.demo.sizes import HOME_TOWN, Size
from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.matters import starter

DIVISIONS = Path(__file__).parent.parent / "areas/divisions.csv"
IN_FORCE = date(2024, 4, 1)  # the regulation's first day
CITY_CODE = "330400"
DOCUMENT = "示例"
ORIGINS = {  # south-west corners: blocks beside each other, not the true shapes
    "330424": (120.80, 30.41), "330481": (120.42, 30.41), "330483": (120.42, 30.73), "330402": (120.80, 30.73),
    "330482": (121.18, 30.73), "330411": (120.61, 31.05), "330421": (120.99, 31.05),
}  # fmt: skip


@dataclass
class DemoMicro:
    id: UUID
    code: str
    cell: Cell


@dataclass
class DemoGrid:
    id: UUID
    code: str
    name: str
    village: DemoVillage
    micros: list[DemoMicro] = field(default_factory=list)


@dataclass
class DemoVillage:
    id: UUID
    code: str
    name: str
    town: DemoTown
    grids: list[DemoGrid] = field(default_factory=list)


@dataclass
class DemoTown:
    id: UUID
    code: str
    name: str
    villages: list[DemoVillage] = field(default_factory=list)


@dataclass
class DemoCounty:
    """A county as the demo made it; ``departments`` by Chinese name."""

    id: UUID
    code: str
    name: str
    mesh: Mesh
    towns: list[DemoTown] = field(default_factory=list)
    departments: dict[str, UUID] = field(default_factory=dict)

    @property
    def grids(self) -> list[DemoGrid]:
        return [g for t in self.towns for v in t.villages for g in v.grids]


def divisions() -> list[dict[str, str]]:
    """The 72 towns and subdistricts of the city: code, name, kind, county."""
    with DIVISIONS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def make_city(bulk: Bulk) -> UUID:
    """The city's unit and every division code of it. Returns the unit's id."""
    rows = divisions()
    counties = {row["county_code"]: row["county_zh"] for row in rows}
    codes = [(CITY_CODE, "嘉兴市", "city")] + [(code, name, "county") for code, name in counties.items()]
    codes += [(row["code9"], row["name_zh"], row["kind"]) for row in rows]
    for code, name, kind in codes:
        bulk.add(Division, id=new_id(), code=code, name_zh=name, kind=kind, from_day=IN_FORCE)
    city = new_id()
    add_unit(bulk, city, None, CITY_CODE, "city", "嘉兴市", CITY_CODE, name_en="Jiaxing")
    return city


def make_county(bulk: Bulk, city_id: UUID, code: str, size: Size, random: Random) -> DemoCounty:
    """Units, grids, micro-grids and borders of one county, with their feed entries."""
    names = Names(random)
    towns = [row for row in divisions() if row["county_code"] == code]
    counts = [(row, dict(size.villages).get(row["code9"], size.villages_each)) for row in towns]
    shapes = [[_grid_sizes(size, random) for _ in range(count)] for _, count in counts]
    mesh = Mesh(ORIGINS[code], sum(sum(sum(v) for v in town) for town in shapes), random)
    path = iter(mesh.path())
    county = DemoCounty(new_id(), code, towns[0]["county_zh"], mesh)
    add_unit(bulk, county.id, city_id, code, "county", county.name, code, towns[0]["county_en"], names.office_phone())
    _departments(bulk, county, names)
    for (row, count), shape in zip(counts, shapes, strict=True):
        if not count:
            continue
        town = DemoTown(new_id(), row["code9"], row["name_zh"])
        county.towns.append(town)
        add_unit(bulk, town.id, county.id, code, row["kind"], town.name, town.code, phone=names.office_phone())
        for name, grids in zip(_village_names(names, town, count), shape, strict=True):
            village = add_village(bulk, county, town, name, names)
            for micros in grids:
                add_grid(bulk, county, village, [next(path) for _ in range(micros)])
    return county


def _grid_sizes(size: Size, random: Random) -> list[int]:
    """Micro-grids of each grid of one village."""
    grids = size.grids_each or random.choice((5, 5, 5, 5, 5, 6))
    return [random.choice((5, 5, 5, 6)) for _ in range(grids)]


def _village_names(names: Names, town: DemoTown, count: int) -> list[str]:
    if town.code != HOME_TOWN:
        return names.villages(count)
    home = WORDS["home_village"]  # never left out
    return [home, *(name for name in WORDS["home_town_villages"] if name != home)][:count]


def add_village(bulk: Bulk, county: DemoCounty, town: DemoTown, name: str, names: Names) -> DemoVillage:
    """A village, or a community when its name says so, with the next code of its town."""
    is_community = name.endswith("社区")
    number = sum(1 for v in town.villages if v.name.endswith("社区") == is_community) + 1
    code = f"{town.code}{number if is_community else 200 + number:03d}"
    village = DemoVillage(new_id(), code, name, town)
    town.villages.append(village)
    kind = "community" if is_community else "village"
    add_unit(bulk, village.id, town.id, county.code, kind, name, code, phone=names.office_phone())
    return village


def add_grid(bulk: Bulk, county: DemoCounty, village: DemoVillage, cells: list[Cell]) -> DemoGrid:
    """The next grid of a village with a micro-grid for each cell, and their borders."""
    number = len(village.grids) + 1
    is_special = number == 5 and len(village.town.villages) % 4 == 0  # about twenty in the county
    name = (
        f"{village.name}集镇市场专属网格" if is_special else f"{village.name}第{'一二三四五六七八九'[number - 1]}网格"
    )
    kind = "special_area" if is_special else "community" if village.name.endswith("社区") else "village"
    grid = DemoGrid(new_id(), f"{village.code}{number:03d}", name, village)
    village.grids.append(grid)
    bulk.add(
        Grid, id=grid.id, county_code=county.code, code=grid.code, village_id=village.id, kind=kind, name_zh=name,
        created_at=clock.start_of(IN_FORCE), version=1,
    )  # fmt: skip
    bulk.put(stream_keys.grid(grid.id), "grid", grid.id)
    _border(bulk, county, grid.id, cells)
    for number, cell in enumerate(cells, 1):
        micro = DemoMicro(new_id(), f"{grid.code}{number:03d}", cell)
        grid.micros.append(micro)
        bulk.add(
            MicroGrid, id=micro.id, county_code=county.code, grid_id=grid.id, code=micro.code,
            name_zh=f"第{'一二三四五六七八九'[number - 1]}微网格", version=1,
        )  # fmt: skip
        bulk.put(stream_keys.micro(micro.id), "micro_grid", micro.id)
        _border(bulk, county, micro.id, [cell])
    return grid


def _border(bulk: Bulk, county: DemoCounty, area_id: UUID, cells: list[Cell]) -> None:
    rings = county.mesh.outline(cells)
    bulk.add(
        Border, id=new_id(), county_code=county.code, area_id=area_id, rings=rings, document_no=DOCUMENT,
        from_day=IN_FORCE, **box_of(rings),
    )  # fmt: skip


def _departments(bulk: Bulk, county: DemoCounty, names: Names) -> None:
    for row in starter.departments():
        found = new_id()
        county.departments[row["name_zh"]] = found
        name = f"{county.name}{row['name_zh']}部门"
        add_unit(bulk, found, county.id, county.code, "department", name, None, row["name_en"], names.office_phone())


def add_unit(
    bulk: Bulk,
    unit_id: UUID,
    parent_id: UUID | None,
    county_code: str,
    kind: str,
    name_zh: str,
    division_code: str | None,
    name_en: str | None = None,
    phone: str | None = None,
) -> None:
    """One unit, with its feed entry where phones list it."""
    bulk.add(
        OrgUnit, id=unit_id, county_code=county_code, parent_id=parent_id, kind=kind, name_zh=name_zh, name_en=name_en,
        division_code=division_code, phone=phone, version=1,
    )  # fmt: skip
    if kind not in ("city", "department"):
        bulk.put(stream_keys.area(unit_id), "org_unit", unit_id)
