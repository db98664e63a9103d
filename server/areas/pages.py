"""Office pages of borders: whose one may see, a unit's grids on any day, the city's figures, areas drawn under other laws."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request
from marshmallow import ValidationError

from server.areas import borders, commands, drafting, drawing, geojson, lattice
from server.areas.borders import Area
from server.areas.models import BorderDraft, OrgUnit
from server.areas.schemas import DraftForm, MeasureForm, OtherAreasForm
from server.kernel import clock
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.people.rules import may
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of

blueprint = Blueprint("grids", __name__, url_prefix="/office/grids")
DRAFT, MEASURE, OTHER = DraftForm(), MeasureForm(), OtherAreasForm()

add_office_page("/office/grids", "nav.grids", "grid.see", order=24)
add_office_page("/office/grids/measures", "nav.grid_measures", "grid.measure", order=24)


@blueprint.get("")
@door("office", action="grid.see")
def units() -> Any:
    session, holder = db.session(), signed_in().holder
    return page(
        "office/grids.html",
        units=borders.units_seen(session, holder),
        measure=borders.measure_on(session, clock.today()),
        may_keep=bool(may(holder, "other_area.keep")),
    )


@blueprint.get("/<uuid:unit_id>")
@door("office", action="grid.see")
def unit(unit_id: UUID) -> Any:
    """The borders of a unit on a day (``day``, today without one). Problem ``not_found``."""
    return _unit(unit_id)


@blueprint.post("/<uuid:unit_id>/drafts")
@door("office", action="grid.draw")
def begin(unit_id: UUID) -> Any:
    """Shows ``invalid``, ``day_out_of_range``; ``not_found``, ``not_allowed``."""
    try:
        form = typed(DRAFT)
        with transaction() as session:
            made = drafting.begin(session, signed_in().holder, unit_id, form["effect_day"])
    except (ValidationError, Problem) as error:
        return _unit(unit_id, problem_of(error))
    return redirect(f"/office/grids/drafts/{made.id}", 303)


@blueprint.get("/<uuid:unit_id>/borders.geojson")
@door("office", action="grid.see")
def as_file(unit_id: UUID) -> Response:
    """Grids and micro-grids of the day as GeoJSON. Problem ``not_found``."""
    session = db.session()
    borders.unit_seen(session, signed_in().holder, unit_id)
    day = asked_day()
    villages = {village.id: village for village in borders.villages_of(session, unit_id)}
    return file_of(borders.areas_on(session, list(villages), day), villages, f"borders-{day.isoformat()}")


@blueprint.get("/measures")
@door("office", action="grid.measure")
def measures() -> Any:
    return _measures()


@blueprint.post("/measures")
@door("office", action="grid.measure")
def set_measure() -> Any:
    """Shows ``invalid``."""
    try:
        form = typed(MEASURE)
        figures = {name: _figure(form[name], name) for pair in commands.FIGURES for name in pair}
        with transaction() as session:
            commands.set_measure(
                session, signed_in().holder, document_no=form["document_no"], from_day=form["from_day"], figures=figures
            )
    except (ValidationError, Problem) as error:
        return _measures(problem_of(error))
    return redirect("/office/grids/measures?done=saved", 303)


@blueprint.get("/other-areas")
@door("office", action="other_area.keep")
def other_areas() -> Any:
    return _other_areas()


@blueprint.post("/other-areas")
@door("office", action="other_area.keep", longest_body=geojson.MOST_BYTES + 2**16)
def keep_other_areas() -> Any:
    """Shows ``invalid``, ``geojson_unreadable``, ``border_crosses_itself``, ``too_large``."""
    try:
        form = typed(OTHER)
        drawn = geojson.read(uploaded())
        with transaction() as session:
            commands.keep_other_areas(
                session, signed_in().holder, basis=form["basis"], from_day=form["from_day"], drawn=drawn
            )
    except (ValidationError, Problem) as error:
        return _other_areas(problem_of(error))
    return redirect("/office/grids/other-areas?done=saved", 303)


@blueprint.post("/other-areas/<uuid:area_id>/end")
@door("office", action="other_area.keep")
def end_other_area(area_id: UUID) -> Any:
    """From today on it is not shown. Problem ``not_found``."""
    with transaction() as session:
        commands.end_other_area(session, signed_in().holder, area_id, clock.today())
    return redirect("/office/grids/other-areas?done=ended", 303)


def asked_day() -> date:
    """The day of the address, today for none or nonsense."""
    return clock.parse_day(request.args.get("day", "")) or clock.today()


def uploaded() -> bytes:
    """The file of the form. Problem ``too_large``."""
    sent = request.files.get("file")
    content = sent.stream.read(geojson.MOST_BYTES + 1) if sent else b""
    if len(content) > geojson.MOST_BYTES:
        raise Problem("too_large")
    return content


def file_of(areas: list[Area], villages: dict[UUID, OrgUnit], name: str) -> Response:
    grids = {area.id: area.code for area in areas if area.level == lattice.GRID}
    features = [(_properties(area, villages, grids), area.rings) for area in areas if area.rings]
    answer = Response(geojson.written(features), mimetype=geojson.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.geojson"'
    return answer


def _properties(area: Area, villages: dict[UUID, OrgUnit], grids: dict[UUID, str]) -> dict[str, Any]:
    told = {
        "id": str(area.id), "level": area.level, "code": area.code, "name": area.name, "document_no": area.document_no,
        "from_day": area.from_day.isoformat() if area.from_day else None,
    }  # fmt: skip
    if area.level == lattice.MICRO:
        return told | {"grid": grids.get(area.parent, "")}
    return told | {"kind": area.kind, "village": villages[area.parent].division_code or villages[area.parent].name_zh}


def picture(
    areas: list[Area],
    others: list[Any],
    problem: Problem | None = None,
    line: Any = None,
    beside: list[Area] | None = None,
    margin: float = drawing.MARGIN,
) -> dict[str, Any]:
    """What the drawing of a page holds. ``beside``: grids of others, framed alone where the unit has none yet."""
    shown = _shape_of(problem)
    drawn = [*(area.rings for area in areas), *([[line]] if line else []), *([shown] if shown else [])]
    if not any(drawn):
        drawn = [area.rings for area in beside or []]
    frame = drawing.frame_around(drawn, margin)
    return {
        "frame": frame,
        "numbers": {area.id: n for n, area in enumerate((a for a in areas if a.level == lattice.GRID), 1)},
        "drawn": [area for area in sorted(areas, key=lambda area: area.level) if area.rings],
        "others": others,
        "beside": beside or [],
        "wrong": shown,
        "place": problem.fields.get("place") if problem else None,
        "middle_of": drawing.middle_of,
        "scale": drawing.SCALE,
    }


def _shape_of(problem: Problem | None) -> list[Any]:
    shape = problem.fields.get("shape") if problem else None
    if not shape:
        return []
    return [[[round(x * drawing.SCALE), round(y * drawing.SCALE)] for x, y in ring] for ring in shape]


def counties_of(villages: list[OrgUnit], unit: OrgUnit) -> set[str]:
    return {unit.county_code, *(village.county_code for village in villages)}


def _unit(unit_id: UUID, problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    found = borders.unit_seen(session, holder, unit_id)
    villages, day = borders.villages_of(session, unit_id), asked_day()
    areas = borders.areas_on(session, [village.id for village in villages], day)
    may_draw = drafting.may_draw(session, holder, unit_id)
    measure = borders.measure_on(session, day)
    if day == clock.today():
        borders.with_households(session, areas, None, measure)
    others = borders.others_on(session, counties_of(villages, found), day)
    return page(
        "office/grids_unit.html",
        problem,
        unit=found,
        day=day,
        today=clock.today(),
        areas=areas,
        village_names={village.id: village.name_zh for village in villages},
        grid_names={area.id: area.name for area in areas if area.level == lattice.GRID},
        days=borders.days_of_change(session, [village.id for village in villages]),
        drafts=_shown_drafts(session, unit_id, may_draw=may_draw),
        may_draw=may_draw,
        measure=measure,
        other_areas=others,
        **picture(areas, others),
    )


def _shown_drafts(session: Any, unit_id: UUID, *, may_draw: bool) -> list[BorderDraft]:
    found = borders.drafts_of(session, [unit_id])
    return [one for one in found if may_draw or one.state in (drafting.ISSUED, drafting.IN_FORCE)]


def _measures(problem: Problem | None = None) -> Any:
    return page("office/grid_measures.html", problem, measures=borders.measures(db.session()), today=clock.today())


def _other_areas(problem: Problem | None = None) -> Any:
    session, county = db.session(), signed_in().holder.county_code
    return page(
        "office/other_areas.html",
        problem,
        areas=borders.others_on(session, [county], clock.today()),
        today=clock.today(),
    )


def _figure(text: str, name: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 100_000):
        raise Problem("invalid", fields=[name])
    return int(text)
