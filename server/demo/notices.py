"""Work badges of the demo's field accounts, with drawn portraits, and the notice boards of the home county."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from server.areas.models import Grid
from server.badges import commands as badges
from server.boards import commands as boards
from server.boards.models import BoardArea, WorkPhone
from server.boards.queries import boards_of
from server.demo.accounts import ACCOUNTS
from server.demo.bulk import Bulk
from server.demo.county import DOCUMENT, IN_FORCE, DemoCounty, DemoGrid
from server.demo.names import Names
from server.demo.staff import Staff
from server.kernel import clock
from server.people.queries import holder_of
from server.people.rules import FIELD_ROLES, GRID_ROLES

DESIGN = {
    "heading_zh": "嘉兴市网格化服务管理工作证（示例）", "heading_en": "Jiaxing grid service work badge (sample)",
    "issuer": "嘉兴市网格化服务管理主管部门（示例）", "tone": "blue", "valid_months": 24, "from_day": IN_FORCE,
    "document_no": DOCUMENT,
}  # fmt: skip
PLACES = ("村委会公示栏", "文化礼堂门口")
COLOURS = (("#d9e4f2", "#35506b"), ("#e6efe3", "#3e5c45"), ("#f1e6da", "#7a4a2b"), ("#efe3ea", "#6b3f5c"))


def set_city_design(session: Session) -> None:
    """The sample design, under the document number that says so."""
    badges.set_design(session, None, DESIGN)


def publish(bulk: Bulk, county: DemoCounty, staff: Staff, home: list[DemoGrid], random: Random) -> None:
    """Telephones and words on every board of the county; badges for the accounts; posters in the home village."""
    session, names = bulk.session, Names(random)
    for unit in (county.id, *(town.id for town in county.towns)):
        badges.set_supervision_phone(session, None, unit, names.office_phone(), IN_FORCE)
    _words_and_phones(bulk, county, staff, names)
    _badges(session, staff)
    _posters(session, staff, home)


def _words_and_phones(bulk: Bulk, county: DemoCounty, staff: Staff, names: Names) -> None:
    told = set()
    for grid in county.grids:
        groups = len(grid.micros)
        words = (
            f"{grid.village.name}第1至第{groups}村民小组"
            if grid.village.name.endswith("村")
            else f"{grid.village.name}1至{groups}幢"
        )
        bulk.add(
            BoardArea, grid_id=grid.id, words_zh=words, words_en=None, set_by=None, set_at=clock.start_of(IN_FORCE)
        )
        for role in sorted(GRID_ROLES):
            for person in staff.in_post.get((grid.id, role), []):
                if person in told:
                    continue
                told.add(person)
                bulk.add(
                    WorkPhone,
                    person_id=person,
                    phone=names.office_phone(),
                    set_by=None,
                    set_at=clock.start_of(IN_FORCE),
                )
    bulk.write()


def _badges(session: Session, staff: Staff) -> None:
    for number, account in enumerate(a for a in ACCOUNTS if a.posts[0].role in FIELD_ROLES):
        portrait = badges.portrait_of(_portrait(number))
        badges.issue(session, None, staff.people[account.username], portrait, True)


def _posters(session: Session, staff: Staff, home: list[DemoGrid]) -> None:
    """Everywhere confirmed, then something changes on the first board: its posters are out of date."""
    town = holder_of(session, staff.people["town"], clock.today())
    for demo in home:
        grid = session.get_one(Grid, demo.id)
        places = [boards.add_place(session, None, grid.id, name) for name in PLACES]
        mark = boards_of(session, [grid], clock.today())[0].mark
        for place in places:
            boards.confirm_place(session, None, place.id, mark)
    day = clock.today() - timedelta(days=3)
    boards.write_note(session, town, home[0].id, "每月第一个周六上午，网格员在文化礼堂接待居民（示例）", day)


def _portrait(number: int) -> bytes:
    """Nobody's face: a head and shoulders in two colours."""
    ground, cloth = COLOURS[number % len(COLOURS)]
    image = Image.new("RGB", (300, 400), ground)
    pen = ImageDraw.Draw(image)
    pen.ellipse((40, 260, 260, 520), fill=cloth)
    pen.ellipse((95, 90, 205, 240), fill="#e8c4a2")
    pen.pieslice((85, 70, 215, 210), 180, 360, fill="#2b2320")
    pen.text((10, 10), "DEMO", fill=cloth, font_size=22)
    out = BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()
