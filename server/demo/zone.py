"""A development zone that acts as an authority over an area whose codes lie under a district (Art. 25): one subdistrict, one
community, two grids with their people, and the account ``zone`` at its committee."""

from __future__ import annotations

from random import Random
from uuid import UUID

from server.badges.commands import set_supervision_phone
from server.demo.bulk import Bulk
from server.demo.county import IN_FORCE, DemoCounty, DemoTown, add_grid, add_unit, add_village
from server.demo.mesh import Mesh
from server.demo.names import Names
from server.demo.staff import Staff
from server.kernel.ids import new_id

DISTRICT = "330411"  # 秀洲区: its codes, not its authority
TOWN_CODE, TOWN = "330411004", "塘汇街道"
NAME = "嘉兴经济技术开发区管委会（示例）"
COMMUNITY = "长纤社区"
ORIGIN = (121.40, 31.05)  # beside the drawn counties
GRIDS, MICROS = 2, 3


def make_zone(bulk: Bulk, city_id: UUID, random: Random) -> DemoCounty:
    """Units, grids and borders; its people follow by ``people_of_zone``."""
    names, mesh = Names(random), Mesh(ORIGIN, GRIDS * MICROS, random)
    zone, path = DemoCounty(new_id(), DISTRICT, NAME, mesh), iter(mesh.path())
    add_unit(bulk, zone.id, city_id, DISTRICT, "zone", NAME, None, phone=names.office_phone())
    town = DemoTown(new_id(), TOWN_CODE, TOWN)
    zone.towns.append(town)
    add_unit(bulk, town.id, zone.id, DISTRICT, "subdistrict", TOWN, TOWN_CODE, phone=names.office_phone())
    village = add_village(bulk, zone, town, COMMUNITY, names)
    for _ in range(GRIDS):
        add_grid(bulk, zone, village, [next(path) for _ in range(MICROS)])
    bulk.write()
    set_supervision_phone(bulk.session, None, zone.id, names.office_phone(), IN_FORCE)
    return zone


def people_of_zone(bulk: Bulk, zone: DemoCounty, random: Random) -> None:
    """Leaders and workers who cannot sign in, as in every other grid."""
    Staff(bulk, zone, random).appoint_invented([])
    bulk.write()
