"""Random rule sets that contradict nothing, and random histories of a person under them; the same seed, the same pair."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from server.evaluation.facts import REASONS, UNITS, Facts, PastGrade, Period, Row, decimal_string
from server.evaluation.rule_set import BASE_TYPES, full_marks

PERIODS = {
    "month": ("2026-02-01", "2026-02-28"),
    "quarter": ("2026-07-01", "2026-09-30"),
    "half_year": ("2025-10-01", "2026-03-31"),
    "year": ("2026-01-01", "2026-12-31"),
}
# names that a careless look-up would find elsewhere, and such as sort differently by case and sign
CATEGORIES = ("a", "B", "a.1", "constructor", "__proto__", "toString", "Z-9")
LEVELS = ("L1", "L2", "county", "city", "hasOwnProperty")
RATERS = ("leader", "peer", "valueOf")
FACTS = ("visits_due", "tasks", "reports", "external.x", "external.constructor", "marks", "findings")
OUTCOMES = ("met", "met", "met", "pending", "unmet", "unmet", "neutral")
GRADES = ("best", "good", "poor", "last")
EARNING = BASE_TYPES
SHARES = ("0", "0.3", "0.5", "0.8", "1")


def pair(seed: int) -> tuple[dict[str, Any], Facts]:
    """A rule set as JSON, and facts that fit it."""
    rng = Random(seed)
    rules = rule_set(rng)
    return rules, history(rng, rules)


def _decimal(rng: Random, most: int, places: int = 6) -> str:
    return decimal_string(Fraction(rng.randint(1, most * 10**places), 10**places), places)


def rule_set(rng: Random) -> dict[str, Any]:
    places = rng.choice((0, 1, 2, 4))
    groups: list[dict[str, Any]] = [{"code": f"G{number}"} for number in range(rng.randint(1, 4))]
    indicators = []
    for group in groups:
        for _ in range(rng.randint(1, 4)):
            type_ = rng.choice((*EARNING, *EARNING, "deduction", "bonus"))
            indicators.append(_line(rng, f"I{len(indicators)}", type_, group["code"], places))
    _limit_groups(rng, groups, indicators, places)
    grades: list[dict[str, Any]] = []
    if rng.random() < 0.9:
        grades = [{"code": code, "from": str(bound)} for code, bound in zip(GRADES, (80, 50, 20), strict=False)]
        grades.append({"code": "last"})
        rng.shuffle(grades)
        indicators += _consequences(rng)
    rng.shuffle(indicators)
    told: dict[str, Any] = {
        "format": "gridwalk/rules/1", "document_no": "1", "role": "full_time_worker", "areas": [],
        "issuers": [{"kind": "other", "name": "-", "reference": "-"}],
        "period": rng.choice(tuple(PERIODS)), "valid_from": "2025-01-01", "unit_zh": "分", "unit_en": "points",
        "places": str(places), "groups": groups, "grades": grades, "indicators": indicators,
        "coefficients": _coefficients(rng, [each["code"] for each in (*groups, *indicators)]),
    }  # fmt: skip
    if rng.random() < 0.3:
        told.update(start=_decimal(rng, 20, places), min="0", max=_decimal(rng, 200, places))
    if rng.random() < 0.2:
        told["min_days"] = str(rng.randint(0, 10))
    for part in (told, *groups, *grades, *indicators, *told["coefficients"]):
        part.update(title_zh="题", title_en="title")
    for part in (*indicators, *told["coefficients"]):
        part["clause"] = "第“一”条\t\u2028"
    return told


def _limit_groups(rng: Random, groups: list[dict[str, Any]], indicators: list[dict[str, Any]], places: int) -> None:
    for group in groups:
        inside = [each for each in indicators if each.get("group") == group["code"]]
        earned = full_marks({"groups": [group], "indicators": inside})
        if rng.random() < 0.4:
            unit = 10**places
            limit = Fraction(rng.randint(1, int(earned * unit)), unit) if earned else Fraction(5)
            group["max"] = decimal_string(limit)
        if rng.random() < 0.3:
            group["min"] = "0"


def _line(rng: Random, code: str, type_: str, group: str, places: int) -> dict[str, Any]:
    told: dict[str, Any] = {"code": code, "type": type_, "group": group, "fact": rng.choice(FACTS)}
    if type_ in EARNING:
        told["max"] = _decimal(rng, 30, places)
    else:
        told["limit"] = _decimal(rng, 10, places)
    if type_ != "training" and rng.random() < (0.9 if type_ == "manual_mark" else 0.4):
        told["categories"] = rng.sample(CATEGORIES, rng.randint(1, 5))
    if type_ != "training" and rng.random() < 0.2:
        told["levels"] = rng.sample(LEVELS, rng.randint(1, 4))
    least = {"quality": "min_n", "satisfaction": "min_n", "manual_mark": "min_n"}.get(type_, "min_den")
    if type_ in EARNING and type_ not in ("training", "count_capped"):
        if rng.random() < 0.4:
            told[least] = str(rng.randint(0, 4))
        if rng.random() < 0.4:
            told["neutral"] = rng.choice(("drop", *SHARES))
    told.update(_own_keys(rng, type_, told.get("max", "1")))
    return told


def _own_keys(rng: Random, type_: str, most: str) -> dict[str, Any]:
    if type_ == "count_capped":
        return {**_weights(rng), **_within(rng), "counts": rng.choice(("verified", "met", "in_time")),
                "none": rng.choice(("zero", "drop"))}  # fmt: skip
    if type_ == "ratio_tiered":
        tiers = {"0.4": "0", "0.75": decimal_string(Fraction(most) / 3), "0.9": most}
        return {"tiers": tiers, "inclusive": rng.choice(("at", "above"))}
    if type_ == "threshold":
        of = rng.choice(("share", "number"))
        target = "0.85" if of == "share" else str(rng.randint(1, 6))
        return {
            "of": of,
            "target": target,
            "below": rng.choice(("zero", "pro_rata")),
            "counts": rng.choice(("verified", "met")),
        }
    if type_ == "timeliness":
        more = {"weights": {level: rng.choice(("0", "1.5", "2")) for level in LEVELS[:3]}} if rng.random() < 0.5 else {}
        grace = {unit: rng.choice(("0", "0.5", "2")) for unit in UNITS[: rng.randint(0, 3)]}
        return {**more, **_within(rng), **({"grace": grace} if grace else {})}
    if type_ == "satisfaction":
        return {"scale": "5", "scale_from": rng.choice(("0", "1"))}
    if type_ == "manual_mark":
        return {
            "scale": "100",
            "raters": {rater: rng.choice(("0.3", "1", "2")) for rater in RATERS[: rng.randint(1, 3)]},
        }
    if type_ == "training":
        return {"required": rng.sample(CATEGORIES, rng.randint(1, 4))}
    if type_ == "deduction":
        return {
            **_weights(rng),
            **_within(rng),
            "counts": rng.choice(("unmet", "late")),
            "needs_finding": rng.random() < 0.5,
        }
    if type_ == "bonus":
        return {**_weights(rng), "approver": "office", "best_of_subject": rng.random() < 0.5}
    return {}


def _weights(rng: Random) -> dict[str, Any]:
    if rng.random() < 0.4:
        return {"each": rng.choice(("0.5", "1", "2.125"))}
    by = rng.choice(("category", "level"))
    keys = CATEGORIES if by == "category" else LEVELS
    return {"weights": {key: rng.choice(("0", "0.25", "3")) for key in rng.sample(keys, 4)}, "weigh_by": by}


def _within(rng: Random) -> dict[str, Any]:
    return {"within": str(rng.randint(1, 40)), "within_unit": rng.choice(UNITS)} if rng.random() < 0.3 else {}


def _consequences(rng: Random) -> list[dict[str, Any]]:
    veto = {"code": "VETO", "type": "veto", "fact": "findings", "grade": rng.choice(GRADES)}
    streak = {"code": "STREAK", "type": "streak", "grade": rng.choice(GRADES), "side": rng.choice(("at_most", "at_least")),
              "periods": str(rng.randint(1, 3)), "action_zh": "谈", "action_en": "talk"}  # fmt: skip
    return [each for each in (veto, streak) if rng.random() < 0.5]


def _coefficients(rng: Random, codes: list[str]) -> list[dict[str, Any]]:
    found = []
    for number in range(rng.randint(0, 2)):
        by = rng.choice(("area_kind", "month"))
        keys = ("rural", "town") if by == "area_kind" else ("02", "07", "08", "11")
        values = {key: rng.choice(("0.9", "1", "1.2", "1.333333")) for key in keys}
        found.append(
            {"code": f"C{number}", "by": by, "values": values, "applies_to": rng.sample(codes, min(3, len(codes)))}
        )
    return found


def history(rng: Random, rules: dict[str, Any]) -> Facts:
    start, end = PERIODS[rules["period"]]
    streams = {name: [row(rng, number) for number in range(rng.choice((0, 1, 2, 5, 12)))] for name in FACTS}
    codes = [each["code"] for each in rules["indicators"]]
    due = rng.randint(0, 23)
    return Facts(
        person=f"p{rng.randint(0, 9)}",
        role="full_time_worker",
        period=Period(rules["period"], start, end),
        days_due=str(due),
        days_present=str(rng.choice((due, due, rng.randint(0, 23)))),
        area_kind=rng.choice((None, "rural", "town", "constructor")),
        facts={name: stream for name, stream in streams.items() if rng.random() < 0.85},
        history=_earlier(rng, date.fromisoformat(start)),
        disputed=rng.sample(codes, 1) if rng.random() < 0.1 else [],
    )


def _earlier(rng: Random, start: date) -> list[PastGrade]:
    found = []
    for _ in range(rng.randint(0, 3)):
        end = start - timedelta(days=rng.choice((1, 1, 1, 2)))
        start = end - timedelta(days=30)
        found.append(PastGrade(start.isoformat(), end.isoformat(), rng.choice((*GRADES, "another-set"))))
    rng.shuffle(found)
    return found


def row(rng: Random, number: int, outcome: str | None = None) -> Row:
    """One row with whatever it may say; ``number`` tells it apart."""
    outcome = outcome or rng.choice(OUTCOMES)

    def maybe(value: Any, chance: float = 0.6) -> Any:
        return value if rng.random() < chance else None

    unit = rng.choice(UNITS)
    timed = rng.random() < 0.7
    return Row(
        kind=rng.choice(("visit", "Task", "external")),
        id=f"{rng.choice('abXY')}{number}",
        on="2026-02-10",
        outcome=outcome,
        why=rng.choice(REASONS) if outcome == "neutral" else None,
        category=maybe(rng.choice((*CATEGORIES, "other")), 0.8),
        level=maybe(rng.choice(LEVELS)),
        took=maybe({each: _decimal(rng, 45, rng.choice((0, 0, 3))) for each in rng.sample(UNITS, 2)}, 0.7),
        allowed=str(rng.randint(1, 40)) if timed else None,
        allowed_unit=unit if timed else None,
        check=maybe(rng.choice(("ok", "ok", "bad"))),
        value=maybe(_decimal(rng, rng.choice((5, 120)), 2)),
        rater=maybe(rng.choice((*RATERS, "toString"))),
        reason=maybe(rng.choice(("好", 'a "b"\n', "\U0001f44d", "\u007f\u001f"))),
        drawn=rng.random() < 0.6,
        finding=maybe("2026-1", 0.4),
        approver=maybe("office"),
        evidence=maybe("2026-2", 0.8),
        subject=maybe(rng.choice(("s1", "s2", "__proto__")), 0.5),
    )
