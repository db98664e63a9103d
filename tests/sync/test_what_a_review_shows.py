"""What village and town read of a record before they decide it: as much as the phone's card shows, and no more."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from server.kernel import clock
from server.kernel.ids import new_id
from tests.builders import at_desk
from tests.photos.pictures import jpeg, sha256
from tests.strangers import add_strangers
from tests.sync.phone import Phone, hazard, information, patrol, visit
from tests.sync.test_scope import upload
from tests.world import World


def read(app: Flask, who: str = "village", lang: str = "zh") -> str:
    desk = at_desk(app, who)
    text = desk.get(f"/office/review?lang={lang}").text
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def told(app: Flask, name: str, record: dict[str, Any]) -> None:
    assert Phone(app, "leader").do(name, record)["outcome"] == "applied"


def test_of_a_patrol_the_coverage_and_each_check_point(app: Flask, world: World) -> None:
    record = patrol(world)
    record["checks"][1] |= {"result": "not_reached", "fix": None}
    record["checks"][2]["fix"]["inside"] = "outside"
    told(app, "patrols.report", record)
    page = read(app)
    assert "检查点：看了 2 个，应看 3 个" in page
    assert re.search(r"检查点1 · 正常 \S+ \d\d:\d\d · 在点上", page)
    assert re.search(r"检查点2 · 没走到 \S+ \d\d:\d\d 检查点3 · 正常 \S+ \d\d:\d\d · 不在点上", page)
    assert "有检查点定位不在点上" in page


def test_of_a_visit_whom_how_and_what_was_asked_and_no_name_nor_telephone(app: Flask, world: World) -> None:
    next_on = (clock.today() + timedelta(days=30)).isoformat()
    told(app, "visits.report", visit(world, mode="phone", all_well=False, ticks=["gas_ok", "fire_ok"], needs=["repair"],
                                     note="水管漏水", next_on=next_on))  # fmt: skip
    page = read(app)
    for words in ("对象 横港路2号", "怎样走访 电话", "有情况，见下", "用气安全 · 用火用电安全", "有什么需要 维修",
                  "说明 水管漏水", "下次走访"):  # fmt: skip
        assert words in page, words
    assert "李户主1" not in page and "13900000001" not in page


def test_of_a_hazard_how_grave_what_was_advised_where_and_when(app: Flask, world: World) -> None:
    day = clock.today() + timedelta(days=3)
    told(app, "hazards.report", hazard(world, severity="major", advice=["PERSUADE"], advised_fix_by=day.isoformat(),
                                       place_words="三号楼东侧", place={"source": "fix", "lng": 121.5, "lat": 30.9,
                                                                   "accuracy_m": 9}))  # fmt: skip
    page = read(app)
    for words in ("程度 重大隐患", "整改 未整改", "劝导建议", f"建议整改日期 {day.year}年{day.month}月{day.day}日",
                  "位置 三号楼东侧", "位置在网格之外"):  # fmt: skip
        assert words in page, words


def test_of_information_whose_and_what(app: Flask, world: World) -> None:
    told(app, "information.report", information(world, "INFO-05"))
    assert "对象 横港路2号 情况 希望部门联系" in read(app)


def test_the_photos_and_words_of_a_look_back_are_drawn_and_open_to_whoever_decides(app: Flask, world: World) -> None:
    leader, picture = Phone(app, "leader"), jpeg(width=64, height=48)
    record = hazard(world)
    assert leader.do("hazards.report", record)["outcome"] == "applied"
    look = {"id": str(new_id()), "hazard_id": record["id"], "outcome": "worse", "note": "又堆高了"}
    photos = [{"sha256": upload(leader, picture), "role": "after"}, {"sha256": "0" * 64, "role": "after"}]
    assert leader.do("hazards.relook", look | {"photos": photos})["outcome"] == "applied"
    village, path = at_desk(app, "village"), f"/api/v1/photos/{sha256(picture)}?size=thumb"
    page = village.get("/office/review").text
    assert path in page and "又堆高了" in page and "0" * 64 not in page
    assert village.get(path).status_code == 200
    add_strangers(app, world)
    stranger = at_desk(app, "village_b")
    assert path not in stranger.get("/office/review").text and stranger.get(path).status_code == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_in_both_languages(app: Flask, world: World, lang: str) -> None:
    told(app, "visits.report", visit(world, ticks=["phone_ok"], needs=["talk"], obstructed=True))
    page = read(app, lang=lang)
    wanted = {
        "zh": ("电话能打通", "想聊聊", "依法履职 受阻"),
        "en": ("Phone answered", "Wants to talk", "Lawful duty Obstructed"),
    }
    assert [words for words in wanted[lang] if words not in page] == []
