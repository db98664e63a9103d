"""Office pages of the work badge: who has one, issue, renew, end, print; the city's design."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.badges import commands, queries
from server.badges.rules import ROLE_ORDER, TONES
from server.badges.schemas import DesignForm, EndForm, PhotoForm
from server.kernel import clock, ids
from server.kernel.problems import Problem
from server.people import queries as people
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import GridPlace, add_office_page, neighbours
from server.people.rules import Holder, may
from server.platform.db import db, transaction
from server.platform.language import language
from server.platform.problem_json import problem_of
from server.platform.qr import svg
from server.platform.security import insist_on_address
from server.text import text

blueprint = Blueprint("badges", __name__, url_prefix="/office/badges")
PHOTO, END, DESIGN = PhotoForm(), EndForm(), DesignForm()
SIZES = ("cr80", "a6")
MOST_PHOTO = 12 * 2**20
CHECKS_DAYS = 30

add_office_page("/office/badges", "nav.badges", "badge.see", order=21)
add_office_page("/office/badges/design", "nav.badge_design", "badge.design", order=41)


@blueprint.get("")
@door("office", action="badge.see")
def badges() -> Any:
    """Whoever is in post in one grid, with their badges. Problem ``not_found`` for a grid elsewhere."""
    session, holder, today = db.session(), signed_in().holder, clock.today()
    grids = grids_of(holder)
    asked = ids.parse_id(request.args.get("grid", ""))
    grid = next((g for g in grids if g.id == asked), None)
    if asked is not None and grid is None:
        raise Problem("not_found")
    staff = people.in_post(session, grid.id, today) if grid else []
    return page(
        "office/badges.html",
        grids=grids,
        grid=grid,
        rows=_rows(session, staff, today),
        counts=queries.checks_since(
            session, holder.county_code, clock.day_of(clock.now() - CHECKS_DAYS * clock.DAY_MS)
        ),
        has_design=queries.design_on(session, today) is not None,
        sizes=SIZES,
    )


@blueprint.get("/people/<uuid:person_id>")
@door("office", action="badge.see")
def of_person(person_id: UUID) -> Any:
    return _person_page(person_id)


@blueprint.post("/people/<uuid:person_id>")
@door("office", action="badge.issue", longest_body=MOST_PHOTO)
def issue(person_id: UUID) -> Any:
    """Shows ``badge_open``, ``badge_design_missing``, ``badge_photo_consent``, ``not_an_image``, ``not_found``."""
    holder = signed_in().holder
    return _done_or_shown(
        person_id,
        "issued",
        lambda session, photo, agreed, _none: commands.issue(session, holder, person_id, photo, agreed),
    )


@blueprint.post("/<uuid:badge_id>/renew")
@door("office", action="badge.issue", longest_body=MOST_PHOTO)
def renew(badge_id: UUID) -> Any:
    """Shows ``badge_over`` and what ``issue`` shows."""
    holder = signed_in().holder
    person_id = queries.seen(db.session(), holder, badge_id, "badge.issue").person_id
    return _done_or_shown(
        person_id,
        "renewed",
        lambda session, photo, agreed, none: commands.renew(session, holder, badge_id, photo, agreed, none),
    )


@blueprint.post("/<uuid:badge_id>/end")
@door("office", action="badge.end")
def end(badge_id: UUID) -> Any:
    """Lost or revoked, at once. Shows ``badge_over``, ``invalid``, ``not_found``."""
    holder = signed_in().holder
    person_id = queries.seen(db.session(), holder, badge_id, "badge.end").person_id
    try:
        reason = typed(END)["reason"]
        with transaction() as session:
            commands.end(session, holder, badge_id, reason)
    except (ValidationError, Problem) as error:
        return _person_page(person_id, problem_of(error))
    return redirect(f"/office/badges/people/{person_id}?done={reason}", 303)


@blueprint.get("/<uuid:badge_id>/print/<size>")
@door("office", action="badge.see")
def print_one(badge_id: UUID, size: str) -> Any:
    """One badge on paper. Problem ``badge_over`` for one that is not good."""
    session, today = db.session(), clock.today()
    badge = queries.seen(session, signed_in().holder, badge_id, "badge.see")
    if not queries.is_good(badge, queries.posts_today(session, [badge.person_id], today).get(badge.person_id), today):
        raise Problem("badge_over")
    return _paper(queries.faces(session, [badge], today), size)


@blueprint.get("/print/<size>")
@door("office", action="badge.see")
def print_all(size: str) -> Any:
    """Every good badge of the office's area, or of one grid of it, as one document."""
    grids = grids_of(signed_in().holder)
    asked = ids.parse_id(request.args.get("grid", ""))
    chosen = [g.id for g in grids if asked in (None, g.id)]
    good = queries.good_in(db.session(), chosen, clock.today())
    return _paper(queries.faces(db.session(), good, clock.today()), size)


