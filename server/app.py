"""The wiring plan: which rooms there are, which doors they open, and what they tell each other.

A room registers its doors by one line in ``doors()`` and, where a lower room asks for its facts, by one line in
``plug_rooms()``.
"""

from __future__ import annotations

from typing import Any

import flask
from flask import Flask
from flask_smorest import Api
from flask_smorest import Blueprint as ApiBlueprint
from sqlalchemy.orm import Session

import server.models_all  # noqa: F401  every table is known before the first query
from server import cli, places
from server.analytics import pages as analytics_pages
from server.approvals import commands as approvals
from server.approvals import pages as approval_pages
from server.areas import applying as border_applying
from server.areas import draft_pages as grid_draft_pages
from server.areas import pages as grid_pages
from server.areas import queries as areas
from server.areas import registry as area_registry
from server.badges import api as badge_api
from server.badges import commands as badges
from server.badges import pages as badge_pages
from server.badges import public_pages as badge_check_pages
from server.boards import pages as board_pages
from server.boards import public_pages as public_board_pages
from server.callouts import commands as callouts
from server.callouts import filing
from server.callouts import pages as callout_pages
from server.callouts import queries as callout_queries
from server.cases import desk_pages as case_desk_pages
from server.cases import enclosures
from server.cases import following as cases
from server.cases import intake as case_intake
from server.cases import pages as case_pages
from server.cases import queries as case_queries
from server.duties.emergencies import commands as emergency_commands
from server.duties.emergencies import queries as emergency_queries
from server.duties.emergencies.schemas import EmergencyCorrection
from server.duties.hazards import commands as hazard_commands
from server.duties.hazards import queries as hazard_queries
from server.duties.hazards.schemas import HazardCorrection
from server.duties.information import commands as information_commands
from server.duties.information import queries as information_queries
from server.duties.information.schemas import InformationCorrection
from server.duties.mediations import commands as mediation_commands
from server.duties.mediations import queries as mediation_queries
from server.duties.mediations.schemas import MediationCorrection
from server.duties.publicity import commands as publicity_commands
from server.duties.publicity import queries as publicity_queries
from server.duties.publicity.schemas import PublicityCorrection
from server.duties.visits import commands as visit_commands
from server.duties.visits import queries as visit_queries
from server.duties.visits.schemas import VisitCorrection
from server.evaluation import desk_pages as evaluation_desk_pages
from server.evaluation import merit_pages, meriting, outside_pages, running, sharing
from server.evaluation import pages as evaluation_pages
from server.evaluation import registry as evaluation
from server.exchange import api as exchange_api
from server.exchange import bearer, connector, describing, open311, telling
from server.exchange import pages as exchange_pages
from server.feedback import commands as feedback
from server.feedback import own_pages as own_feedback_pages
from server.feedback import pages as feedback_pages
from server.feedback import public_pages as public_feedback_pages
from server.findings import pages as finding_pages
from server.findings import queries as findings
from server.households import commands as household_commands
from server.households import desk_pages as place_pages
from server.households import following as household_following
from server.households import leaving as household_leaving
from server.households import pages as household_pages
from server.households import plans as household_plans
from server.households import registry as households
from server.households import staging
from server.kernel import clock
from server.matters import department_pages, leaving, list_pages, support_pages, temporary_pages, terms_pages
from server.matters import pages as matter_pages
from server.matters import public_pages as public_matter_pages
from server.matters import registry as matter_registry
from server.matters.queries import policy
from server.messages import api as message_api
from server.messages import commands as messages
from server.messages import delivering
from server.messages import pages as message_pages
from server.orders import commands as orders
from server.orders import pages as order_pages
from server.orders import queries as order_queries
from server.patrols import commands as patrol_commands
from server.patrols import queries as patrol_queries
from server.patrols.schemas import PatrolCorrection
from server.people import api as people_api
from server.people import commands as people_commands
from server.people import pages
from server.people import registry as people
from server.people.guard import admit_outside, door, init_guard
from server.people.pages import frame
from server.photos import api as photo_api
from server.photos import commands as photo_commands
from server.photos import rules as photos
from server.photos import sweep
from server.platform import anchors, audit_commands, backup, backup_commands, jobs, uploads
from server.platform.arrival import init_arrival
from server.platform.config import Settings, current_settings
from server.platform.db import init_database
from server.platform.files import init_files
from server.platform.keys import Keyring
from server.platform.language import language, say
from server.platform.limits import init_limits
from server.platform.logs import init_logs
from server.platform.metrics import init_metrics
from server.platform.passwords import Passwords
from server.platform.problem_json import MEDIA_TYPE, ProblemSchema, init_problems
from server.platform.security import init_security
from server.platform.shell import TEMPLATES, build
from server.platform.uploads import init_uploads
from server.privacy import (
    asking,
    audit_pages,
    consent_pages,
    consents,
    incident_pages,
    keeping,
    kept_findings,
    kept_words,
    request_pages,
    retention,
    retention_pages,
    score_sheets,
)
from server.privacy import pages as privacy_pages
from server.privacy import public_pages as public_privacy_pages
from server.privacy import queries as privacy_queries
from server.records import commands as record_commands
from server.records import queries as record_queries
from server.records import registry
from server.signon import pages as sign_on_pages
from server.signon import public_pages as sign_on_doors
from server.sync import api as sync_api
from server.sync import entry_pages, epochs, holding, retaining
from server.sync import pages as sync_pages
from server.sync.commands import expected_of
from server.sync.losses import known_losses
from server.tasks import commands as tasks
from server.tasks import desk_pages as task_desk_pages
from server.tasks import leaving as task_leaving
from server.tasks import pages as task_pages
from server.tasks import request_pages as task_request_pages
from server.workforce import (
    commendation_pages,
    cover_pages,
    covers,
    hiring_pages,
    record_pages,
    staff_pages,
    training_pages,
)
from server.workforce import pages as workforce_pages

