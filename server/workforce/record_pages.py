"""The achievement record for applications under Art. 20: the worker's own page, the office's with consent, the signature.

A record is a page to print and a JSON file with the same words, signed with Ed25519. Anybody may fetch the public keys.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from flask import Blueprint, Response, jsonify, redirect, request

from server.kernel import clock
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.models import Person
from server.people.pages.frame import page
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.platform.language import say
from server.workforce import commands, covers, persons, queries, signing

OWN, OFFICE, SEE = "/my-record", "/office/records-of-achievement", "achievement.see"
own_blueprint = Blueprint("own_record", __name__)
blueprint = Blueprint("achievements", __name__, url_prefix=OFFICE)
BLUEPRINTS = (own_blueprint, blueprint)

add_office_page(OFFICE, "nav.achievements", SEE, order=65)


@own_blueprint.get(OWN)
@door("phone")
def own() -> Any:
    """What one's own record says, one's covers and equipment; consent is given and taken back here."""
    session = db.session()
    person = session.get_one(Person, signed_in().person_id)
    states = covers.states_of(session, [person.id], person.county_code)[person.id]
    return page(
        "office/own_record.html",
        record=queries.achievement_of(session, person),
        consent=commands.consent_of(session, person.id),
        states=states if covers.feed_rows(session, [person.id]) else (),
        equipment=queries.equipment_of(session, person.id),
    )


@own_blueprint.post(OWN)
@door("phone")
def set_consent() -> Any:
    """Give the consent in the words that the page shows, or take it back."""
    with transaction() as session:
        if request.form.get("consent") == "yes":
            commands.consent(session, signed_in().person_id, say("achievement.consent_words"))
        else:
            commands.withdraw_consent(session, signed_in().person_id)
    return redirect(f"{OWN}?done=consent", 303)


@own_blueprint.get(f"{OWN}.json")
@door("phone")
def own_file() -> Any:
    return _file(db.session().get_one(Person, signed_in().person_id))


@own_blueprint.get("/keys/records.json")
@door("public")
def keys() -> Any:
    """The public keys under achievement records, for whoever checks one."""
    return jsonify({"keys": signing.public_keys()})


@blueprint.get("")
@door("office", action=SEE)
def find() -> Any:
    """``?username``: of somebody below the office who has consented. Shows ``person_unknown``, ``consent_needed``."""
    session, holder, username = db.session(), signed_in().holder, request.args.get("username", "")
    if not username:
        return page("office/achievements.html")
    try:
        person = persons.find(session, holder, SEE, username)
        _insist_consent(person.id)
    except Problem as problem:
        return page("office/achievements.html", problem)
    return redirect(f"{OFFICE}/{person.id}", 303)


@blueprint.get("/<uuid:person_id>")
@door("office", action=SEE)
def one(person_id: UUID) -> Any:
    """To print. ``not_found`` outside the office's people, ``consent_needed``."""
    person = _below(person_id)
    return page("office/achievement.html", record=_record(person), person_id=person.id)


@blueprint.get("/<uuid:person_id>.json")
@door("office", action=SEE)
def file(person_id: UUID) -> Any:
    """The same, signed. ``not_found``, ``consent_needed``."""
    return _file(_below(person_id))


def _below(person_id: UUID) -> Person:
    session, holder = db.session(), signed_in().holder
    person = session.get(Person, person_id)
    if person is None or not persons.may_for(session, holder, SEE, person.id, person.county_code):
        raise Problem("not_found")
    _insist_consent(person.id)
    return person


def _insist_consent(person_id: UUID) -> None:
    if commands.consent_of(db.session(), person_id) is None:
        raise Problem("consent_needed")


def _record(person: Person) -> dict[str, Any]:
    return {**queries.achievement_of(db.session(), person), "made_on": clock.today().isoformat()}


def _file(person: Person) -> Response:
    body = orjson.dumps(signing.signed(_record(person)), option=orjson.OPT_INDENT_2)
    headers = {"Content-Disposition": 'attachment; filename="record.json"', "Cache-Control": "no-store"}
    return Response(body, mimetype="application/json", headers=headers)
