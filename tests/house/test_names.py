"""Names and markers: a file says its idea, nothing is left for later, no test is switched off, no file grows fat."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest

from tests.house.tree import Files, files, within

VAGUE = {"util", "utils", "helper", "helpers", "common", "misc", "shared", "manager", "managers", "stuff"}
VAGUE_ALLOWED = {"shared_cases"}
LATER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")
SWITCHED_OFF = re.compile(
    r"pytest\.(mark\.)?(skip|xfail|importorskip)|unittest\.skip|@skip\b"
    r"|\b(it|test|describe)\.(skip|only|todo|fails|skipIf|runIf)\b"
)
LONGEST = 500
NOT_WRITTEN_AS_CODE = ("static/src/api/contract.ts", "static/src/text/", "server/migrations/versions/")


def vague_names(tree: Files) -> list[str]:
    def is_vague(part: str) -> bool:
        stem = part.split(".")[0].lower()
        return stem in VAGUE and stem not in VAGUE_ALLOWED

    return [name for name in tree if any(is_vague(part) for part in PurePosixPath(name).parts)]


def lines_matching(tree: Files, pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()}"
        for name, text in tree.items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def too_long(tree: Files, limit: int = LONGEST) -> list[str]:
    return [f"{name}: {lines} lines" for name, text in tree.items() if (lines := text.count("\n")) > limit]


def own_code(tree: Files) -> Files:
    code = within(
        tree, "server", "static", "service_worker", "tests", "tools", "bench", endings=(".py", ".ts", ".tsx", ".mjs")
    )
    return {name: text for name, text in code.items() if not name.startswith(NOT_WRITTEN_AS_CODE)}


def test_no_file_or_folder_has_a_vague_name() -> None:
    assert vague_names(own_code(files())) == []


def test_nothing_is_left_for_later() -> None:
    assert lines_matching(own_code(files()), LATER) == []


def test_no_test_is_switched_off() -> None:
    tree = {name: text for name, text in within(files(), "tests").items() if name != "tests/house/test_names.py"}
    assert lines_matching(tree, SWITCHED_OFF) == []


def test_no_file_is_too_long() -> None:
    assert too_long(own_code(files())) == []


def test_these_guards_can_fail() -> None:
    assert vague_names({"server/people/utils.py": "", "tests/shared_cases/a.json": ""}) == ["server/people/utils.py"]
    assert lines_matching({"a.py": "x = 1  # TO" + "DO later"}, LATER)
    assert too_long({"a.py": "\n" * (LONGEST + 1)})


@pytest.mark.parametrize(
    "line", ["@pytest.mark." + "skip", "it." + "only('x')", "pytest." + "xfail()", "describe." + "skip('x')"]
)
def test_a_switched_off_test_is_noticed(line: str) -> None:
    assert lines_matching({"tests/a.py": line}, SWITCHED_OFF)
