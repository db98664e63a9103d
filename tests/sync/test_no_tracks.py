"""No act of a phone carries a track, a length, a duration or where a worker was outside an open call-out; no column keeps one.

Two locks: a list of names that nothing may have, and a list of every number that a phone may send at all, since a track is
numbers. Text is left: a note can say anything, and is the worker's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
import sqlalchemy as sa
from marshmallow import EXCLUDE, RAISE, Schema, fields

from server.app import DUTIES
from server.patrols.schemas import PatrolReport
from server.platform.db import Base
from server.platform.fields import Choice, Day, Id, Instant, Number, Sha256, Text, Whole, Yes
from server.sync.mutations import MUTATIONS
from server.sync.schemas import Push

# Words of a name that tell of a way, of how long it was and took, or of who is at work now.
NEVER = frozenset({
    "track", "trail", "path", "route", "way", "length", "distance", "metres", "km", "duration", "elapsed",
    "hours", "minutes", "seconds", "speed", "pace", "heading", "bearing", "altitude", "elevation", "steps",
    "battery", "charge", "online", "presence", "idle", "started", "start", "began", "gps", "geo", "location",
    "locations", "coordinates", "coords", "geometry", "positions", "fixes",
})  # fmt: skip
WHERE = frozenset(["lng", "lat", "lon", "longitude", "latitude", "accuracy", "radius"])
# Each is the place of a thing, but for the call-out's, which is sent while it is open, at the worker's own tap.
PLACES = frozenset({
    "hazards.report.place", "hazard.correct.place",
    "emergencies.report.place", "emergency.correct.place",
    "places.save", "places.save.changes",
    "callouts.answer.place",
})  # fmt: skip
# How sure the phone was at a check point that it names: metres, without where.
HOW_SURE = frozenset({"patrols.report.checks[].fix.accuracy_m", "patrol.correct.checks[].fix.accuracy_m"})
# What else a phone sends as a number: counts of people, the ground of a refusal, and the moments of single taps.
NUMBERS = frozenset({
    "publicity.report.people", "publicity.report.households", "publicity.correct.people", "publicity.correct.households",
    "tasks.refuse.ground", "orders.report.ground",
    "patrols.report.checks[].at", "patrol.correct.checks[].at",
    "emergencies.report.calls[].at", "emergency.correct.calls[].at",
    "looks.note.at",
})  # fmt: skip
SAYS_NO_NUMBER = (Text, Id, Day, Choice, Yes, Sha256)
CHANGES = "records.correct.changes"  # each kind has a schema of its own for them, looked at as <kind>.correct
COLUMNS_OF_THINGS = frozenset({
    *(f"{table}.{name}" for table in ("hazard", "emergency") for name in ("lng", "lat", "accuracy_m")),
    "place.lng", "place.lat", "place.radius_m", "patrol_check.accuracy_m",
})  # fmt: skip
OF_THE_OFFICE = frozenset({
    "backup_mark.path", "backup_mark.started_at", "evaluation_run.started_at", "epoch.began_at", "callout_limit.hours",
    "ring_rule.answer_minutes", "badge_design.heading_zh", "badge_design.heading_en", "feedback.start_unit",
    "matter.start_level", "exchange_call.route",
})  # fmt: skip

Found = tuple[str, "fields.Field[object]"]


def inside(schema: Schema, at: str) -> Iterator[Found]:
    """Each field of a schema with its path, those of nested ones too."""
    for name, field in schema.fields.items():
        yield from below(field, f"{at}.{name}")


def below(field: fields.Field[object], at: str) -> Iterator[Found]:
    yield at, field
    if isinstance(field, fields.Nested):
        yield from inside(field.schema, at)
    elif isinstance(field, fields.List):
        yield from below(field.inner, f"{at}[]")


def shapes(schema: Schema) -> Iterator[Schema]:
    """A schema and those nested in it."""
    yield schema
    for _, field in inside(schema, ""):
        if isinstance(field, fields.Nested):
            yield field.schema


def every_act() -> Iterator[Found]:
    for name, mutation in MUTATIONS.items():
        yield from inside(mutation.schema, name)
    for duty in DUTIES:
        yield from inside(duty.correctable, f"{duty.kind}.correct")


def words_of(path: str) -> set[str]:
    return set(path.rpartition(".")[2].removesuffix("[]").split("_"))


def named_like_a_track(paths: Iterable[str]) -> list[str]:
    return sorted(path for path in paths if words_of(path) & NEVER)


def places_of_nothing(paths: Iterable[str], allowed: frozenset[str]) -> list[str]:
    """Positions at another place than the few that are places of things."""
    return sorted(p for p in paths if words_of(p) & WHERE and p not in allowed and p.rpartition(".")[0] not in allowed)


def unknown_numbers(found: Iterable[Found]) -> list[str]:
    """Fields that could hold a number, or anything at all, and stand in no list."""

    def is_known(path: str, field: fields.Field[object]) -> bool:
        if isinstance(field, fields.Nested | fields.List):
            return True
        if path.endswith(".photos[].taken_at") or path in HOW_SURE | NUMBERS | {CHANGES}:
            return True
        return isinstance(field, SAYS_NO_NUMBER) or path.rpartition(".")[0] in PLACES

    return sorted(path for path, field in found if not is_known(path, field))


def columns() -> list[str]:
    return [f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns]


def test_no_act_of_a_phone_has_a_field_for_a_track_a_length_or_a_duration() -> None:
    paths = [path for path, _ in every_act()]
    assert len(paths) > 200 and {path.partition(".")[0] for path in paths} >= {duty.kind for duty in DUTIES}
    assert named_like_a_track(paths) == []


def test_what_has_no_field_does_not_come_in() -> None:
    """An act with a field of its own is refused, and what else goes around the acts is dropped unread."""
    acts = [*(m.schema for m in MUTATIONS.values()), *(duty.correctable for duty in DUTIES)]
    assert {shape.unknown for act in acts for shape in shapes(act)} == {RAISE}
    assert {shape.unknown for shape in shapes(Push())} == {EXCLUDE}


def test_where_something_is_stands_only_with_things_and_in_an_answer_to_a_callout() -> None:
    paths = [path for path, _ in every_act()]
    assert places_of_nothing(paths, PLACES | HOW_SURE) == []
    assert {path for path in PLACES if path not in paths} <= {"places.save"}, "the list names nothing that is gone"


def test_every_number_that_a_phone_sends_is_known() -> None:
    found = list(every_act())
    assert unknown_numbers(found) == []
    assert {*HOW_SURE, *NUMBERS} <= {path for path, _ in found}


def test_what_goes_around_the_acts_has_none_either() -> None:
    paths = [path for path, _ in inside(Push(), "push")]
    assert named_like_a_track(paths) == places_of_nothing(paths, frozenset()) == []


def test_a_patrol_tells_its_check_points_and_nothing_of_the_way() -> None:
    told = {path for path, _ in inside(PatrolReport(), "") if "photos" not in path and "on_behalf" not in path}
    check = {".checks[].place_id", ".checks[].result", ".checks[].at", ".checks[].matters", ".checks[].matters[]"}
    fix = {".checks[].fix", ".checks[].fix.accuracy_m", ".checks[].fix.inside"}
    assert told == {".id", ".grid_id", ".note", ".photo_gap", ".obstructed", ".checks", ".checks[]", *check, *fix}


def test_no_column_keeps_one() -> None:
    kept = columns()
    assert set(named_like_a_track(kept)) == OF_THE_OFFICE
    assert {name for name in kept if words_of(name) & WHERE} == COLUMNS_OF_THINGS
    patrol = {name for name in kept if name.startswith(("patrol.", "patrol_check."))}
    of_check = {"patrol_id", "place_id", "position", "result", "at", "matters", "accuracy_m", "inside"}
    of_patrol = {"record_id", "planned", "looked_at", "note"}
    assert patrol == {*(f"patrol_check.{n}" for n in of_check), *(f"patrol.{n}" for n in of_patrol)}


def test_a_number_with_a_fraction_is_kept_of_places_alone() -> None:
    """Longitude and latitude are the only ones that anything of a phone's is stored in."""
    tables = (
        "patrol",
        "patrol_check",
        "record",
        "record_step",
        "record_photo",
        "mutation_log",
        "outbox_lane",
        "announced",
    )
    for name in tables:
        for column in Base.metadata.tables[name].columns:
            assert not isinstance(column.type, sa.Float | sa.Numeric), f"{name}.{column.name}"


class Planted(Schema):
    """What must never be: found by each of the guards."""

    duration_s = Whole(0, 10)
    track = fields.List(fields.Nested(lambda: Spot()))
    pulse = Whole(0, 300)
    anything = fields.Raw()
    seen_at = Instant()


class Spot(Schema):
    lng = Number(-180, 180)
    lat = Number(-90, 90)


@pytest.mark.parametrize(
    "path", ["patrols.report.walked_length", "visits.report.online", "patrol.gps", "record.started_at"]
)
def test_a_planted_name_is_found(path: str) -> None:
    assert named_like_a_track([path]) == [path]


def test_planted_fields_are_found_however_deep() -> None:
    found = list(inside(Planted(), "patrols.report"))
    paths = [path for path, _ in found]
    assert named_like_a_track(paths) == [f"patrols.report.{n}" for n in ("duration_s", "track", "track[]")]
    assert places_of_nothing(paths, PLACES) == ["patrols.report.track[].lat", "patrols.report.track[].lng"]
    numbers = ("anything", "duration_s", "pulse", "seen_at", "track[].lat", "track[].lng")
    assert unknown_numbers(found) == [f"patrols.report.{n}" for n in numbers]
