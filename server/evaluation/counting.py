"""What one indicator makes of its rows: which count and as what, the share of its maximum, the formula with the numbers put in.

Pure. ``docs/evaluation_facts.md`` describes it for a second implementation; the phone has one (``static/src/evaluation``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from server.evaluation.facts import Row
from server.evaluation.rule_set import Indicator, number, show

ZERO, ONE = Fraction(0), Fraction(1)
Source = tuple[Row, str]


@dataclass(frozen=True, slots=True)
class Setting:
    """What an indicator is counted under: its maximum after sharing out, coefficients other than 1, days due per day in post."""

    maximum: Fraction
    coefficients: Sequence[Fraction] = ()
    days_due: Fraction = ONE
    days_present: Fraction = ONE

    @property
    def factor(self) -> Fraction:
        """What every count is multiplied by, so that who was in post for half the days is asked for half."""
        return self.days_due / self.days_present if 0 < self.days_present < self.days_due else ONE

    @property
    def multiplier(self) -> Fraction:
        product = ONE
        for coefficient in self.coefficients:
            product *= coefficient
        return product

    @property
    def times(self) -> str:
        return "".join(f" × {show(coefficient)}" for coefficient in self.coefficients)

    @property
    def prorated(self) -> str:
        return f" × {show(self.days_due)} ÷ {show(self.days_present)}" if self.factor != ONE else ""


@dataclass(frozen=True, slots=True)
class Count:
    """``have``: how many rows could be decided. ``share`` of the maximum and ``formula`` wait for the maximum; both are asked
    only where ``have`` reaches what the indicator needs."""

    have: int
    sources: Sequence[Source]
    numbers: Mapping[str, str] = field(default_factory=dict)
    points: Callable[[Setting], Fraction] | None = None
    formula: Callable[[Setting], str] | None = None


def selected(indicator: Indicator, rows: Iterable[Row]) -> Iterator[Row]:
    """Rows of its categories and levels; marks without named categories are those given for the indicator itself."""
    categories = indicator.categories
    if indicator.type == "manual_mark" and not categories:
        categories = frozenset([indicator.code])
    for row in rows:
        if (not categories or row.category in categories) and (not indicator.levels or row.level in indicator.levels):
            yield row


def fulfilled(row: Row) -> bool:
    return row.outcome in ("met", "pending")


def pace(indicator: Indicator, row: Row) -> str:
    """``met`` within the deadline, ``late`` beyond it or never done, ``no_clock`` where the row cannot tell."""
    if not fulfilled(row):
        return "late"
    limit, unit = indicator.within, indicator.within_unit
    if limit is None:
        if row.allowed is None or row.allowed_unit is None:
            return "no_clock"
        limit, unit = number(row.allowed), row.allowed_unit
    took = (row.took or {}).get(unit)
    if took is None:
        return "no_clock"
    if unit in indicator.grace:
        limit += indicator.grace[unit]
    return "met" if number(took) <= limit else "late"


def count(indicator: Indicator, rows: Iterable[Row]) -> Count:
    """What the indicator makes of all rows of its fact, in their order."""
    return COUNTERS[indicator.type](indicator, list(selected(indicator, rows)))


def _judged(rows: Sequence[Row], judge: Callable[[Row], str]) -> list[Source]:
    """Each row with what it counts as; a neutral one with its reason, whatever else it says."""
    return [(row, (row.why or "neutral") if row.outcome == "neutral" else judge(row)) for row in rows]


def _how_many(sources: Sequence[Source], *as_: str) -> int:
    return sum(1 for _, counted in sources if counted in as_)


def _part_of(part: Fraction, whole: Fraction, have: int, sources: Sequence[Source]) -> Count:
    """A share of the maximum in proportion."""

    def points(setting: Setting) -> Fraction:
        return min(setting.maximum, setting.maximum * part / whole * setting.multiplier)

    def formula(setting: Setting) -> str:
        return _capped(setting, f"{show(setting.maximum)} × {show(part)} ÷ {show(whole)}")

    numbers = {"part": show(part), "whole": show(whole)}
    return Count(have, sources, numbers, points, formula) if whole else Count(0, sources)


def _capped(setting: Setting, text: str) -> str:
    return f"min({show(setting.maximum)}, {text}{setting.times})" if setting.coefficients else text


def _outcome(row: Row) -> str:
    return "met" if fulfilled(row) else "unmet"


def _checked(row: Row) -> str:
    return row.check or "unchecked"


def _ratio(sources: Sequence[Source], good: str, bad: str) -> Count:
    part = _how_many(sources, good)
    whole = part + _how_many(sources, bad)
    return _part_of(Fraction(part), Fraction(whole), whole, sources)


def _ratio_linear(indicator: Indicator, rows: Sequence[Row]) -> Count:
    return _ratio(_judged(rows, _outcome), "met", "unmet")


def _quality(indicator: Indicator, rows: Sequence[Row]) -> Count:
    return _ratio(_judged(rows, _checked), "ok", "bad")


def _timeliness(indicator: Indicator, rows: Sequence[Row]) -> Count:
    sources = _judged(rows, lambda row: pace(indicator, row))
    have = _how_many(sources, "met", "late")
    if not indicator.weights:
        return _part_of(Fraction(_how_many(sources, "met")), Fraction(have), have, sources)
    weighed = [(indicator.weights.get(row.level or "", ONE), as_) for row, as_ in sources if as_ in ("met", "late")]
    part = sum((weight for weight, as_ in weighed if as_ == "met"), ZERO)
    return _part_of(part, sum((weight for weight, _ in weighed), ZERO), have, sources)


def _training(indicator: Indicator, rows: Sequence[Row]) -> Count:
    sources = _judged(rows, _outcome)
    passed = {row.category for row, as_ in sources if as_ == "met"}
    offered = {row.category for row, as_ in sources if as_ in ("met", "unmet")}
    return _part_of(Fraction(len(passed)), Fraction(len(offered)), len(offered), sources)


def _ratio_tiered(indicator: Indicator, rows: Sequence[Row]) -> Count:
    sources = _judged(rows, _outcome)
    part = _how_many(sources, "met")
    whole = part + _how_many(sources, "unmet")
    if not whole:
        return Count(0, sources)
    share, sign = Fraction(part, whole), "≥" if indicator.inclusive else ">"
    reached = next(
        (tier for tier in indicator.tiers if share > tier[0] or (indicator.inclusive and share == tier[0])), None
    )
    earned = reached[1] if reached else ZERO

    def points(setting: Setting) -> Fraction:
        return min(setting.maximum, earned * setting.maximum / indicator.max * setting.multiplier)

    def formula(setting: Setting) -> str:
        if reached is None:
            return f"{part} ÷ {whole}: 0"
        scaled = f" × {show(setting.maximum)} ÷ {show(indicator.max)}" if setting.maximum != indicator.max else ""
        return f"{part} ÷ {whole} {sign} {show(reached[0])}: " + _capped(setting, f"{show(earned)}{scaled}")

    return Count(whole, sources, {"part": str(part), "whole": str(whole)}, points, formula)


def _threshold(indicator: Indicator, rows: Sequence[Row]) -> Count:
    by_share = indicator.told["of"] == "share"
    by_check = not by_share and indicator.counts == "verified"
    sources = _judged(rows, _verified if by_check else _outcome)
    part = _how_many(sources, "met", "ok")
    whole = part + _how_many(sources, "unmet", "bad")
    if by_share and not whole:
        return Count(0, sources)

    def reached(setting: Setting) -> Fraction:
        return Fraction(part, whole) if by_share else part * setting.factor

    def points(setting: Setting) -> Fraction:
        share = reached(setting)
        if share < indicator.target:
            share = share / indicator.target if indicator.told["below"] == "pro_rata" else ZERO
        else:
            share = ONE
        return min(setting.maximum, setting.maximum * share * setting.multiplier)

    def formula(setting: Setting) -> str:
        got = f"{part} ÷ {whole}" if by_share else f"{part}{setting.prorated}"
        target, most = show(indicator.target), show(setting.maximum)
        if reached(setting) >= indicator.target:
            return f"{got} ≥ {target}: {_capped(setting, most)}"
        if indicator.told["below"] == "zero":
            return f"{got} < {target}: 0"
        return f"{got} < {target}: " + _capped(setting, f"{most} × {got} ÷ {target}")

    numbers = {"part": str(part), "whole": str(whole)} if by_share else {"count": str(part)}
    return Count(whole, sources, numbers, points, formula)


def _verified(row: Row) -> str:
    if row.outcome == "unmet":
        return "unmet"
    return _checked(row)


def _satisfaction(indicator: Indicator, rows: Sequence[Row]) -> Count:
    def judge(row: Row) -> str:
        if not row.drawn:
            return "not_drawn"
        return "mark" if row.value is not None else "unchecked"

    sources = _judged(rows, judge)
    low, high = indicator.scale_from, indicator.scale
    marks = [min(high, max(low, number(row.value or "0"))) for row, as_ in sources if as_ == "mark"]
    if not marks:
        return Count(0, sources)
    mean = sum(marks, ZERO) / len(marks)

    def points(setting: Setting) -> Fraction:
        return min(setting.maximum, setting.maximum * (mean - low) / (high - low) * setting.multiplier)

    def formula(setting: Setting) -> str:
        above = (
            f"({show(mean)} − {show(low)}) ÷ ({show(high)} − {show(low)})" if low else f"{show(mean)} ÷ {show(high)}"
        )
        return _capped(setting, f"{show(setting.maximum)} × {above}")

    return Count(len(marks), sources, {"mean": show(mean), "marks": str(len(marks))}, points, formula)


def _manual_mark(indicator: Indicator, rows: Sequence[Row]) -> Count:
    def judge(row: Row) -> str:
        if row.rater not in indicator.raters:
            return "other_rater"
        if row.value is None:
            return "unchecked"
        return "mark" if row.reason else "no_reason"

    sources = _judged(rows, judge)
    given: dict[str, list[Fraction]] = {}
    for row, as_ in sources:
        if as_ == "mark":
            given.setdefault(row.rater or "", []).append(min(indicator.scale, max(ZERO, number(row.value or "0"))))
    means = {rater: sum(given[rater], ZERO) / len(given[rater]) for rater in sorted(given)}
    weight = sum((indicator.raters[rater] for rater in means), ZERO)
    if not weight:
        return Count(0, sources)
    mark = sum((mean * indicator.raters[rater] for rater, mean in means.items()), ZERO) / weight

    def points(setting: Setting) -> Fraction:
        return min(setting.maximum, setting.maximum * mark / indicator.scale * setting.multiplier)

    def formula(setting: Setting) -> str:
        weighed = [f"{show(mean)} × {show(indicator.raters[rater])}" for rater, mean in means.items()]
        shown = f"({' + '.join(weighed)}) ÷ {show(weight)}" if len(means) > 1 else show(mark)
        return _capped(setting, f"{show(setting.maximum)} × {shown} ÷ {show(indicator.scale)}")

    numbers = {f"rater.{rater}": show(mean) for rater, mean in means.items()}
    return Count(sum(map(len, given.values())), sources, {**numbers, "mark": show(mark)}, points, formula)


def _summed(indicator: Indicator, sources: Sequence[Source]) -> tuple[Fraction, str]:
    """The sum over rows counted, and how it is written: as many of each weight, weights by their key."""
    counted = [row for row, as_ in sources if as_ == "counted"]
    if indicator.each is not None:
        return len(counted) * indicator.each, f"{len(counted)} × {show(indicator.each)}"
    tally: dict[str, int] = {}
    for row in counted:
        tally[_weight_key(indicator, row)] = tally.get(_weight_key(indicator, row), 0) + 1
    total = sum((times * indicator.weights[key] for key, times in tally.items()), ZERO)
    terms = [f"{tally[key]} × {show(indicator.weights[key])}" for key in sorted(tally)]
    return total, " + ".join(terms) or "0"


def _weight_key(indicator: Indicator, row: Row) -> str:
    return (row.category if indicator.weigh_by == "category" else row.level) or ""


def _weighs(indicator: Indicator, row: Row) -> bool:
    return indicator.each is not None or _weight_key(indicator, row) in indicator.weights


def _count_capped(indicator: Indicator, rows: Sequence[Row]) -> Count:
    def judge(row: Row) -> str:
        if row.outcome == "unmet":
            return "unmet"
        if indicator.counts != "met" and row.check != "ok":
            return _checked(row)
        if indicator.counts == "in_time" and (found := pace(indicator, row)) != "met":
            return found
        return "counted" if _weighs(indicator, row) else "no_weight"

    sources = _judged(rows, judge)
    total, terms = _summed(indicator, sources)

    def points(setting: Setting) -> Fraction:
        scaled = total * setting.factor * setting.maximum / indicator.max
        return min(setting.maximum, scaled * setting.multiplier)

    def formula(setting: Setting) -> str:
        scaled = f" × {show(setting.maximum)} ÷ {show(indicator.max)}" if setting.maximum != indicator.max else ""
        return f"min({show(setting.maximum)}, ({terms}){setting.prorated}{scaled}{setting.times})"

    have = sum(1 for row in rows if row.outcome != "neutral")
    return Count(have, sources, {"sum": show(total)}, points, formula)


def _deduction(indicator: Indicator, rows: Sequence[Row]) -> Count:
    def judge(row: Row) -> str:
        happened = "late" if indicator.counts == "late" else "unmet"
        found = pace(indicator, row) if indicator.counts == "late" else _outcome(row)
        if found != happened:
            return found
        if indicator.told["needs_finding"] and not row.finding:
            return "no_finding"
        return "counted" if _weighs(indicator, row) else "no_weight"

    return _limited(indicator, _judged(rows, judge), -1)


def _bonus(indicator: Indicator, rows: Sequence[Row]) -> Count:
    def judge(row: Row) -> str:
        if not fulfilled(row):
            return "unmet"
        if not row.approver or not row.evidence:
            return "no_approval"
        return "counted" if _weighs(indicator, row) else "no_weight"

    sources = _judged(rows, judge)
    if indicator.told.get("best_of_subject"):
        sources = _best_of_subject(indicator, sources)
    return _limited(indicator, sources, 1)


def _best_of_subject(indicator: Indicator, sources: Sequence[Source]) -> list[Source]:
    """Of several levels for one subject the highest weight counts, the first of equals."""
    best: dict[str, Row] = {}
    for row, as_ in sources:
        if as_ == "counted" and row.subject is not None:
            known = best.get(row.subject)
            if known is None or _weight(indicator, row) > _weight(indicator, known):
                best[row.subject] = row
    return [
        (row, "lower_level" if as_ == "counted" and row.subject is not None and best[row.subject] is not row else as_)
        for row, as_ in sources
    ]


def _weight(indicator: Indicator, row: Row) -> Fraction:
    return indicator.each if indicator.each is not None else indicator.weights[_weight_key(indicator, row)]


def _limited(indicator: Indicator, sources: Sequence[Source], sign: int) -> Count:
    total, terms = _summed(indicator, sources)
    minus = "−" if sign < 0 else ""

    def points(setting: Setting) -> Fraction:
        return sign * min(indicator.limit, total * setting.multiplier)

    def formula(setting: Setting) -> str:
        return f"{minus}min({show(indicator.limit)}, ({terms}){setting.times})"

    return Count(_how_many(sources, "counted"), sources, {"sum": show(total)}, points, formula)


COUNTERS: Mapping[str, Callable[[Indicator, Sequence[Row]], Count]] = {
    "count_capped": _count_capped,
    "ratio_linear": _ratio_linear,
    "ratio_tiered": _ratio_tiered,
    "threshold": _threshold,
    "timeliness": _timeliness,
    "quality": _quality,
    "satisfaction": _satisfaction,
    "manual_mark": _manual_mark,
    "training": _training,
    "deduction": _deduction,
    "bonus": _bonus,
}
