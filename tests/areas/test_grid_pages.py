"""The pages of borders: what a town sees and sends, what a refusal shows, and what others are not shown."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from server.areas.models import BorderDraft, GridMeasure, OtherArea
from server.kernel import clock
from tests.builders import HIDDEN, Browser, at_desk, writing
from tests.county import looking

OUTSIDE = "120.93, 30.5\n120.94, 30.5\n120.94, 30.51\n120.93, 30.51"
OVER = OUTSIDE.replace("120.93", "120.925")


@pytest.fixture
def town(app) -> Browser:
    return at_desk(app, "town")


def begun(app, town: Browser, world) -> str:
    day = (clock.today() + timedelta(days=1)).isoformat()
    answer = town.form(f"/office/grids/{world.areas['town']}/drafts", effect_day=day)
    assert answer.status_code == 303
    return answer.headers["Location"]


def version_of(app, path: str) -> str:
    with looking(app) as session:
        return str(session.get_one(BorderDraft, UUID(path.rpartition("/")[2].partition("?")[0])).version)


def step(app, town: Browser, path: str, world, **more: Any):
    first = {
        "step": "draw",
        "name": "东网格",
        "parent_id": str(world.areas["village"]),
        "points": OUTSIDE,
        "snap_m": "5",
    }
    return town.form(f"{path}/steps", **{**first, "version": version_of(app, path), **more})


def test_a_unit_is_shown_as_a_drawing_and_as_a_list(app, town, world) -> None:
    page = town.get(f"/office/grids/{world.areas['town']}").text
    assert page.count('class="grid"') == 2 and "第1网格" in page and "330424102000001" in page
    assert 'role="img"' in page and "style=" not in page and "<script" not in page
    assert "还没有登记" not in page
    long_ago = town.get(f"/office/grids/{world.areas['town']}?day=2020-01-01").text
    assert 'class="grid"' not in long_ago
    assert town.get(f"/office/grids/{world.areas['town']}?day=nonsense").status_code == 200


def test_a_grid_is_drawn_and_issued(app, town, world) -> None:
    path = begun(app, town, world)
    assert step(app, town, path, world).headers["Location"] == f"{path}?done=draw"
    page = town.get(path).text
    assert "东网格" in page and "发文时编" in page
    day = (clock.today() + timedelta(days=2)).isoformat()
    assert town.form(f"{path}/decide", decision="issue", version=version_of(app, path)).status_code == 422
    told = {"decision": "issue", "version": version_of(app, path), "document_no": "甲〔2026〕1号", "effect_day": day}
    assert town.form(f"{path}/decide", **told).status_code == 303
    assert "甲〔2026〕1号" in town.get(f"/office/grids/{world.areas['town']}").text
    assert "330424102000003" in town.get(f"/office/grids/{world.areas['town']}?day={day}").text
    assert town.form(f"{path}/decide", **told).status_code == 409, "sent twice"


def test_a_refusal_shows_its_reason_and_its_place(app, town, world) -> None:
    path = begun(app, town, world)
    answer = step(app, town, path, world, points=OVER)
    assert answer.status_code == 422
    for sign in ("边界重叠", "第2网格", "wrong-place", "wrong-ground", "120.92", OVER.splitlines()[0]):
        assert sign in answer.text, sign
    assert step(app, town, path, world, points="hier").status_code == 422
    assert step(app, town, path, world, points="").status_code == 422
    assert step(app, town, path, world, version="77").status_code == 409
    assert step(app, town, path, world, name="").status_code == 422
    assert step(app, town, path, world, step="fly").status_code == 422
    with looking(app) as session:
        assert session.query(BorderDraft).one().version == 1


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("split", {"area_id": "{grid}", "points": "120.905, 30.505\n120.925, 30.505", "name": "北"}),
        ("merge", {"area_id": "{grid}", "area_ids": ["{other_grid}"]}),
        (
            "draw_micro",
            {"parent_id": "{grid}", "points": "120.911,30.501\n120.915,30.501\n120.915,30.505", "name": "微"},
        ),
        ("move", {"area_id": "{micro1}", "points": "120.911,30.501\n120.915,30.501\n120.915,30.505"}),
    ],
)
def test_each_operation_is_a_form(app, town, world, kind, more) -> None:
    path = begun(app, town, world)
    names = {name: str(value) for name, value in world.areas.items()}
    told = {k: [x.format(**names) for x in v] if isinstance(v, list) else v.format(**names) for k, v in more.items()}
    answer = step(app, town, path, world, step=kind, **({"parent_id": ""} | told))
    assert answer.status_code == 303, re.findall("<strong>(.*?)</strong>", answer.text)
    assert town.get(path).status_code == 200


def test_the_points_of_an_area_fill_the_list(app, town, world) -> None:
    path = begun(app, town, world)
    assert "120.9100000, 30.5000000" in town.get(f"{path}?area={world.areas['grid']}").text
    assert "120.9100000, 30.5000000" not in town.get(path).text


def test_a_file_goes_out_and_comes_back(app, town, world) -> None:
    path = begun(app, town, world)
    out = town.get(f"{path}/borders.geojson")
    assert out.mimetype == "application/geo+json" and len(out.get_json(force=True)["features"]) == 2
    token = HIDDEN.search(town.get(path).text)
    assert token is not None
    for content, status in ((out.data, 422), (b"nothing", 422), (out.data.replace(b"30.51", b"30.52"), 303)):
        data = {
            "csrf_token": token.group(1),
            "version": version_of(app, path),
            "file": (io.BytesIO(content), "a.geojson"),
        }
        answer = town.client.post(f"{path}/file", data=data, content_type="multipart/form-data")
        assert answer.status_code in ({422, 303} if content is out.data else {status}), answer.text


def test_names_are_written_as_text(app, town, world) -> None:
    path = begun(app, town, world)
    assert step(app, town, path, world, name="<script>alert(1)</script>").status_code == 303
    for page in (town.get(path).text, step(app, town, path, world, points=OUTSIDE + "\n<b>").text):
        assert "<script>alert" not in page and "<b>" not in page


def test_a_department_reads_and_is_offered_nothing_to_draw(app, world) -> None:
    page = at_desk(app, "dept").get(f"/office/grids/{world.areas['town']}").text
    assert 'class="grid"' in page and 'data-testid="new-draft"' not in page
    assert "/office/grids/drafts/" not in page


def test_the_city_sets_its_measures_and_the_county_keeps_areas_of_other_laws(app, world) -> None:
    city = at_desk(app, "city")
    told = {"document_no": "嘉网办〔2026〕1号", "from_day": clock.today().isoformat(), "grid_least": "300"}
    for wrong in ({"grid_least": "-1"}, {"grid_least": "500", "grid_most": "3"}, {"grid_least": ""}, {"from_day": "x"}):
        assert city.form("/office/grids/measures", **{**told, **wrong}).status_code == 422
    assert city.form("/office/grids/measures", **told).status_code == 303
    county = at_desk(app, "county")
    assert "嘉网办〔2026〕1号" in county.get("/office/grids").text
    ring = "[[120.9,30.4],[120.91,30.4],[120.91,30.41],[120.9,30.4]]"
    feature = f'{{"properties":{{"name":"红线"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}'
    token = HIDDEN.search(county.get("/office/grids/other-areas").text)
    assert token is not None
    data = {"csrf_token": token.group(1), "basis": "示例法", "from_day": clock.today().isoformat()}
    data |= {"file": (io.BytesIO(f'{{"features":[{feature}]}}'.encode()), "a.geojson")}
    assert county.client.post("/office/grids/other-areas", data=data).status_code == 303
    assert 'class="other"' in county.get(f"/office/grids/{world.areas['town']}").text
    with writing(app) as session:
        kept = session.query(OtherArea).one().id
        assert session.query(GridMeasure).count() == 1
    assert county.form(f"/office/grids/other-areas/{kept}/end").status_code == 303
    assert 'class="other"' not in county.get(f"/office/grids/{world.areas['town']}").text
