"""What a rule set may not contain, whoever issues it, and what its authors should think about. It cannot be switched off.

The national rule (国办函〔2026〕12号) stands as data in ``national_rule.json``: names and words by what they measure, each with
the paragraph of its prohibitions. The words said are ``evaluation.fault.<code>`` in ``server/text``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from server.evaluation.facts import KNOWN_FACTS
from server.evaluation.rule_set import BASE_TYPES, Fault, Told, contradictions, number, show

RULE = Path(__file__).with_name("national_rule.json")
OUTSIDE = "external."
EXEMPT = ("emergency_checkins",)
"""Check-ins of a call-out: the rule itself excepts security, emergencies and other special situations. This platform counts
none all the same (decision 0020): their rows come with a facts file alone."""
DEMANDED_REPORTS = ("reports", "records", "hazards", "information_due", "cases", "tasks")
"""So many of these by the end of the month is a quota of reports, verified or not."""
WRITTEN_BY_HAND = ("marks",)
NEEDED_ISSUERS = ("competent_department", "finance", "civil_affairs")
MOSTLY = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Report:
    """``refused`` keeps a set from publication; ``warned`` is for its authors to weigh."""

    refused: Sequence[Fault]
    warned: Sequence[Fault]

    @property
    def publishable(self) -> bool:
        return not self.refused


def lint(told: Told) -> Report:
    """All that is wrong with a rule set that keeps to the schema, the forbidden first."""
    refused = [fault for each in told["indicators"] for fault in _forbidden(each, told)]
    refused += [*contradictions(told), *_whole(told)]
    warned = [fault for each in told["indicators"] for fault in _doubtful(each)]
    return Report(refused, [*warned, *_nobody_influences(told), *_mostly_app(told)])


@cache
def _rule() -> Mapping[str, Any]:
    return dict(json.loads(RULE.read_text("utf-8")))


def _forbidden(indicator: Told, told: Told) -> Iterator[Fault]:
    code, fact = indicator["code"], indicator.get("fact", "")
    measured = _measured(indicator)
    if measured:
        kind, paragraph = measured
        yield Fault(f"forbidden_{kind}", code, {"paragraph": paragraph})
    else:
        yield from _counts(indicator)
    if not measured and fact and fact not in KNOWN_FACTS and not fact.startswith(OUTSIDE):
        yield Fault("unknown_fact", code, {"fact": fact})
    if fact == "complaints":
        yield Fault("complaint_alone", code)
    if indicator["type"] == "satisfaction" and fact != "return_visits":
        yield Fault("satisfaction_not_drawn", code)
    if indicator["type"] == "quota" and not _has_start(told, indicator["grade"]):
        yield Fault("quota_of_the_lowest", code, {"paragraph": "2"})
    if _speaks(_rule()["beliefs"], indicator):
        yield Fault("beliefs", code)


def _measured(indicator: Told) -> tuple[str, str] | None:
    """What the national rule forbids to measure: by the name of the fact; by the title where only the title can tell."""
    fact = indicator.get("fact", "")
    if fact in EXEMPT:
        return None
    by_title = fact not in KNOWN_FACTS or fact in WRITTEN_BY_HAND
    for kind in _rule()["kinds"]:
        named = fact not in KNOWN_FACTS and re.search(kind["names"], fact)
        if named or (by_title and re.search(kind["words"], indicator["title_zh"])):
            return kind["kind"], kind["paragraph"]
    return None


def _counts(indicator: Told) -> Iterator[Fault]:
    """Numbers of records are forbidden, verified outcomes are not, and a number that must be reached asks for reports."""
    type_, counts = indicator["type"], indicator.get("counts", "verified")
    demanded = type_ == "threshold" and indicator["of"] == "number"
    if demanded and indicator["fact"] in DEMANDED_REPORTS:
        yield Fault("report_quota", indicator["code"], {"paragraph": "1"})
    elif counts == "met" and (demanded or type_ == "count_capped"):
        yield Fault("count_unverified", indicator["code"], {"paragraph": "1"})


def _has_start(told: Told, grade: str) -> bool:
    return any(each["code"] == grade and "from" in each for each in told["grades"])


def _speaks(patterns: Mapping[str, str], indicator: Told) -> bool:
    return bool(
        re.search(patterns["names"], indicator.get("fact", ""))
        or (indicator.get("fact", "") not in KNOWN_FACTS and re.search(patterns["words"], indicator["title_zh"]))
    )


def _whole(told: Told) -> Iterator[Fault]:
    if any(re.search(_rule()["money"], told[name], re.IGNORECASE) for name in ("unit_zh", "unit_en")):
        yield Fault("money", "unit")
    taking_part = {issuer["kind"] for issuer in told["issuers"]}
    needed = NEEDED_ISSUERS if told["role"] == "full_time_worker" else NEEDED_ISSUERS[:1]
    for kind in needed:
        if kind not in taking_part:
            yield Fault(f"issuer_missing_{kind}", "issuers")


def _doubtful(indicator: Told) -> Iterator[Fault]:
    known = KNOWN_FACTS.get(indicator.get("fact", ""))
    by_number = indicator["type"] == "count_capped" or (
        indicator["type"] == "threshold" and indicator["of"] == "number"
    )
    if by_number and known and known.app and known.influence:
        yield Fault("can_be_inflated", indicator["code"])
    if known and not known.made:
        if known.name in EXEMPT:
            yield Fault("never_made", indicator["code"], {"fact": known.name})
        else:
            yield Fault("not_made_yet", indicator["code"], {"fact": known.name})
    if known and indicator["fact"] not in (*WRITTEN_BY_HAND, *EXEMPT):
        for kind in _rule()["kinds"]:
            if re.search(kind["words"], indicator["title_zh"]):
                yield Fault("title_says_forbidden", indicator["code"], {"paragraph": kind["paragraph"]})
                return


def _nobody_influences(told: Told) -> Iterator[Fault]:
    """Groups in which good work changes nothing: only facts that happen to the grid, or nothing to gain or lose."""
    for group in told["groups"]:
        inside = [each for each in told["indicators"] if each.get("group") == group["code"]]
        if inside and not any(_can_be_changed(each) for each in inside):
            yield Fault("nobody_influences", group["code"])


def _can_be_changed(indicator: Told) -> bool:
    known = KNOWN_FACTS.get(indicator["fact"])
    if known is not None and not known.influence:
        return False
    weights = [indicator["each"]] if "each" in indicator else list(indicator.get("weights", {}).values())
    size = number(indicator.get("max", indicator.get("limit", "0")))
    return size > 0 and (not weights or indicator["type"] == "timeliness" or any(number(weight) for weight in weights))


def _mostly_app(told: Told) -> Iterator[Fault]:
    earning = [each for each in told["indicators"] if each["type"] in BASE_TYPES]
    total = sum((number(each["max"]) for each in earning), Fraction(0))
    by_app = (number(each["max"]) for each in earning if _from_app(each))
    share = sum(by_app, Fraction(0)) / total if total else Fraction(0)
    if share > MOSTLY:
        yield Fault("mostly_app", "", {"share": show(Fraction(int(share * 1000), 10))})


def _from_app(indicator: Told) -> bool:
    known = KNOWN_FACTS.get(indicator["fact"])
    return known is not None and known.app