FORM_FIELDS_BYTES = 1 * 2**20
JSON = "application/json"
FEED_KEEPS_MS = 92 * clock.DAY_MS


def doors() -> list[ApiBlueprint | flask.Blueprint]:
    """Every blueprint of every room."""
    return [
        *pages.BLUEPRINTS,
        people_api.blueprint,
        message_api.blueprint,
        message_pages.blueprint,
        grid_pages.blueprint,
        grid_draft_pages.blueprint,
        household_pages.blueprint,
        place_pages.blueprint,
        matter_pages.blueprint,
        temporary_pages.blueprint,
        list_pages.blueprint,
        support_pages.blueprint,
        department_pages.blueprint,
        terms_pages.blueprint,
        public_matter_pages.blueprint,
        sync_api.blueprint,
        sync_pages.blueprint,
        entry_pages.blueprint,
        approval_pages.blueprint,
        privacy_pages.blueprint,
        badge_api.blueprint,
        badge_pages.blueprint,
        badge_check_pages.blueprint,
        board_pages.blueprint,
        public_board_pages.blueprint,
        public_privacy_pages.blueprint,
        audit_pages.blueprint,
        retention_pages.blueprint,
        request_pages.blueprint,
        consent_pages.blueprint,
        incident_pages.blueprint,
        task_pages.blueprint,
        task_desk_pages.blueprint,
        task_request_pages.blueprint,
        order_pages.blueprint,
        callout_pages.blueprint,
        case_pages.blueprint,
        case_desk_pages.blueprint,
        case_desk_pages.levels_blueprint,
        analytics_pages.blueprint,
        training_pages.blueprint,
        hiring_pages.blueprint,
        staff_pages.blueprint,
        cover_pages.blueprint,
        workforce_pages.blueprint,
        commendation_pages.blueprint,
        *record_pages.BLUEPRINTS,
        evaluation_pages.blueprint,
        evaluation_desk_pages.blueprint,
        outside_pages.blueprint,
        merit_pages.desk,
        merit_pages.blueprint,
        feedback_pages.blueprint,
        own_feedback_pages.blueprint,
        public_feedback_pages.blueprint,
        finding_pages.blueprint,
        finding_pages.holds_blueprint,
        *photo_api.blueprints,
        exchange_api.blueprint,
        open311.blueprint,
        exchange_pages.blueprint,
        sign_on_doors.blueprint,
        sign_on_pages.blueprint,
    ]


