"""Office pages of the road: outboxes and quarantine, taking in a sealed file, the state of the backup."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.kernel import clock
from server.kernel.ids import parse_id
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.models import Device, Person
from server.people.pages.frame import page
from server.people.queries import holder_of
from server.people.registry import add_office_page
from server.photos.finish import take_in_bytes
from server.platform.backup_marks import last_finished
from server.platform.db import db, transaction
from server.sync import commands, office
from server.sync.applying import Sender, take_in_quarantined
from server.sync.models import MutationLog
from server.sync.rules import MOST_MUTATIONS
from server.sync.schemas import Push
from server.sync.sealed import MOST_FILE_BYTES, Outbox, open_file

blueprint = Blueprint("road", __name__, url_prefix="/office")
PUSH = Push()
FORM_BYTES = 64 * 2**10  # what stands around the file in its form

add_office_page("/office/outboxes", "nav.outboxes", "lost.see", order=40)
add_office_page("/office/sealed-file", "nav.sealed_file", "sealed_file.take_in", order=41)
add_office_page("/office/backup", "nav.backup", "backup.see", order=70)


@blueprint.get("/outboxes")
@door("office", action="lost.see")
def outboxes() -> Any:
    return _shown()


@blueprint.post("/outboxes/<uuid:mutation_id>/take-in")
@door("office", action="quarantine.take_in")
def take_in(mutation_id: UUID) -> Any:
    """Take one act out of quarantine. ``not_found`` outside the scope, ``not_waiting`` when it is not there."""
    holder = signed_in().holder
    try:
        with transaction() as session:
            kept = session.get(MutationLog, mutation_id)
            if kept is None or not office.sees(session, holder, kept):
                raise Problem("not_found")
            answer = take_in_quarantined(session, kept, holder.person_id)
        if answer["outcome"] != "applied":
            raise Problem(answer["problem"]["code"])
    except Problem as problem:
        return _shown(problem)
    return redirect("/office/outboxes?done=taken_in", 303)


@blueprint.get("/sealed-file")
@door("office", action="sealed_file.take_in")
def sealed_file() -> Any:
    return page("office/sealed_file.html", results=None)


@blueprint.post("/sealed-file")
@door("office", action="sealed_file.take_in", longest_body=MOST_FILE_BYTES + FORM_BYTES)
def take_in_sealed_file() -> Any:
    """Run a phone's exported outbox through the push door. ``sealed_file_unreadable``, ``not_found``, and what a push says."""
    try:
        upload = request.files.get("file")
        outbox = open_file(upload.read(MOST_FILE_BYTES) if upload else b"")
        results = _push(outbox)
        photos = _photos(outbox)
    except Problem as problem:
        return page("office/sealed_file.html", problem, results=None)
    return page("office/sealed_file.html", results=results, photos=photos)


@blueprint.get("/backup")
@door("office", action="backup.see")
def backup() -> Any:
    return page("office/backup.html", last=last_finished(db.session()))


def _shown(problem: Problem | None = None) -> Any:
    return page("office/outboxes.html", problem, road=office.road(db.session(), signed_in().holder))


def _push(outbox: Outbox) -> list[dict[str, Any]]:
    """As the person of the file, noted as taken in by whoever is at the desk. A transaction for each batch: what one has
    taken in stays when a later one is refused, and the same file may come again."""
    results: list[dict[str, Any]] = []
    for told in _told(outbox):
        with transaction() as session:
            results += commands.push(session, _sender(session, outbox), told)["results"]
    return results


def _sender(session: Any, outbox: Outbox) -> Sender:
    person_id, device_id = parse_id(outbox.person), parse_id(outbox.device_id)
    device = session.get(Device, device_id) if device_id else None
    if person_id is None or device is None or device.person_id != person_id:
        raise Problem("not_found")
    if not office.may_bring(session, signed_in().holder, session.get_one(Person, person_id)):
        raise Problem("not_found")
    holder = holder_of(session, person_id, clock.today())
    return Sender(holder, device.id, not holder.is_in_post, taken_in_by=signed_in().person_id)


def _told(outbox: Outbox) -> list[dict[str, Any]]:
    """The file as pushes of at most as many acts as a phone may send at once; all of them or ``sealed_file_unreadable``."""
    pushes = [_loaded(outbox, part) for part in _parts(outbox.mutations)]
    sent = [m for told in pushes for m in told["mutations"]]
    for told in pushes:  # the head of the whole file: no act is later than the one that stands behind it
        for lane in told["head"]:
            told["head"][lane] = max((m["seq"] for m in sent if m["lane"] == lane), default=0)
    return pushes


def _parts(mutations: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """One part at least: a file may hold photos alone."""
    return [mutations[at : at + MOST_MUTATIONS] for at in range(0, max(1, len(mutations)), MOST_MUTATIONS)]


def _loaded(outbox: Outbox, mutations: list[dict[str, Any]]) -> dict[str, Any]:
    raw = {"device_id": outbox.device_id, "person": outbox.person, "epoch": "file", "mutations": mutations}
    try:
        told: dict[str, Any] = PUSH.load(raw)
    except ValidationError as error:
        raise Problem("sealed_file_unreadable") from error
    return told


def _photos(outbox: Outbox) -> int:
    """How many photos could be taken in; one that is no picture does not stop the others."""
    person_id = parse_id(outbox.person)
    with transaction() as session:
        county_code = holder_of(session, person_id, clock.today()).county_code if person_id else ""
    taken = 0
    for sha256, content in outbox.photos.items():
        try:
            assert person_id is not None
            take_in_bytes(county_code, person_id, sha256, content)
            taken += 1
        except Problem:
            continue
    return taken
