"""What happens next: an endless list of operations drawn from a seed, with a mood for each world."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

Op = dict[str, Any]

ACTS: Mapping[str, tuple[tuple[str, int], ...]] = {
    # what hands try, by the kind of person; what is not theirs does nothing or is refused
    "anna": (
        ("hazard", 8),
        ("visit", 6),
        ("patrol", 4),
        ("correct", 6),
        ("relook", 4),
        ("dispute", 3),
        ("look", 2),
        ("emergency", 3),
    ),
    "bai": (("hazard", 8), ("visit", 5), ("patrol", 3), ("correct", 5), ("relook", 5), ("dispute", 2)),
    "chen": (
        ("approve", 12),
        ("send_back", 7),
        ("relook", 2),
        ("hazard", 2),
        ("household_change", 2),
        ("look", 2),
        ("task", 5),
        ("task_decide", 2),
    ),
    "deng": (("hazard", 7), ("visit", 3), ("patrol", 2), ("correct", 4), ("relook", 2), ("place", 2), ("emergency", 2)),
    "fang": (("rule", 8), ("comment", 5), ("correct", 1), ("relook", 1)),
    "gao": (
        ("visit", 6),
        ("household", 4),
        ("household_change", 5),
        ("household_close", 1),
        ("hazard", 3),
        ("emergency", 2),
    ),
    "twin": (("hazard", 6), ("visit", 4), ("correct", 4), ("approve", 4), ("relook", 3)),
}
EVERYBODY = (
    ("bad_hazard", 2),
    ("nonsense", 2),
    ("mend", 4),
    ("read", 3),
    ("information", 4),
    ("publicity", 3),
    ("mediation", 3),
    ("mediation_step", 3),
    ("absent", 2),
    ("back_on_duty", 1),
    ("ask_correction", 1),
    ("outside_order", 1),
    ("comment", 1),
    ("for_another", 2),
    ("confirm", 2),
    ("task_step", 3),
    ("household_change", 1),
    ("household", 1),
    ("place", 1),
)
EVENTS: tuple[tuple[str, int], ...] = (
    ("act", 300), ("net", 520), ("time", 110), ("undo", 14), ("link", 40), ("crash", 12), ("start", 20), ("tab", 10), ("sign", 8),
    ("switch", 6), ("sign_out", 3), ("clock", 4), ("cut_disk", 6), ("wipe", 1), ("clone", 1), ("office", 10), ("restart", 2),
    ("backup", 2), ("restore", 1),
)  # fmt: skip
OFFICE = (
    ("move", 6),
    ("leave", 4),
    ("return", 6),
    ("sign_out_all", 6),
    ("revoke", 3),
    ("team", 4),
    ("close_team", 3),
    ("jobs", 6),
)
LOSSES = ("wipe", "clone", "backup", "restore", "office")
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
TIMES = ((200, 30), (2 * SECOND, 30), (6 * SECOND, 20), (35 * SECOND, 8), (5 * MINUTE, 5), (HOUR, 2), (9 * HOUR, 1))
CLOCKS = (-2 * DAY, -HOUR, -MINUTE, MINUTE, HOUR, 16 * DAY, 3650 * DAY)
CALM_BETWEEN = (120, 420)
WORLD_OPERATIONS = 2_400


def pick(luck: Random, weighted: tuple[tuple[Any, int], ...]) -> Any:
    names, weights = zip(*weighted, strict=True)
    return luck.choices(names, weights)[0]


def operations(seed: int, often: Mapping[str, float], crew: Sequence[str] = tuple(ACTS)) -> Iterator[Op]:
    """Operations of one world, for ever; a quiet point every so often. ``often`` makes kinds so many times likelier."""
    luck, names = Random(seed), tuple(dict.fromkeys((*crew, "twin")))
    events = tuple((kind, int(weight * 10 * often.get(kind, 1))) for kind, weight in EVENTS)
    yield {"k": "quiet", "x": luck.getrandbits(40)}  # everybody signs in and reads
    while True:
        for _ in range(luck.randint(*CALM_BETWEEN)):
            yield _one(pick(luck, events), luck, names)
        yield {"k": "quiet", "x": luck.getrandbits(40)}


def _one(kind: str, luck: Random, names: Sequence[str]) -> Op:
    op: Op = {"k": kind, "x": luck.getrandbits(40)}
    if kind == "act":
        op["p"] = luck.choice(names)
        op["what"] = pick(luck, ACTS[op["p"]] if luck.random() < 0.8 else EVERYBODY)
    elif kind == "time":
        op["ms"] = pick(luck, TIMES)
    elif kind == "office":
        op["what"] = pick(luck, OFFICE)
    elif kind in ("net", "restart", "backup", "restore"):
        pass
    else:
        op["p"] = luck.choice(names)
    if kind == "link":
        op["net"] = pick(luck, (("good", 4), ("weak", 4), ("off", 2)))
    if kind == "clock":
        op["ms"] = luck.choice(CLOCKS)
    return op
