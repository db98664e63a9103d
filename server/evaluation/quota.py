"""How many of those who reached a grade a unit may propose. Pure; who falls under the cap is a set, never an order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

from server.evaluation.rule_set import Told, number


def proposed(
    quota: Told, reached: Mapping[str, str], unit_size: int, given: Collection[str] = frozenset()
) -> frozenset[str]:
    """Of ``reached`` (person: total of the sheet) who is proposed for the grade of an indicator of type ``quota``.

    Equal totals at the cap go up together. A unit smaller than ``min_unit`` has no cap. ``given``: to whom a person has given
    the grade already; each keeps the place, also where others have come to a better total since. The answer holds no order,
    and none is to be made of it: it is what a named person then decides about.
    """
    if unit_size < int(quota["min_unit"]):
        return frozenset(reached)
    places, open_ = _whole(number(quota["share"]) * unit_size, quota["rounding"]), dict(reached)
    while passed := (open_.keys() & set(given)) - (up := _up(open_, places)):
        places = max(places - len(passed), 0)
        open_ = {person: total for person, total in open_.items() if person not in passed}
    return up | (reached.keys() & set(given))


def _up(reached: Mapping[str, str], places: int) -> frozenset[str]:
    totals = sorted((number(total) for total in reached.values()), reverse=True)
    if len(totals) <= places:
        return frozenset(reached)
    if places == 0:
        return frozenset()
    least = totals[places - 1]
    return frozenset(person for person, total in reached.items() if number(total) >= least)


def _whole(value: Fraction, rounding: str) -> int:
    down, rest = divmod(value.numerator, value.denominator)
    if rounding == "up":
        return down + (rest > 0)
    if rounding == "half_up":
        return down + (2 * rest >= value.denominator)
    return down
