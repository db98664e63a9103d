"""A rule set ready for scoring: what the JSON says, with exact rationals; refuses what contradicts itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

Told = Mapping[str, Any]

RULES_FORMAT = "gridwalk/rules/1"
BASE_TYPES = (
    "count_capped",
    "ratio_linear",
    "ratio_tiered",
    "threshold",
    "timeliness",
    "quality",
    "satisfaction",
    "manual_mark",
    "training",
)
"""Types that earn points up to their ``max``; the others take, add, cap or propose."""
LINE_TYPES = (*BASE_TYPES, "deduction", "bonus")
MILLION = 10**6
MONTHS = tuple(f"{month:02}" for month in range(1, 13))

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a rule set or a facts file. ``where``: code of the indicator, or a path."""

    code: str
    where: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


class Refused(ValueError):
    """A rule set or a facts file that cannot be used; ``faults`` says why, every one that was found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.code} {fault.where}".strip() for fault in faults))
        self.faults = tuple(faults)


def number(text: str) -> Fraction:
    """A decimal string as an exact rational. Raises Refused for anything else, also for a JSON number."""
    if not isinstance(text, str):
        raise Refused([Fault("bad_number", values={"value": str(text)[:40]})])
    return _fraction(text)


@lru_cache(4096)
def _fraction(text: str) -> Fraction:
    if not _NUMBER.fullmatch(text):
        raise Refused([Fault("bad_number", values={"value": text[:40]})])
    return Fraction(text)


@dataclass(frozen=True, slots=True)
class Grade:
    code: str
    at_least: Fraction | None


@dataclass(frozen=True, slots=True)
class Group:
    code: str
    limit: Fraction | None
    floor: Fraction | None


@dataclass(frozen=True, slots=True)
class Coefficient:
    code: str
    by: str
    values: Mapping[str, Fraction]
    applies_to: frozenset[str]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator; what its type does not know keeps its default. ``told`` is its JSON, for titles and words."""

    code: str
    type: str
    told: Told
    group: str = ""
    fact: str = ""
    categories: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    max: Fraction = Fraction(0)
    limit: Fraction = Fraction(0)
    need: int = 1
    neutral: Fraction | None = None
    each: Fraction | None = None
    weights: Mapping[str, Fraction] = field(default_factory=dict)
    weigh_by: str = "level"
    counts: str = ""
    within: Fraction | None = None
    within_unit: str = ""
    grace: Mapping[str, Fraction] = field(default_factory=dict)
    tiers: Sequence[tuple[Fraction, Fraction]] = ()
    inclusive: bool = True
    target: Fraction = Fraction(0)
    scale: Fraction = Fraction(0)
    scale_from: Fraction = Fraction(0)
    raters: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def earns(self) -> bool:
        return self.type in BASE_TYPES


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """A whole rule set, itself alone its equal. ``grades`` from best to lowest."""

    told: Told
    role: str
    period: str
    places: int
    start: Fraction
    least: Fraction | None
    most: Fraction | None
    min_days: Fraction
    groups: Sequence[Group]
    grades: Sequence[Grade]
    coefficients: Sequence[Coefficient]
    indicators: Sequence[Indicator]

    def rank(self, grade: str) -> int:
        """0 is the best grade. Raises KeyError for a grade of another set."""
        for rank, known in enumerate(self.grades):
            if known.code == grade:
                return rank
        raise KeyError(grade)


def compiled(told: Told) -> RuleSet:
    """A rule set that keeps to the schema, ready for ``score``. Raises Refused with every contradiction found."""
    faults = list(contradictions(told))
    if faults:
        raise Refused(faults)
    optional = {name: number(told[name]) if name in told else None for name in ("min", "max")}
    with_start = sorted(
        (grade for grade in told["grades"] if "from" in grade), key=lambda grade: -number(grade["from"])
    )
    lowest = [grade for grade in told["grades"] if "from" not in grade]
    return RuleSet(
        told=told,
        role=told["role"],
        period=told["period"],
        places=int(told["places"]),
        start=number(told.get("start", "0")),
        least=optional["min"],
        most=optional["max"],
        min_days=number(told.get("min_days", "0")),
        groups=[_group(group) for group in told["groups"]],
        grades=[Grade(each["code"], number(each["from"]) if "from" in each else None) for each in with_start + lowest],
        coefficients=[_coefficient(each) for each in told.get("coefficients", [])],
        indicators=[_indicator(each) for each in told["indicators"]],
    )