def plug_rooms() -> None:
    """Tell lower rooms what they ask of higher ones."""
    people.plug(
        people.Neighbours(
            units_above=places.units_above,
            micro_grids_of=areas.micro_grid_ids_of,
            grid_of_micro=places.grid_of_micro,
            grid_place=places.grid_place,
            grids_under=places.grids_under,
            epoch=epochs.current,
            expected=expected_of,
            policy=_phone_policy,
            posts_changed=household_plans.tell_where_posts_changed,
        )
    )
    admit_outside(bearer.admit)
    case_intake.delivered_by(connector.filled)
    for duty in DUTIES:
        registry.register(duty)
    area_registry.when_borders_move("households", household_following.follow_borders)
    area_registry.count_households_by(household_following.count_by_micro_grid)
    evaluation.plug(known_losses)
    privacy_queries.plug_holds(findings.held_any)
    badges.plug_photo_noter(consents.note_badge_photo)
    households.before_deletion("visits", visit_commands.forget_household)
    households.before_deletion("information", information_commands.forget_household)
    matter_registry.follow(
        "plans", matter_registry.Follower(household_leaving.people_of_matter, household_leaving.end_plans_of_matter)
    )
    matter_registry.follow(
        "tasks", matter_registry.Follower(task_leaving.people_of_matter, task_leaving.withdraw_of_matter)
    )
    households.plug_holds(privacy_queries.held_ids)
    asking.also_of_people(callout_queries.positions_of)
    keeping.also_forget(retaining.forget_words)
    keeping.also_forget(filing.forget_of_cases)
    enclosures.plug(filing.filed_in)
    offers = enclosures.offered, enclosures.is_offered
    filing.plug(filing.Cases(*offers, matters=case_pages.matter_names, is_held=kept_words.is_case_held))
    keeping.add(retaining.SENT_WORDS)
    keeping.add(retaining.UNTAKEN_WORDS)
    keeping.add(score_sheets.SHEETS)
    keeping.add(kept_findings.FINDINGS)
    for one in kept_words.WORDS:
        keeping.add(one)
    photos.register(
        "record",
        photos.Namer(record_commands.photo_arrived, case_queries.may_see_record, record_queries.is_sensitive),
    )
    photos.register(  # a case's row names its photo and nothing more: its arrival changes no row
        "case", photos.Namer(lambda _session, _ids: None, case_queries.may_see_case, lambda _session, _id: False)
    )
    photos.register(
        order_queries.KIND,
        photos.Namer(orders.photo_arrived, order_queries.may_see, lambda _session, _order_id: False),
    )


def plug_jobs() -> None:
    """What the worker wakes, and what rooms do when a backup has finished or was restored."""
    swept = jobs.in_transaction
    jobs.register(jobs.Sweeper("deliveries", delivering.EVERY_SECONDS, delivering.round_, urgent=True))
    ends = swept(callouts.end_due)  # after it nothing rings any more
    jobs.register(jobs.Sweeper("callouts", jobs.MINUTE, ends, urgent=True))
    for name, every, round_ in (
        ("uploads", jobs.HOUR, swept(uploads.expire)),
        ("photos", jobs.HOUR, sweep.forgotten_photos),
        ("stray_photos", jobs.DAY, sweep.stray_files),
        ("messages", jobs.DAY, swept(messages.drop_old)),
        ("callouts_on_phones", jobs.HOUR, swept(callouts.clear_phones)),
        ("positions", jobs.HOUR, swept(callouts.forget_positions)),
        ("held", jobs.HOUR, swept(holding.give_up_held)),
        ("reviews", jobs.HOUR, swept(lambda session, now: approvals.lapse_overdue(session, clock.day_of(now)))),
        (
            "archive",
            jobs.HOUR,
            swept(lambda session, now: record_commands.archive_finished(session, now - FEED_KEEPS_MS)),
        ),
        ("refusals", jobs.HOUR, swept(lambda session, now: tasks.let_stand(session, clock.day_of(now)))),
        ("orders", jobs.HOUR, swept(lambda session, now: orders.let_stand(session, clock.day_of(now)))),
        ("tasks", jobs.DAY, swept(tasks.archive_old)),
        ("withdrawn", jobs.HOUR, swept(lambda session, now: leaving.settle(session, clock.day_of(now)))),
        ("unverified", jobs.HOUR, swept(lambda session, now: cases.close_unverified(session, clock.day_of(now)))),
        ("cases", jobs.DAY, swept(cases.archive_old)),
        ("overdue_cases", jobs.HOUR, swept(cases.escalate_overdue)),
        ("late_duties", jobs.HOUR, swept(cases.tell_late_answers)),
        ("covers", jobs.DAY, swept(lambda session, _now: covers.alarm(session))),
        ("evaluations", jobs.HOUR, swept(lambda session, now: running.start_due(session, clock.day_of(now)))),
        ("sheets", 10 * jobs.MINUTE, sharing.round_),
        ("windows", jobs.HOUR, swept(lambda session, now: running.close_due(session, clock.day_of(now)))),
        ("merits", jobs.DAY, swept(lambda session, now: meriting.award_due(session, clock.day_of(now)))),
        ("people", jobs.HOUR, swept(people_commands.tidy)),
        ("badges", jobs.HOUR, swept(lambda session, now: badges.follow_posts(session, clock.day_of(now)))),
        (
            "absences",
            jobs.HOUR,
            swept(lambda session, now: people_commands.turn_absences(session, clock.day_of(now))),
        ),
        (
            "households",
            jobs.DAY,
            swept(lambda s, now: household_commands.delete_closed_households(s, clock.day_of(now))),
        ),
        ("borders", 10 * jobs.MINUTE, swept(border_applying.apply_due)),
        ("feedback", jobs.DAY, swept(feedback.delete_old)),
        ("late_feedback", jobs.HOUR, swept(feedback.remind_of_late)),
        ("imports", jobs.HOUR, lambda _now: staging.drop_old(household_pages.folder())),
        ("webhooks", telling.EVERY_SECONDS, telling.round_),
        ("notices", jobs.DAY, swept(telling.drop_old)),
        ("backup", 10 * jobs.MINUTE, backup.nightly),
        ("retention", jobs.DAY, retention.nightly),
        ("consents", jobs.DAY, swept(consents.erase_withdrawn)),
        ("chain", 5.0, anchors.link_round),
        ("anchors", 10 * jobs.MINUTE, anchors.round_),
    ):
        jobs.register(jobs.Sweeper(name, every, round_))
    backup.register(backup.Witness("photos", finished=photo_commands.note_backup))
    backup.register(backup.Witness("epoch", restored=lambda session: epochs.begin(session, "restore")))


