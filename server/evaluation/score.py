"""``score(facts, rule_set) → sheet``: pure, exact, each line rounded once; the same bytes wherever it is computed.

The sheet is described in ``docs/evaluation_facts.md``. Nothing here decides about a person: vetoes and streaks become
proposals, and a grade with an open objection is no grade.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from server.evaluation.canonical import digest
from server.evaluation.counting import ONE, ZERO, Count, Setting, count, selected
from server.evaluation.facts import Facts, Row, began, source_of
from server.evaluation.rule_set import LINE_TYPES, Fault, Group, Indicator, Refused, RuleSet, number, show

SHEET_FORMAT = "gridwalk/sheet/1"
Sheet = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """An indicator with its rows counted; ``state`` says whether it takes part."""

    indicator: Indicator
    count: Count
    state: str

    @property
    def drops_out(self) -> bool:
        return self.state in ("no_opportunity", "too_few")


def score(facts: Facts, rules: RuleSet, rules_hash: str | None = None, facts_hash: str | None = None) -> Sheet:
    """The sheet of one person and period. Hashes are computed unless they are known.

    Raises Refused for facts of another role or kind of period, and for a number that is none.
    """
    _fits(facts, rules)
    rows = {name: sorted(stream, key=source_of) for name, stream in facts.facts.items()}
    counted = [_counted(each, rows.get(each.fact, ())) for each in rules.indicators if each.type in LINE_TYPES]
    due, present = number(facts.days_due), number(facts.days_present)
    gone = frozenset(each.indicator.code for each in counted if each.indicator.earns and each.drops_out)
    maxima, caps = shared_out(rules, gone)
    lines, sums = [], dict.fromkeys((group.code for group in rules.groups), ZERO)
    for each in counted:
        multipliers = _coefficients(rules, each.indicator, facts)
        setting = Setting(maxima.get(each.indicator.code, ZERO), multipliers, due, present)
        line, points = _line(each, setting, rules.places, each.indicator.code in facts.disputed)
        lines.append(line)
        sums[each.indicator.group] += points
    groups = [_group(group, sums[group.code], caps[group.code]) for group in rules.groups]
    total = rules.start + sum((points for _, points in groups), ZERO)
    total = _within(total, rules.least, rules.most)
    vetoes = _vetoes(rules, rows)
    status = _status(facts, rules, counted, [*lines, *vetoes])
    grade = _grade(rules, total, [veto["grade"] for veto in vetoes]) if status == "graded" else None
    return {
        "format": SHEET_FORMAT,
        "person": facts.person,
        "period": facts.period.as_json(),
        "rule_set": rules_hash or digest(rules.told),
        "facts": facts_hash or digest(facts.as_json()),
        "status": status,
        "lines": lines,
        "groups": [line for line, _ in groups],
        "start": show(rules.start),
        "total": None if status == "nothing" else show(total),
        "grade": grade,
        "vetoes": vetoes,
        "proposals": [*_veto_proposals(vetoes), *_streaks(rules, facts, grade)],
    }


def _fits(facts: Facts, rules: RuleSet) -> None:
    faults = []
    if facts.role != rules.role:
        faults.append(Fault("other_role", "person", {"role": facts.role}))
    if facts.period.type != rules.period:
        faults.append(Fault("other_period", "period", {"period": facts.period.type}))
    if faults:
        raise Refused(faults)


def _counted(indicator: Indicator, rows: Sequence[Row]) -> Counted:
    found = count(indicator, rows)
    if not indicator.earns or (indicator.type == "count_capped" and (found.have or indicator.told["none"] == "zero")):
        return Counted(indicator, found, "scored")
    if found.points is not None and found.have >= indicator.need:
        return Counted(indicator, found, "scored")
    if indicator.neutral is not None:
        return Counted(indicator, found, "neutral")
    return Counted(indicator, found, "too_few" if found.have else "no_opportunity")


@lru_cache(maxsize=512)
def shared_out(
    rules: RuleSet, gone: frozenset[str]
) -> tuple[Mapping[str, Fraction], Mapping[str, tuple[Fraction | None, bool]]]:
    """Maximum of each line, and cap of each group with whether it earns, after what drops out (``gone``) is shared out.

    In whole units of the last place: what is given is the difference of rounded running sums, so that nothing is lost. Lines
    of a group with a limit of its own take over only what they need to reach that limit. The same for all whose lines drop
    out alike, and so reckoned once.
    """
    own: dict[str, Fraction] = {}
    alive: dict[str, list[Indicator]] = {}
    for each in rules.indicators:
        if each.earns:
            own[each.group] = own.get(each.group, ZERO) + each.max
            if each.code not in gone:
                alive.setdefault(each.group, []).append(each)
    limits = {group.code: group.limit for group in rules.groups}
    whole = {code: own[code] if limits[code] is None else min(own[code], limits[code] or ZERO) for code in own}
    taking = [group.code for group in rules.groups if group.code in alive]
    given = dict(
        zip(
            taking, _apportioned(sum(whole.values(), ZERO), [whole[code] for code in taking], rules.places), strict=True
        )
    )
    maxima: dict[str, Fraction] = {}
    for code, indicators in alive.items():
        reach = max(whole[code], sum((indicator.max for indicator in indicators), ZERO))
        total = rounded(reach * given[code] / whole[code], rules.places)
        parts = _apportioned(total, [indicator.max for indicator in indicators], rules.places)
        maxima.update(zip((indicator.code for indicator in indicators), parts, strict=True))
    caps = {
        group.code: (given.get(group.code, ZERO) if group.code in own else group.limit, group.limit is not None)
        for group in rules.groups
    }
    return maxima, caps


def _apportioned(total: Fraction, weights: Sequence[Fraction], places: int) -> list[Fraction]:
    whole, running, before, parts = sum(weights, ZERO), ZERO, ZERO, []
    for weight in weights:
        running += weight
        after = rounded(total * running / whole, places)
        parts.append(after - before)
        before = after
    return parts


def rounded(value: Fraction, places: int) -> Fraction:
    """To ``places``, halves away from zero (四舍五入)."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**places)