def _group(told: Told) -> Group:
    limits = [number(told[name]) if name in told else None for name in ("max", "min")]
    return Group(told["code"], *limits)


def _coefficient(told: Told) -> Coefficient:
    return Coefficient(told["code"], told["by"], _numbers(told["values"]), frozenset(told["applies_to"]))


def _numbers(told: Mapping[str, str]) -> dict[str, Fraction]:
    return {key: number(value) for key, value in told.items()}


def _indicator(told: Told) -> Indicator:
    neutral = told.get("neutral", "drop")
    tiers = sorted(_numbers(told.get("tiers", {})).items(), key=lambda tier: -number(tier[0]))
    return Indicator(
        code=told["code"],
        type=told["type"],
        told=told,
        group=told.get("group", ""),
        fact=told.get("fact", ""),
        categories=frozenset(told.get("categories", told.get("required", ()))),
        levels=frozenset(told.get("levels", ())),
        max=number(told.get("max", "0")),
        limit=number(told.get("limit", "0")),
        need=int(told.get("min_den", told.get("min_n", "1"))),
        neutral=None if neutral == "drop" else number(neutral),
        each=number(told["each"]) if "each" in told else None,
        weights=_numbers(told.get("weights", {})),
        weigh_by=told.get("weigh_by", "level"),
        counts=told.get("counts", "verified"),
        within=number(told["within"]) if "within" in told else None,
        within_unit=told.get("within_unit", ""),
        grace=_numbers(told.get("grace", {})),
        tiers=[(number(reached), points) for reached, points in tiers],
        inclusive=told.get("inclusive", "at") == "at",
        target=number(told.get("target", "0")),
        scale=number(told.get("scale", "0")),
        scale_from=number(told.get("scale_from", "0")),
        raters=_numbers(told.get("raters", {})),
    )


def contradictions(told: Told) -> Iterator[Fault]:
    """What no schema can say: codes used twice or not there, a scale of zero, tiers that fall, limits out of reach."""
    yield from _dates(told)
    yield from _twice("code_twice", [each["code"] for each in (*told["groups"], *told["indicators"])])
    yield from _twice("code_twice", [each["code"] for each in told.get("coefficients", [])])
    yield from _grades(told)
    yield from _limits(told)
    yield from _places(told, told, "")
    for group in told["groups"]:
        yield from _places(told, group, group["code"])
    groups = {group["code"] for group in told["groups"]}
    grades = {grade["code"] for grade in told["grades"]}
    for indicator in told["indicators"]:
        code = indicator["code"]
        if "group" in indicator and indicator["group"] not in groups:
            yield Fault("unknown_group", code, {"group": indicator["group"]})
        if "grade" in indicator and indicator["grade"] not in grades:
            yield Fault("unknown_grade", code, {"grade": indicator["grade"]})
        yield from (Fault(fault, code) for fault in _of_one(indicator))
        yield from _places(told, indicator, code)
    for coefficient in told.get("coefficients", []):
        yield from _coefficients(coefficient, groups | {each["code"] for each in told["indicators"]})


def _dates(told: Told) -> Iterator[Fault]:
    days = {}
    for name in ("valid_from", "valid_to"):
        try:
            days[name] = date.fromisoformat(told[name]) if name in told else None
        except ValueError:
            yield Fault("no_such_day", name, {"value": told[name]})
            return
    first, last = days["valid_from"], days["valid_to"]
    if first and last and last < first:
        yield Fault("ends_before_it_begins", "valid_to")


def _twice(fault: str, codes: Sequence[str]) -> Iterator[Fault]:
    yield from (Fault(fault, code) for code, times in Counter(codes).items() if times > 1)


