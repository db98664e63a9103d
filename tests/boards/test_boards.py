"""Boards in the small county: what the public reads and never reads, how a grid is found, when posters are out of date."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from server.areas.models import Grid
from server.boards import commands, queries
from server.kernel import clock
from server.kernel.problems import Problem
from server.people.commands import end_appointment
from server.people.models import Appointment
from server.people.queries import holder_of
from tests.boards.conftest import NUMBER
from tests.builders import Browser, at_desk, writing
from tests.county import looking
from tests.world import World

CODE = "330424102000001"
EVIL = "<script>alert(1)</script>\"'>"


def holder(session: Any, world: World, username: str) -> Any:
    return holder_of(session, world.people[username], clock.today())


def read(app: Flask, path: str, lang: str = "zh") -> str:
    answer = Browser(app).client.get(path, headers={"Accept-Language": lang})
    assert answer.status_code == 200, path
    assert answer.headers["Cache-Control"] == "public, max-age=300" and "Accept-Language" in answer.headers["Vary"]
    assert len(answer.data) < 60 * 1024 and "style=" not in answer.text and "<script>" not in answer.text
    return answer.text


def keep(app: Flask, world: World, act: Any) -> Any:
    with writing(app) as session:
        return act(session, holder(session, world, "town"), world.areas["grid"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_board_says_what_article_15_asks_and_no_private_number(told: Flask, world: World, lang: str) -> None:
    keep(told, world, lambda s, town, grid: commands.set_area(s, town, grid, "横港路以东", "East of Henggang Road"))
    keep(
        told,
        world,
        lambda s, town, grid: commands.set_work_phone(s, town, grid, world.people["worker"], "0573-1110001"),
    )
    keep(told, world, lambda s, town, grid: commands.write_note(s, town, grid, "周六上午接待居民", clock.today()))
    page = read(told, f"/board/{CODE}", lang)
    for shown in (
        "第1网格",
        "张leader",
        "张worker",
        "张micro",
        "tel:0573-1110001",
        f"tel:{NUMBER}",
        "周六上午接待居民",
    ):
        assert shown in page, shown
    assert ("East of Henggang Road" if lang == "en" else "横港路以东") in page
    assert '<path d="M' in page, "the outline"
    poster = read(told, f"/board/{CODE}/print", lang)
    assert NUMBER in poster and 'class="qr"' in poster
    for said in (page, poster):
        assert "13800000000" not in said and "张village" not in said and "张worker3" not in said


def test_what_offices_type_is_text_and_nothing_more(told: Flask, world: World) -> None:
    keep(told, world, lambda s, town, grid: commands.set_area(s, town, grid, EVIL, EVIL))
    keep(told, world, lambda s, town, grid: commands.write_note(s, town, grid, EVIL, clock.today()))
    for path in (f"/board/{CODE}", f"/board/{CODE}/print", f"/board/{CODE}?lang={EVIL}", f"/board/{CODE}?lang=en"):
        assert "<script>alert" not in read(told, path)
    answer = Browser(told).client.post("/board/", data={"words": EVIL})
    assert answer.status_code == 200 and "<script>alert" not in answer.text


def test_what_does_not_exist_is_not_found(told: Flask) -> None:
    for path in (
        "/board/330424102000009",
        "/board/x",
        f"/board/{EVIL}",
        "/board/?unit=x",
        f"/board/?unit={UUID(int=5)}",
    ):
        assert Browser(told).client.get(path).status_code == 404, path


def test_a_grid_is_found_by_words_by_place_and_in_the_list(told: Flask, world: World) -> None:
    keep(told, world, lambda s, town, grid: commands.set_area(s, town, grid, "横港路，文昌路"))
    client = Browser(told).client

    def found(**asked: Any) -> list[str]:
        page = client.post("/board/", data=asked)
        assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
        return [code for code in (CODE, "330424102000002") if f"/board/{code}" in page.text]

    assert found(words="横港路3号") == [CODE]
    assert found(words=CODE) == [CODE]
    assert found(lng="120.915", lat="30.505") == [CODE]
    assert found(lng="120.925", lat="30.505") == ["330424102000002"]
    assert found(lng="121.9", lat="30.5") == [] and found(words="上海") == []
    village = read(told, f"/board/?unit={world.areas['village']}")
    assert f"/board/{CODE}" in village and "/board/330424102000002" in village
    assert str(world.areas["village"]) in read(told, f"/board/?unit={world.areas['town']}")


@pytest.mark.parametrize("asked", [{"lng": "900", "lat": "0"}, {"lng": "nan", "lat": "1"}, {"lng": "x", "lat": "y"}])
def test_no_place_outside_the_world_is_looked_for(told: Flask, asked: dict[str, str]) -> None:
    assert Browser(told).client.post("/board/", data=asked).status_code == 422


def state(app: Flask, world: World) -> list[bool]:
    """For each posting place of the grid, whether its poster is out of date."""
    with looking(app) as session:
        board = queries.boards_of(session, [session.get_one(Grid, world.areas["grid"])], clock.today())[0]
        return [posted.is_old for posted in queries.places_of(session, [board])[board.grid.id]]


def test_posters_are_out_of_date_until_each_place_is_confirmed(told: Flask, world: World) -> None:
    places = [
        keep(told, world, lambda s, town, grid, n=n: commands.add_place(s, town, grid, n)).id for n in ("A处", "B处")
    ]
    assert state(told, world) == [True, True], "nobody has hung one yet"
    village = at_desk(told, "village")
    path = f"/office/boards/{world.areas['grid']}"

    def confirm(place: UUID, mark: str) -> int:
        return int(village.form(f"/office/boards/places/{place}/confirm", mark=mark).status_code)

    def mark() -> str:
        return str(village.get(path).text.split('name="mark" value="')[1].split('"')[0])

    first = mark()
    assert confirm(places[0], first) == 303 and state(told, world) == [False, True]
    assert confirm(places[1], first) == 303 and state(told, world) == [False, False]
    with writing(told) as session:  # a worker leaves
        posts = session.query(Appointment).filter_by(person_id=world.people["worker2"]).all()
        end_appointment(session, posts[0].id, clock.today())
    assert state(told, world) == [True, True]
    assert "需更新" in village.get("/office/boards").text and "需更新" in village.get(path).text
    assert confirm(places[0], first) == 409, "that poster says what was true before"
    assert confirm(places[0], mark()) == 303 and state(told, world) == [False, True]


def test_every_word_of_a_poster_counts(told: Flask, world: World) -> None:
    place = keep(told, world, lambda s, town, grid: commands.add_place(s, town, grid, "甲")).id
    changes = [
        lambda s, town, grid: commands.set_area(s, town, grid, "新范围"),
        lambda s, town, grid: commands.set_work_phone(s, town, grid, world.people["leader"], "0573-1"),
        lambda s, town, grid: commands.set_work_phone(s, town, grid, world.people["leader"], ""),
        lambda s, town, grid: commands.write_note(s, town, grid, "通知", clock.today()),
        lambda s, town, grid: commands.write_note_for_all(s, town, world.areas["town"], "全镇通知", clock.today()),
    ]
    for change in changes:
        with writing(told) as session:
            board = queries.boards_of(session, [session.get_one(Grid, world.areas["grid"])], clock.today())[0]
            commands.confirm_place(session, None, place, board.mark)
        assert state(told, world) == [False]
        keep(told, world, change)
        assert state(told, world) == [True]


def test_a_number_of_somebody_else_s_grid_is_not_the_town_s_to_publish(told: Flask, world: World) -> None:
    with pytest.raises(Problem, match="not_found"):
        keep(
            told, world, lambda s, town, grid: commands.set_work_phone(s, town, grid, world.people["worker3"], "0573-1")
        )
    for username in ("village", "county", "leader", "worker"):
        with writing(told) as session, pytest.raises(Problem) as refused:
            commands.set_area(session, holder(session, world, username), world.areas["grid"], "x")
        assert refused.value.code in ("not_allowed", "not_found")


def test_all_posters_of_a_town_are_one_document(told: Flask, world: World) -> None:
    page = at_desk(told, "town").get("/office/boards/print").text
    assert page.count('class="paper-poster"') == 2
    old = at_desk(told, "town").get("/office/boards/print?only=old").text
    assert old.count('class="paper-poster"') == 0, "no place is registered, so no poster hangs"
