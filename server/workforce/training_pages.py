"""The office's pages of training: courses and meetings, who was there, and when it is asked for (Arts. 9, 21)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.kernel import clock, ids
from server.kernel.problems import Problem
from server.matters.queries import open_departments
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of
from server.workforce import training
from server.workforce.rules import COURSE_KINDS
from server.workforce.schemas import AttendanceForm, CourseForm, TrainingRuleForm

PATH = "/office/training"
blueprint = Blueprint("training", __name__, url_prefix=PATH)
FORM, PEOPLE, RULE = CourseForm(), AttendanceForm(), TrainingRuleForm()

add_office_page(PATH, "nav.training", training.KEEP, order=61)


@blueprint.get("")
@door("office", action=training.KEEP)
def courses() -> Any:
    return _shown()


@blueprint.post("")
@door("office", action=training.KEEP)
def add() -> Any:
    """Shows ``invalid``, ``unit_unknown``. A form sent twice is one course."""
    try:
        told = typed(FORM, topics="topics")
        with transaction() as session:
            training.add_course(session, signed_in().holder, told)
    except (ValidationError, Problem) as error:
        problem = problem_of(error)
        if problem.code != "record_exists":
            return _shown(problem)
    return redirect(f"{PATH}?done=added", 303)


@blueprint.post("/rule")
@door("office", action=training.KEEP)
def set_rule() -> Any:
    """Shows ``invalid``."""
    try:
        told = typed(RULE)
        with transaction() as session:
            training.set_rule(session, signed_in().holder, told["rule_document"], told["rule_from"])
    except (ValidationError, Problem) as error:
        return _shown(problem_of(error))
    return redirect(f"{PATH}?done=rule", 303)


@blueprint.get("/<uuid:course_id>")
@door("office", action=training.KEEP)
def course(course_id: UUID) -> Any:
    """``not_found``."""
    return _one(course_id)


@blueprint.post("/<uuid:course_id>")
@door("office", action=training.KEEP)
def note(course_id: UUID) -> Any:
    """Shows ``person_unknown`` with the lines, ``invalid`` (a mark is missing), ``day_out_of_range``; ``not_found``."""
    try:
        told = typed(PEOPLE)
        with transaction() as session:
            training.note_attendance(session, signed_in().holder, course_id, told["people"])
    except (ValidationError, Problem) as error:
        return _one(course_id, problem_of(error))
    return redirect(f"{PATH}/{course_id}?done=noted", 303)


def _shown(problem: Problem | None = None) -> Any:
    session, county = db.session(), signed_in().holder.county_code
    return page(
        "office/training.html",
        problem,
        rows=training.courses_of(session, county),
        topics=training.topics_of_county(session, county),
        chosen=request.form.getlist("topics"),
        departments=open_departments(session),
        kinds=COURSE_KINDS,
        rule=training.rule_of(session, county),
        new_id=ids.parse_id(request.form.get("id", "")) or ids.new_id(),
        today=clock.today(),
    )


def _one(course_id: UUID, problem: Problem | None = None) -> Any:
    session = db.session()
    found = training.one_course(session, signed_in().holder, course_id)
    return page("office/course.html", problem, course=found, people=training.attendance(session, found.id))