def _grades(told: Told) -> Iterator[Fault]:
    yield from _twice("code_twice", [grade["code"] for grade in told["grades"]])
    starts = [number(grade["from"]) for grade in told["grades"] if "from" in grade]
    if len(set(starts)) < len(starts):
        yield Fault("two_grades_from_one_score", "grades")
    if told["grades"] and len(told["grades"]) - len(starts) != 1:
        yield Fault("one_lowest_grade", "grades")


def _limits(told: Told) -> Iterator[Fault]:
    if "min" in told and "max" in told and number(told["min"]) > number(told["max"]):
        yield Fault("limits_crossed", "max")
    if told["role"] != "full_time_worker" and "legal_basis" not in told:
        yield Fault("legal_basis_missing", "legal_basis")
    for group in told["groups"]:
        inside = [each for each in told["indicators"] if each.get("group") == group["code"]]
        earned = sum((number(each["max"]) for each in inside if "max" in each), Fraction(0))
        if not inside:
            yield Fault("empty_group", group["code"])
        elif "max" in group and earned and not 0 < number(group["max"]) <= earned:
            yield Fault("group_out_of_reach", group["code"], {"sum": show(earned)})
        if "max" in group and "min" in group and number(group["min"]) > number(group["max"]):
            yield Fault("limits_crossed", group["code"])
    reach = number(told.get("start", "0")) + full_marks(told)
    if "base_score" in told and number(told["base_score"]) != reach:
        yield Fault("base_score_differs", "base_score", {"sum": show(reach)})


def full_marks(told: Told) -> Fraction:
    """What can be earned without bonus, beyond what everybody starts with."""
    total = Fraction(0)
    for group in told["groups"]:
        inside = [each for each in told["indicators"] if each.get("group") == group["code"] and "max" in each]
        earned = sum((number(each["max"]) for each in inside), Fraction(0))
        total += min(earned, number(group["max"])) if "max" in group else earned
    return total


def _of_one(told: Told) -> Iterator[str]:
    type_ = told["type"]
    if type_ in BASE_TYPES and number(told["max"]) == 0:
        yield "max_is_zero"
    if type_ in ("satisfaction", "manual_mark") and number(told["scale"]) <= number(told.get("scale_from", "0")):
        yield "scale_is_empty"
    if type_ == "manual_mark" and not any(number(weight) for weight in told["raters"].values()):
        yield "weights_are_zero"
    if type_ == "threshold":
        target = number(told["target"])
        if target == 0 or (told["of"] == "share" and target > 1):
            yield "target_out_of_range"
    if type_ == "ratio_tiered":
        yield from _tiers(told)
    if type_ == "streak" and int(told["periods"]) < 1:
        yield "no_periods"


def _tiers(told: Told) -> Iterator[str]:
    tiers = sorted((number(reached), number(points)) for reached, points in told["tiers"].items())
    points = [each for _, each in tiers]
    if len({reached for reached, _ in tiers}) < len(tiers) or points != sorted(points):
        yield "tiers_fall"
    if points[-1] != number(told["max"]):
        yield "tiers_miss_max"
    if told["inclusive"] == "above" and tiers[-1][0] == 1:
        yield "tier_unreachable"


def _places(told: Told, part: Told, where: str) -> Iterator[Fault]:
    unit = Fraction(1, 10 ** int(told["places"]))
    for name in ("start", "min", "max", "limit"):
        if name in part and number(part[name]) % unit:
            yield Fault("finer_than_places", where, {"field": name})


def _coefficients(told: Told, known: set[str]) -> Iterator[Fault]:
    for code in told["applies_to"]:
        if code not in known:
            yield Fault("applies_to_nothing", told["code"], {"code": code})
    for key in told["values"]:
        if told["by"] == "month" and key not in MONTHS:
            yield Fault("no_such_month", told["code"], {"value": key})


def show(value: Fraction) -> str:
    """A rational for people: a decimal where six places say it exactly, else a fraction in brackets."""
    top, bottom = value.numerator, value.denominator
    if bottom == 1:
        return str(top)
    if MILLION % bottom:
        return f"({top}/{bottom})"
    whole, rest = divmod(abs(top) * (MILLION // bottom), MILLION)
    text = f"{whole}.{rest:06}".rstrip("0")
    return f"-{text}" if top < 0 else text