DUTIES = (
    registry.Duty("patrol", patrol_queries.bodies, PatrolCorrection(), patrol_queries.present, patrol_commands.change),
    registry.Duty("visit", visit_queries.bodies, VisitCorrection(), visit_queries.present, visit_commands.change),
    registry.Duty(
        "hazard",
        hazard_queries.bodies,
        HazardCorrection(),
        hazard_queries.present,
        hazard_commands.change,
        hazard_queries.is_fixed,
    ),
    registry.Duty(
        "emergency",
        emergency_queries.bodies,
        EmergencyCorrection(),
        emergency_queries.present,
        emergency_commands.change,
    ),
    registry.Duty(
        "information",
        information_queries.bodies,
        InformationCorrection(),
        information_queries.present,
        information_commands.change,
    ),
    registry.Duty(
        "mediation",
        mediation_queries.bodies,
        MediationCorrection(),
        mediation_queries.present,
        mediation_commands.change,
        mediation_queries.is_ended,
    ),
    registry.Duty(
        "publicity",
        publicity_queries.bodies,
        PublicityCorrection(),
        publicity_queries.present,
        publicity_commands.change,
    ),
)


def _phone_policy(session: Session, county_code: str) -> dict[str, Any]:
    settings = current_settings()
    pin = settings.pin_lock or policy(session, "pin")
    return {"pin": pin, "track": policy(session, "track"), "map": settings.map.for_phones}


def create_app(settings: Settings | None = None) -> Flask:
    """The whole server. Settings come from the environment unless given."""
    settings = settings or Settings.from_environment()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    app = Flask("server", static_folder=None, template_folder=str(TEMPLATES))
    app.config.update(_configuration(settings))
    app.extensions["settings"] = settings
    app.extensions["keyring"] = Keyring(settings.data_dir / "keys")
    app.extensions["passwords"] = Passwords(settings)
    init_logs(app, settings.log_level)
    init_metrics(app)
    init_database(app, settings)
    init_files(app, settings.data_dir, app.extensions["keyring"])
    init_uploads(app, settings.data_dir, settings.upload_max_bytes)
    init_arrival(app, settings)
    init_security(app, settings)
    init_guard(app)
    init_limits(app)
    _init_templates(app, settings)
    _init_doors(app)
    init_problems(app)
    plug_rooms()
    plug_jobs()
    cli.register(app)
    backup_commands.register(app)
    audit_commands.register(app)
    return app


class Doors(Api):
    """flask-smorest with our problems in the description and a guard before it."""

    ERROR_SCHEMA = ProblemSchema

    @door("public")
    def _openapi_json(self) -> Any:
        return super()._openapi_json()

    def describe_problems(self) -> None:
        """Refusals are ``application/problem+json`` and are described so."""
        for response in self.spec.components.responses.values():
            content = response.get("content", {})
            if JSON in content:
                content[MEDIA_TYPE] = content.pop(JSON)


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "TESTING": settings.testing,
        "PROPAGATE_EXCEPTIONS": False,
        "MAX_CONTENT_LENGTH": settings.upload_max_bytes + FORM_FIELDS_BYTES,
        "MAX_FORM_MEMORY_SIZE": FORM_FIELDS_BYTES,
        "API_TITLE": "Gridwalk 网格行",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/",
        "OPENAPI_JSON_PATH": "openapi.json",
    }


def _init_templates(app: Flask, settings: Settings) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(frame.FILTERS)

    @app.context_processor
    def words() -> dict[str, Any]:
        return {**_everywhere(settings), **frame.frame()}


def _everywhere(settings: Settings) -> dict[str, Any]:
    told = {"demo": settings.demo, "filing_no": settings.filing_no, "sign_on": settings.sign_on.kind}
    return {"t": say, "lang": language(), "build": build(), **told}


def _init_doors(app: Flask) -> None:
    api = Doors(app)
    for name, scheme in describing.SECURITY_SCHEMES.items():
        api.spec.components.security_scheme(name, scheme)
    for blueprint in doors():
        if isinstance(blueprint, ApiBlueprint):
            api.register_blueprint(blueprint)
        else:
            app.register_blueprint(blueprint)
    api.describe_problems()