@blueprint.get("/design")
@door("office", action="badge.design")
def design() -> Any:
    return _design_page()


@blueprint.post("/design")
@door("office", action="badge.design")
def set_design() -> Any:
    """Shows ``invalid``, ``not_allowed``."""
    try:
        form = typed(DESIGN)
        with transaction() as session:
            commands.set_design(session, signed_in().holder, form)
    except (ValidationError, Problem) as error:
        return _design_page(problem_of(error))
    return redirect("/office/badges/design?done=saved", 303)


def grids_of(holder: Holder) -> list[GridPlace]:
    """The grids whose badges this office sees."""
    units = holder.office_units("town_government") | holder.office_units("county_authority")
    return neighbours().grids_under(db.session(), units)


def _design_page(problem: Problem | None = None) -> Any:
    found = queries.designs(db.session())
    return page("office/badge_design.html", problem, designs=found, tones=TONES, today=clock.today())


def _rows(session: Any, staff: list[Any], today: Any) -> list[dict[str, Any]]:
    """People of a grid, in the order of Art. 7."""
    posts = queries.posts_today(session, [p.id for p in staff], today)
    held = queries.open_badges(session, [p.id for p in staff])
    rows = [
        {
            "person": person,
            "role": posts[person.id].role,
            "badge": badge,
            "is_good": badge is not None and queries.is_good(badge, posts[person.id], today),
        }
        for person in staff
        if person.id in posts
        for badge in [held.get(person.id)]
    ]
    return sorted(rows, key=lambda row: ROLE_ORDER.index(row["role"]))


def _done_or_shown(person_id: UUID, done: str, act: Callable[[Any, str | None, bool, bool], Any]) -> Any:
    try:
        form = typed(PHOTO)
        agreed, is_without = form.get("consent") == "yes", form.get("without_photo") == "yes"
        sent = request.files.get("photo")
        portrait = commands.portrait_of(sent.stream.read(MOST_PHOTO)) if sent else None
        with transaction() as session:
            act(session, None if is_without else portrait, agreed, is_without)
    except (ValidationError, Problem) as error:
        return _person_page(person_id, problem_of(error))
    return redirect(f"/office/badges/people/{person_id}?done={done}", 303)


def _person_page(person_id: UUID, problem: Problem | None = None) -> Any:
    """A person of the office's area, or one who has left it and had a badge there."""
    session, holder, today = db.session(), signed_in().holder, clock.today()
    shown = queries.posts_today(session, [person_id], today).get(person_id)
    history = queries.of_person(session, person_id)
    place = shown.grid_ids[0] if shown else history[0].grid_id if history else None
    if place is None or not may(holder, "badge.see", queries.thing_of(session, place)):
        raise Problem("not_found")
    current = next((b for b in history if b.ended_at is None), None)
    thing = queries.thing_of(session, place)
    return page(
        "office/badge_of.html",
        problem,
        person=people.person(session, person_id),
        face=queries.faces(session, [current], today)[0] if current else None,
        is_good=current is not None and queries.is_good(current, shown, today),
        history=[b for b in history if b.ended_at is not None],
        shown=shown,
        may_issue=bool(may(holder, "badge.issue", thing)),
        may_end=bool(may(holder, "badge.end", thing)),
        has_design=queries.design_on(session, today) is not None,
        sizes=SIZES,
    )


def _paper(faces: list[queries.Face], size: str) -> Any:
    """Badges for the printer, each with the QR of its address: the token alone, which no minute outdates.

    Problems: ``not_found`` for any other size, ``base_url_missing``.
    """
    if size not in SIZES:
        raise Problem("not_found")
    base = insist_on_address()
    label = text("badges.qr", language())
    cards = [{"face": face, "qr": svg(f"{base}/b/{face.badge.print_token}", label)} for face in faces]
    return page("office/badge_print.html", cards=cards, size=size)