def _coefficients(rules: RuleSet, indicator: Indicator, facts: Facts) -> list[Fraction]:
    """Those that touch the indicator and are not 1; a period of several months takes the mean of its months."""
    found = []
    for coefficient in rules.coefficients:
        if indicator.code not in coefficient.applies_to and indicator.group not in coefficient.applies_to:
            continue
        if coefficient.by == "area_kind":
            value = coefficient.values.get(facts.area_kind or "", ONE)
        else:
            months = _months(facts.period.start, facts.period.end)
            value = sum((coefficient.values.get(month, ONE) for month in months), ZERO) / len(months)
        if value != ONE:
            found.append(value)
    return found


def _months(start: str, end: str) -> list[str]:
    """Each month that the period touches, ``01`` … ``12``."""
    first, last = (int(day[:4]) * 12 + int(day[5:7]) - 1 for day in (start, end))
    return [f"{month % 12 + 1:02}" for month in range(first, last + 1)]


def _line(each: Counted, setting: Setting, places: int, disputed: bool) -> tuple[Sheet, Fraction]:
    indicator, found = each.indicator, each.count
    exact, formula = _points(each, setting)
    points = rounded(exact, places)
    numbers = dict(found.numbers)
    if indicator.earns:
        numbers.update(have=str(found.have), need=str(indicator.need))
    if setting.factor != ONE and indicator.type in ("count_capped", "threshold"):
        numbers.update(days_due=show(setting.days_due), days_present=show(setting.days_present))
    own = indicator.max if indicator.earns else indicator.limit
    line = {
        "indicator": indicator.code,
        "group": indicator.group,
        "type": indicator.type,
        "title_zh": indicator.told["title_zh"],
        "title_en": indicator.told["title_en"],
        "clause": indicator.told["clause"],
        "state": each.state,
        "own_max": show(own),
        "max": show(setting.maximum if indicator.earns else own),
        "numbers": numbers,
        "formula": formula,
        "exact": str(exact),
        "points": show(points),
        "sources": [{"kind": row.kind, "id": row.id, "as": as_} for row, as_ in found.sources],
        "disputed": disputed,
    }
    return line, points


