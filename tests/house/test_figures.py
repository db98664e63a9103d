"""Whatever counts by person stands among the figures of ``tests/figures.py``, or here with the reason why it is none."""

from __future__ import annotations

import re

from tests.figures import FIGURES
from tests.house.tree import Files, files, within

BY_PERSON = re.compile(r"group_by\([^)]*(?:person_id|author_id|assigned_by|ruled_by|entered_by|Person\.id)\b")
NO_FIGURE = {
    "server/tasks/assigning.py": "how many tasks wait for somebody: shown to whoever assigns, of work still to do"
}
PHONE = re.compile(r"\bmonthCounts = ")
COUNTED_ON_THE_PHONE = {"static/src/screens/worker/records.tsx": "own records"}

CALLOUTS = re.compile(r"^(?:from|import) server\.callouts\b", re.MULTILINE)
WIRES_CALLOUTS = {"server/app.py", "server/models_all.py", "server/sync/feeds.py", "server/sync/mutations.py"}


def counting(tree: Files, pattern: re.Pattern[str]) -> set[str]:
    return {name for name, text in tree.items() if pattern.search(text)}


def test_every_count_by_person_is_known() -> None:
    assert counting(within(files(), "server", endings=(".py",)), BY_PERSON) == set(NO_FIGURE)
    assert counting(within(files(), "static/src", endings=(".ts", ".tsx")), PHONE) == set(COUNTED_ON_THE_PHONE)
    assert set(COUNTED_ON_THE_PHONE.values()) <= set(FIGURES)


def test_whatever_counts_knows_no_call_out() -> None:
    """An answer, its hour and a position are for the emergency alone: only the wiring and the road know that room."""
    tree = {name: text for name, text in within(files(), "server").items() if not name.startswith("server/callouts/")}
    assert counting(tree, CALLOUTS) == WIRES_CALLOUTS
    assert counting({"server/evaluation/queries.py": "import x\nfrom server.callouts import queries\n"}, CALLOUTS)


def test_a_new_one_is_noticed() -> None:
    planted = {"server/evaluation/queries.py": "sa.select(x).group_by(\n    Record.author_id\n)"}
    assert counting(planted, BY_PERSON) == set(planted)
