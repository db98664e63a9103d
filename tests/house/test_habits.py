"""Habits that keep the road one-way: one clock, commands never commit, the kernel stands on Python alone, a tap counts once."""

from __future__ import annotations

import ast
import re
import sys

from tests.house.tree import Files, files, within

NOW = re.compile(r"^(datetime\.datetime\.(now|utcnow|today)|datetime\.(now|utcnow|today)|date\.today|datetime\.date\.today"
                 r"|time\.(time|time_ns))$")  # fmt: skip
CLOCK = "server/kernel/clock.py"
LET_GO = re.compile(r"(?:onTap=\{[^}]*\b|const \w+ = \([^)]*\) => )void ([\w.?]+)")
NO_ACT = re.compile(  # shows, opens or leaves: twice is as once
    r"changeLook|enter|fetchUpdate|installPrompt\.value\?\.prompt|look|markRead|oneFix|open|other|out"
    r"|phone\.value\?\.applyUpdate|redraw|remove|show|store\.keepSetting"
)
COMMANDS = ("commands.py", "queries.py", "rules.py", "schemas.py")


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def calls(tree: Files) -> list[tuple[str, int, str]]:
    """(file, line, dotted name) of every call."""
    return [
        (name, node.lineno, dotted(node.func))
        for name, source in tree.items()
        if name.endswith(".py")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
    ]


def clocks_of_their_own(tree: Files) -> list[str]:
    return [f"{name}:{line}: {call}" for name, line, call in calls(tree) if NOW.match(call) and name != CLOCK]


def commits_of_their_own(tree: Files) -> list[str]:
    use_cases = {name: source for name, source in tree.items() if name.endswith(COMMANDS)}
    return [
        f"{name}:{line}: {call}" for name, line, call in calls(use_cases) if call.endswith((".commit", ".rollback"))
    ]


def foreign_imports_of_the_kernel(tree: Files) -> list[str]:
    found = []
    for name, source in within(tree, "server/kernel", endings=(".py",)).items():
        for node in ast.walk(ast.parse(source)):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                modules = [node.module or ""]
            for module in modules:
                if module.split(".")[0] not in sys.stdlib_module_names and not module.startswith("server.kernel"):
                    found.append(f"{name}: {module}")
    return found


def legacy_queries(tree: Files) -> list[str]:
    """Flask-SQLAlchemy's ``Model.query``: 2.x style only."""
    return [
        f"{name}:{line}: {call}" for name, line, call in calls(tree) if ".query." in call or call.endswith(".query")
    ]


def taps_that_count_twice(tree: Files) -> list[str]:
    """Handlers that let go of what they save: the button then takes a second tap before the first is done (``ui/tap.ts``)."""
    return [
        f"{name}: {call}"
        for name, source in within(tree, "static/src", endings=(".tsx",)).items()
        for call in LET_GO.findall(source)
        if not NO_ACT.fullmatch(call)
    ]


def test_only_the_clock_says_now() -> None:
    assert clocks_of_their_own(within(files(), "server")) == []


def test_commands_never_commit() -> None:
    assert commits_of_their_own(within(files(), "server")) == []


def test_the_kernel_stands_on_python_alone() -> None:
    assert foreign_imports_of_the_kernel(files()) == []


def test_nobody_asks_in_the_old_style() -> None:
    assert legacy_queries(within(files(), "server")) == []


def test_a_tap_that_saves_counts_once_until_it_is_done() -> None:
    assert taps_that_count_twice(files()) == []


def test_these_guards_can_fail() -> None:
    assert clocks_of_their_own({"server/a.py": "import time\nx = time.time()"})
    assert clocks_of_their_own({"server/a.py": "from datetime import datetime, UTC\nx = datetime.now(UTC)"})
    assert commits_of_their_own({"server/a/commands.py": "def f(session):\n    session.commit()"})
    assert foreign_imports_of_the_kernel({"server/kernel/a.py": "import flask"})
    assert legacy_queries({"server/a.py": "Person.query.filter_by(a=1)"})
    assert taps_that_count_twice({"static/src/a.tsx": "<Button onTap={() => void send()}>"})
    assert taps_that_count_twice({"static/src/a.tsx": "<Button onTap={() => { void tasks.accept(store, task); }}>"})
    assert taps_that_count_twice({"static/src/a.tsx": "const keep = () => void store.replace(id, act);"})