def _points(each: Counted, setting: Setting) -> tuple[Fraction, str]:
    short = f"{each.count.have} < {each.indicator.need}"
    if each.drops_out:
        return ZERO, short
    if each.state == "neutral" and each.indicator.neutral is not None:
        share = each.indicator.neutral
        return setting.maximum * share, f"{short}: {show(setting.maximum)} × {show(share)}"
    points, formula = each.count.points, each.count.formula
    assert points is not None and formula is not None  # a line that is scored has both
    return points(setting), formula(setting)


def _group(group: Group, total: Fraction, cap: tuple[Fraction | None, bool]) -> tuple[Sheet, Fraction]:
    most, limits = cap
    points = _within(total, group.floor, most if limits else None)
    told = {"code": group.code, "max": None if most is None else show(most), "sum": show(total), "points": show(points)}
    return told, points


def _within(value: Fraction, least: Fraction | None, most: Fraction | None) -> Fraction:
    if most is not None:
        value = min(value, most)
    return value if least is None else max(value, least)


def _status(facts: Facts, rules: RuleSet, counted: Sequence[Counted], told: Sequence[Sheet]) -> str:
    """``told``: lines and vetoes, each of which may be in dispute."""
    earning = [each for each in counted if each.indicator.earns]
    if number(facts.days_present) < max(ONE, rules.min_days):
        return "too_short"
    if earning and all(each.drops_out for each in earning):
        return "nothing"
    return "disputed" if any(one["indicator"] in facts.disputed for one in told) else "graded"


def _grade(rules: RuleSet, total: Fraction, capped_at: Sequence[str]) -> str | None:
    if not rules.grades:
        return None
    ranks = [rank for rank, grade in enumerate(rules.grades) if grade.at_least is None or total >= grade.at_least]
    return rules.grades[max([ranks[0], *map(rules.rank, capped_at)])].code


def _vetoes(rules: RuleSet, rows: Mapping[str, Sequence[Row]]) -> list[Sheet]:
    """A confirmed finding with its document holds the grade down; a complaint alone has no effect (Art. 14)."""
    found = []
    for indicator in rules.indicators:
        if indicator.type != "veto":
            continue
        confirmed = [
            row for row in selected(indicator, rows.get(indicator.fact, ())) if row.outcome == "unmet" and row.finding
        ]
        if confirmed:
            found.append(
                {
                    "indicator": indicator.code,
                    "clause": indicator.told["clause"],
                    "grade": indicator.told["grade"],
                    "sources": [{"kind": row.kind, "id": row.id, "as": "counted"} for row in confirmed],
                }
            )
    return found


def _veto_proposals(vetoes: Sequence[Sheet]) -> list[Sheet]:
    return [
        _proposal("veto", veto["indicator"], veto["clause"], {"findings": str(len(veto["sources"]))}) for veto in vetoes
    ]


def _proposal(kind: str, indicator: str, clause: str, numbers: Mapping[str, str]) -> Sheet:
    return {"kind": kind, "indicator": indicator, "clause": clause, "numbers": dict(numbers)}


def _streaks(rules: RuleSet, facts: Facts, grade: str | None) -> list[Sheet]:
    """Grades of periods that follow each other without a gap, this one the last."""
    found = []
    for indicator in rules.indicators:
        if indicator.type != "streak" or grade is None:
            continue
        need, reached = int(indicator.told["periods"]), _reaches(rules, indicator)
        periods = _in_a_row(facts, grade, reached)
        if periods >= need:
            numbers = {"periods": str(periods), "need": str(need)}
            found.append(_proposal("streak", indicator.code, indicator.told["clause"], numbers))
    return found


def _reaches(rules: RuleSet, indicator: Indicator) -> Callable[[str], bool]:
    bound, at_most = rules.rank(indicator.told["grade"]), indicator.told["side"] == "at_most"
    ranks = {grade.code: rank for rank, grade in enumerate(rules.grades)}

    def reached(grade: str) -> bool:
        return grade in ranks and (ranks[grade] >= bound if at_most else ranks[grade] <= bound)

    return reached


def _in_a_row(facts: Facts, grade: str, reached: Callable[[str], bool]) -> int:
    if not reached(grade):
        return 0
    periods, begins = 1, facts.period.start
    for past in sorted(facts.history, key=began, reverse=True):
        follows = date.fromisoformat(past.end) + timedelta(days=1) == date.fromisoformat(begins)
        if not follows or not reached(past.grade):
            break
        periods, begins = periods + 1, past.start
    return periods
