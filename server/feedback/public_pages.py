"""``/feedback``: anybody may say something about the work and its people (Art. 14), without a name and without JavaScript.

Kept out are programs, not people, and without a riddle: a form that was never shown has no signed stamp, one that comes
back within moments or with a field that nobody sees filled in is shown once more with everything that was typed, and an
address may send so many an hour. Nothing that was typed is lost by any of it, and the telephone stands beside it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from server.areas.models import OrgUnit
from server.feedback import queries, rules
from server.feedback.intake import receive
from server.feedback.models import Feedback
from server.feedback.schemas import PublicForm
from server.feedback.stamps import Stamp, new_stamp, read_stamp
from server.kernel import ids
from server.kernel.problems import Problem
from server.people.guard import door
from server.people.pages.frame import page, typed
from server.photos.derive import derive
from server.platform.db import db, transaction
from server.platform.language import language
from server.platform.limits import count, seconds_to_wait
from server.platform.problem_json import problem_of

blueprint = Blueprint("public_feedback", __name__, url_prefix="/feedback")
FORM = PublicForm()
TRAP, STAMP, AGAIN, PHOTO = "website", "stamp", "again", "photo"
SENT, GUESSED = ("60/hour", "feedback"), ("100/hour", "feedback-secret")
DRAWN = ("60/hour", "feedback-photo")  # pictures looked into, whatever became of the form
LONGEST_BODY = 16 * 2**20  # a phone's own picture, as its camera made it


@blueprint.get("")
@door("public")
def form() -> Any:
    """Of the town or subdistrict named by ``?town``; else which one is asked first. ``?grid`` is chosen already."""
    town = _place(request.args.get("town", ""))
    return _form(town) if town else _which()


@blueprint.post("")
@door("public")
def send() -> Any:
    """The receipt; or the form again. Shows ``invalid``, ``not_an_image``, ``image_too_large``, ``form_again``,
    ``too_many_requests``, ``grid_unknown``; Problem ``photo_too_big``."""
    request.max_content_length = LONGEST_BODY
    try:
        stamp = read_stamp(request.form.get(STAMP, ""))
    except RequestEntityTooLarge as error:
        raise Problem("photo_too_big") from error
    town = _place(request.form.get("town", ""))
    if town is None:
        return _which()
    sent_before = db.session().get(Feedback, stamp.id) if stamp else None
    if sent_before is not None:
        return _receipt(sent_before)  # the same form once more: the same receipt
    try:
        _insist_on_a_person(stamp)
        assert stamp is not None
        told = typed(FORM)
        jpeg = _picture()  # after all that is cheap, and before writers wait for each other
        with transaction() as session:
            kept = receive(session, told, feedback_id=stamp.id, start=town, channel=rules.WEB, jpeg=jpeg)
    except (ValidationError, Problem) as error:
        return _form(town, problem_of(error))
    count(*SENT)
    return _receipt(kept)


@blueprint.get("/status")
@door("public")
def look_up() -> Any:
    """From the number that was typed to its page."""
    digits = _digits(request.args.get("receipt", ""))
    path = f"/feedback/{digits}" if len(digits) == rules.RECEIPT_DIGITS else "/feedback"
    return redirect(f"{path}?lang={language()}", 303)


@blueprint.get("/<receipt>")
@door("public")
def status(receipt: str) -> Any:
    """Asks for the second number: it stands in no address and in no log."""
    return page("public/feedback_status.html", receipt=_number(receipt), found=None)


@blueprint.post("/<receipt>")
@door("public")
def open_status(receipt: str) -> Any:
    """How it stands. Shows ``receipt_wrong``, whether the number or its secret is wrong, and ``too_many_requests``."""
    number = _number(receipt)
    if wait := seconds_to_wait(*GUESSED):
        problem = Problem("too_many_requests", headers={"Retry-After": str(wait)})
        return page("public/feedback_status.html", problem, receipt=number, found=None)
    session = db.session()
    found = queries.by_receipt(session, number, _digits(request.form.get("secret", "")))
    if found is None:
        count(*GUESSED)
        return page(
            "public/feedback_status.html", Problem("receipt_wrong", fields=["secret"]), receipt=number, found=None
        )
    is_clarified = queries.is_clarified(session, found.id)
    return page("public/feedback_status.html", receipt=number, found=found, is_clarified=is_clarified)


def _insist_on_a_person(stamp: Stamp | None) -> None:
    """``form_again``: once more with what was typed; ``too_many_requests`` says when."""
    is_trapped = bool(request.form.get(TRAP)) and request.form.get(AGAIN) != "yes"
    if stamp is None or not stamp.is_fresh or is_trapped:
        raise Problem("form_again")
    if wait := seconds_to_wait(*SENT):
        raise Problem("too_many_requests", headers={"Retry-After": str(wait)})


def _picture() -> bytes | None:
    sent = request.files.get(PHOTO)
    content = sent.read() if sent else b""
    if not content:
        return None
    if wait := seconds_to_wait(*DRAWN):
        raise Problem("too_many_requests", headers={"Retry-After": str(wait)})
    count(*DRAWN)
    return derive(content).full.content


def _form(town: OrgUnit, problem: Problem | None = None) -> Any:
    grids = queries.grids_of(db.session(), town.id)
    return page(
        "public/feedback.html",
        problem,
        town=town,
        is_only=len(_towns()) == 1,
        grids=grids,
        chosen=request.form.get("grid_id") or _grid_id(grids, request.args.get("grid", "")),
        stamp=new_stamp(),
        is_again=problem is not None and problem.code == "form_again",
        kinds=rules.KINDS,
        abouts=rules.ABOUT,
        had_photo=bool(request.files.get(PHOTO)) if request.method == "POST" else False,
    )


def _grid_id(grids: list[Any], code: str) -> str:
    return next((str(grid.id) for grid in grids if grid.code == code), "")


def _which() -> Any:
    """Which town; the only one there is is not asked for."""
    towns = _towns()
    if len(towns) == 1:
        return _form(towns[0])
    return page("public/feedback_where.html", places=queries.towns(db.session()))


def _towns() -> list[OrgUnit]:
    return [town for _county, below in queries.towns(db.session()) for town in below]


def _receipt(kept: Feedback) -> Any:
    return page("public/feedback_receipt.html", found=kept)


def _place(text: str) -> OrgUnit | None:
    wanted: UUID | None = ids.parse_id(text)
    return queries.place(db.session(), wanted) if wanted else None


def _digits(text: str) -> str:
    """What was typed, without the gaps that a number is said with; full-width digits count."""
    return "".join(str(int(sign)) for sign in text[:60] if sign.isdecimal())


def _number(receipt: str) -> str:
    """Six digits. Problem ``not_found`` for an address that is none."""
    if len(receipt) != rules.RECEIPT_DIGITS or _digits(receipt) != receipt:
        raise Problem("not_found")
    return receipt
