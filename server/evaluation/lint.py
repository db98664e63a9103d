"""What a rule set may not contain, whoever issues it, and what its authors should think about. It cannot be switched off.

The national rule (国办函〔2026〕12号) stands as data in ``national_rule.json``: by what they measure, the ``names`` of facts and
codes, the ``words`` of Chinese and the phrases of ``english`` texts, each with the paragraph of its prohibitions; beside them the
linter's own limits. Whatever is searched is spelled in one way first. The words said are ``evaluation.fault.<code>`` in
``server/text``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from server.evaluation.facts import KNOWN_FACTS
from server.evaluation.rule_set import BASE_TYPES, Fault, Told, contradictions, number, show

RULE = Path(__file__).with_name("national_rule.json")
OUTSIDE = "external."
EXEMPT = ("emergency_checkins",)
"""Check-ins of a call-out: the rule itself excepts security, emergencies and other special situations. This platform counts
none all the same (decision 0020): their rows come with a facts file alone."""
TEXTS = ("title_zh", "title_en", "explain_zh", "explain_en", "clause")
CODES = ("categories", "levels", "required", "raters", "weights")
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
    warned = [fault for each in told["indicators"] for fault in _doubtful(each, told)]
    return Report(refused, [*warned, *_nobody_influences(told), *_mostly_app(told)])


@cache
def _rule() -> Mapping[str, Any]:
    return dict(json.loads(RULE.read_text("utf-8")))


def _forbidden(indicator: Told, told: Told) -> Iterator[Fault]:
    code, fact = indicator["code"], indicator.get("fact", "")
    measured = _measured(indicator, told)
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
    if _speaks(_rule()["beliefs"], indicator, told):
        yield Fault("beliefs", code)


def _measured(indicator: Told, told: Told) -> tuple[str, str] | None:
    """What the national rule forbids to measure: by the name of the fact; by all that is written where only that can tell."""
    fact = indicator.get("fact", "")
    if fact in EXEMPT:
        return None
    named = "" if fact in KNOWN_FACTS else _spelled(fact)
    by_words = fact not in KNOWN_FACTS or fact in WRITTEN_BY_HAND
    for kind in _rule()["kinds"]:
        if re.search(kind["names"], named) or (by_words and _says(kind, indicator, told)):
            return kind["kind"], kind["paragraph"]
    return None


def _says(patterns: Mapping[str, str], indicator: Told, told: Told) -> bool:
    """Whether any text or code of an indicator, or the title of its group, speaks of it."""
    groups = [group for group in told["groups"] if group["code"] == indicator.get("group")]
    texts = [part[name] for part in (indicator, *groups) for name in TEXTS if name in part]
    codes = [indicator["code"], *(code for name in CODES for code in indicator.get(name, ()))]
    return (
        any(re.search(patterns["words"], _packed(text)) for text in (*texts, *codes))
        or any(re.search(patterns["english"], _spelled(text)) for text in texts)
        or any(re.search(patterns["names"], _spelled(code)) for code in codes)
    )


def _plain(text: str) -> str:
    """One spelling: full width as half, capitals as small, traditional characters as simplified, nothing invisible."""
    visible = (char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    return "".join(visible).casefold().translate(_variants())


@lru_cache(4096)
def _packed(text: str) -> str:
    """Letters and digits alone, as Chinese is searched: no space and no mark between two characters hides a word."""
    return "".join(filter(str.isalnum, _plain(text)))


@lru_cache(4096)
def _spelled(text: str) -> str:
    """Words with ``_`` between them, as names and English are searched."""
    return re.sub(r"[\W_]+", "_", _plain(text)).strip("_")


@cache
def _variants() -> Mapping[int, int]:
    pairs = _rule()["variants"]
    return str.maketrans(pairs[::2], pairs[1::2])


def _counts(indicator: Told) -> Iterator[Fault]:
    """Numbers of records are forbidden, verified outcomes are not; a number that must be reached asks for so many."""
    type_, code = indicator["type"], indicator["code"]
    if (
        type_ == "threshold"
        and indicator["of"] == "number"
        and indicator["fact"] not in _rule()["number_may_be_asked_of"]
    ):
        yield Fault("report_quota", code, {"paragraph": "1"})
    elif indicator.get("counts") == "met" and type_ in ("threshold", "count_capped"):
        yield Fault("count_unverified", code, {"paragraph": "1"})
    few, neutral = int(_rule()["few_rows"]), indicator.get("neutral", "drop")
    if neutral != "drop" and number(neutral) < 1 and int(indicator.get("min_den", indicator.get("min_n", "1"))) > few:
        yield Fault("least_is_a_quota", code, {"paragraph": "1", "most": str(few)})


def _has_start(told: Told, grade: str) -> bool:
    return any(each["code"] == grade and "from" in each for each in told["grades"])


def _speaks(patterns: Mapping[str, str], indicator: Told, told: Told) -> bool:
    fact = indicator.get("fact", "")
    return bool(re.search(patterns["names"], _spelled(fact))) or (
        fact not in KNOWN_FACTS and _says(patterns, indicator, told)
    )


def _whole(told: Told) -> Iterator[Fault]:
    if any(re.search(_rule()["money"], f"{told[name]} {_packed(told[name])}") for name in ("unit_zh", "unit_en")):
        yield Fault("money", "unit")
    taking_part = {issuer["kind"] for issuer in told["issuers"]}
    needed = NEEDED_ISSUERS if told["role"] == "full_time_worker" else NEEDED_ISSUERS[:1]
    for kind in needed:
        if kind not in taking_part:
            yield Fault(f"issuer_missing_{kind}", "issuers")


def _doubtful(indicator: Told, told: Told) -> Iterator[Fault]:
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
            if _says(kind, indicator, told):
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
