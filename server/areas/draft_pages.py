"""The editor of borders: a draft with its drawing, its points as a list, one form for each operation, and its issue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request
from marshmallow import ValidationError

from server.areas import borders, bringing, drafting, drawing, geojson, lattice
from server.areas.borders import Area
from server.areas.models import BorderDraft
from server.areas.pages import counties_of, file_of, picture, uploaded
from server.areas.queries import unit
from server.areas.schemas import SNAPS, IssueForm, StepForm
from server.kernel import clock
from server.kernel.geo import SCALE, to_units
from server.kernel.ids import parse_id
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of

blueprint = Blueprint("grid_drafts", __name__, url_prefix="/office/grids/drafts")
STEP, ISSUE = StepForm(), IssueForm()
SEPARATOR = re.compile(r"[,，;；\s]+")


@blueprint.get("/<uuid:draft_id>")
@door("office", action="grid.draw")
def one(draft_id: UUID) -> Any:
    """``area`` names an area whose present outline fills the list of points. Problem ``not_found``."""
    return _draft(draft_id)


@blueprint.post("/<uuid:draft_id>/steps")
@door("office", action="grid.draw")
def step(draft_id: UUID) -> Any:
    """One operation. Shows why it is refused, and where; ``stale``, ``draft_ended``, ``not_found``."""
    points: list[list[int]] = []
    try:
        form = typed(STEP, area_ids="area_ids")
        points = read_points(form["points"])
        told = _TOLD[form["step"]](form, points)
        with transaction() as session:
            kind = "draw" if form["step"] == "draw_micro" else form["step"]
            drafting.take_step(session, signed_in().holder, draft_id, _version(form), kind, told)
    except (ValidationError, Problem) as error:
        return _draft(draft_id, problem_of(error), points)
    return redirect(f"/office/grids/drafts/{draft_id}?done={form['step']}", 303)


@blueprint.post("/<uuid:draft_id>/file")
@door("office", action="grid.draw", longest_body=geojson.MOST_BYTES + 2**16)
def bring(draft_id: UUID) -> Any:
    """A GeoJSON file as one step. Shows ``geojson_unreadable``, ``too_large`` and whatever refuses a border."""
    try:
        features = geojson.read(uploaded())
        holder, version = signed_in().holder, _version(request.form)
        with transaction() as session:
            told = bringing.as_step(session, drafting.draft_for(session, holder, draft_id), features)
            drafting.take_step(session, holder, draft_id, version, "bring", told)
    except Problem as error:
        return _draft(draft_id, problem_of(error))
    return redirect(f"/office/grids/drafts/{draft_id}?done=bring", 303)


@blueprint.post("/<uuid:draft_id>/decide")
@door("office", action="grid.draw")
def decide(draft_id: UUID) -> Any:
    """Issue, withdraw, or take the last step back. Shows ``border_pending``, ``nothing_drawn`` and the problems of a step."""
    try:
        form = typed(ISSUE)
        holder, version = signed_in().holder, _version(form)
        with transaction() as session:
            if form["decision"] == "withdraw":
                drafting.withdraw(session, holder, draft_id, version)
            elif form["decision"] == "take_back":
                drafting.take_back(session, holder, draft_id, version)
            else:
                _issue(session, draft_id, form, version)
    except (ValidationError, Problem) as error:
        return _draft(draft_id, problem_of(error))
    return redirect(f"/office/grids/drafts/{draft_id}?done={form['decision']}", 303)


@blueprint.get("/<uuid:draft_id>/borders.geojson")
@door("office", action="grid.draw")
def as_file(draft_id: UUID) -> Response:
    """The draft as GeoJSON: to be worked on elsewhere and brought back. Problem ``not_found``."""
    session = db.session()
    draft = drafting.draft_for(session, signed_in().holder, draft_id)
    villages = {village.id: village for village in borders.villages_of(session, draft.unit_id)}
    areas = borders.areas_on(session, list(villages), draft.effect_day, _on_top(draft))
    return file_of(areas, villages, f"draft-{draft.effect_day.isoformat()}")


def read_points(text: str) -> list[list[int]]:
    """Points in units from lines of ``lng, lat`` in degrees. Problem ``invalid`` with the number of the line."""
    points = []
    for number, line in enumerate((one.strip() for one in text.splitlines()), 1):
        if not line:
            continue
        try:
            lng, lat = (float(part) for part in SEPARATOR.split(line.strip(" ,，;；")))
        except ValueError:
            raise Problem("invalid", fields=["points"], line=number) from None
        if not (abs(lng) <= 180 and abs(lat) <= 90):
            raise Problem("invalid", fields=["points"], line=number)
        points.append([to_units(lng), to_units(lat)])
    return points


def written_points(ring: Any) -> str:
    """A ring as lines of ``lng, lat``, its last point, which is its first, left out."""
    return "\n".join(f"{x / SCALE:.7f}, {y / SCALE:.7f}" for x, y in ring)


def _issue(session: Any, draft_id: UUID, form: Mapping[str, Any], version: int) -> None:
    lacking = [name for name in ("document_no", "effect_day") if not form[name]]
    if lacking:
        raise Problem("invalid", fields=lacking)
    drafting.issue(
        session, signed_in().holder, draft_id, version, document_no=form["document_no"], effect_day=form["effect_day"]
    )


def _version(form: Mapping[str, Any]) -> int:
    told = form.get("version") or ""
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0


def _told_draw(form: Mapping[str, Any], points: list[list[int]]) -> dict[str, Any]:
    level = lattice.MICRO if form["step"] == "draw_micro" else lattice.GRID
    return {
        "parent_id": str(_needed(form, "parent_id")), "level": level, "name": _needed(form, "name"),
        "special": form["special"] is not None, "trim": form["trim"] is not None, "snap_m": form["snap_m"],
        "points": points,
    }  # fmt: skip


def _told_split(form: Mapping[str, Any], points: list[list[int]]) -> dict[str, Any]:
    return {
        "area_id": str(_needed(form, "area_id")), "name": _needed(form, "name"), "snap_m": form["snap_m"],
        "points": points,
    }  # fmt: skip


def _told_merge(form: Mapping[str, Any], _points: list[list[int]]) -> dict[str, Any]:
    kept = str(_needed(form, "area_id"))
    return {"area_ids": [kept, *(str(one) for one in form["area_ids"] if str(one) != kept)]}


def _told_move(form: Mapping[str, Any], points: list[list[int]]) -> dict[str, Any]:
    other = str(form["other_id"]) if form["other_id"] else None
    return {"area_id": str(_needed(form, "area_id")), "other_id": other, "snap_m": form["snap_m"], "points": points}


_TOLD = {"draw": _told_draw, "draw_micro": _told_draw, "split": _told_split, "merge": _told_merge, "move": _told_move}


def _needed(form: Mapping[str, Any], name: str) -> Any:
    if not form[name]:
        raise Problem("invalid", fields=[name])
    return form[name]


def _on_top(draft: BorderDraft) -> BorderDraft | None:
    return draft if draft.state in (drafting.OPEN, drafting.ISSUED) else None


def _draft(draft_id: UUID, problem: Problem | None = None, points: list[list[int]] | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    draft = drafting.draft_for(session, holder, draft_id)
    villages = borders.villages_of(session, draft.unit_id)
    areas = borders.areas_on(session, [v.id for v in villages], draft.effect_day, _on_top(draft))
    if draft.state == drafting.IN_FORCE:
        borders.mark_changes(session, areas, draft)
    above = unit(session, draft.unit_id)
    measure = borders.measure_on(session, draft.effect_day)
    borders.with_households(session, areas, _on_top(draft), measure)
    others = borders.others_on(session, counties_of(villages, above), draft.effect_day)
    changed = [area for area in areas if area.change in ("new", "changed")]
    borders.with_people(session, changed, clock.today())
    beside = borders.grids_beside(session, areas, [v.id for v in villages], draft.effect_day)
    chosen = next((area for area in areas if area.id == parse_id(request.args.get("area"))), None)
    return page(
        "office/grid_draft.html",
        problem,
        draft=draft,
        unit=above,
        areas=areas,
        grids=[area for area in areas if area.level == lattice.GRID],
        villages=villages,
        village_names={village.id: village.name_zh for village in villages},
        grid_names={area.id: area.name for area in areas if area.level == lattice.GRID},
        changed=changed,
        noded=[area for area in areas if area.change == "noded"],
        ended=borders.ended_by(session, draft) if draft.state != drafting.WITHDRAWN else [],
        warned=[area for area in changed if area.warning],
        measure=measure,
        steps=drafting.steps_of(session, draft.id),
        snaps=SNAPS,
        today=clock.today(),
        is_open=draft.state == drafting.OPEN,
        is_issued=draft.state == drafting.ISSUED,
        other_areas=others,
        chosen=chosen,
        points=_points_to_show(chosen),
        line=points or [],
        **picture(areas, others, problem, points, beside, drawing.ROOM),
    )


def _points_to_show(chosen: Area | None) -> str:
    return written_points(chosen.rings[0][:-1]) if chosen is not None and chosen.rings else ""
