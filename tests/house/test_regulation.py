"""docs/regulation.md: a row for each of the 26 articles, and whatever it names is there: tests, pages, files."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from server.app import create_app
from server.platform.config import Settings
from tests.house.tree import ROOT

PAGE = "docs/regulation.md"
STANDINGS = {"law", "lower document", "our design"}
ROW = re.compile(r"^\| (\d+)[^|]* \|(.*)\|(.*)\|(.*)\|(.*)\|$", re.M)
NAMED = re.compile(r"`([^`]+)`")
Row = tuple[str, str, str, str, str]  # article, what, where, test, standing


def rows(text: str) -> list[Row]:
    return [tuple(part.strip() for part in found) for found in ROW.findall(text)]  # type: ignore[misc]


ROWS = rows((ROOT / PAGE).read_text("utf-8"))


@cache
def functions(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def lacking(named: str, pages: frozenset[str]) -> bool:
    """Whether a test, a page or a file that is named is not there."""
    if named.startswith("/"):
        return named not in pages
    path, _, function = named.partition("::")
    file = ROOT / path
    return not file.exists() or (bool(function) and function not in functions(file))


@pytest.fixture
def pages(tmp_path: Path) -> frozenset[str]:
    return frozenset(
        re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", str(rule))
        for rule in create_app(Settings(data_dir=tmp_path, testing=True)).url_map.iter_rules()
    )


def test_every_article_has_its_row() -> None:
    assert sorted({int(row[0]) for row in ROWS}) == list(range(1, 27))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[1][:20]}")
def test_each_row_says_where_it_stands_and_who_proves_it(row: Row) -> None:
    _, what, where, tests, standing = row
    assert standing in STANDINGS
    if what.startswith("Nothing:"):
        assert (where, tests) == ("—", "—")
        return
    assert NAMED.findall(where), "where"
    proofs = NAMED.findall(tests)
    assert proofs and all(re.fullmatch(r"tests/[\w/]+\.(py::test_\w+|test\.ts)", proof) for proof in proofs), proofs


def test_what_is_named_is_there(pages: frozenset[str]) -> None:
    named = [name for row in ROWS for name in NAMED.findall(" ".join(row[2:4]))]
    assert [name for name in named if lacking(name, pages)] == []


def test_what_is_not_there_is_noticed(pages: frozenset[str]) -> None:
    assert lacking("/office/nowhere", pages)
    assert lacking("tests/house/test_regulation.py::test_of_nothing", pages)
    assert lacking("server/nowhere.py", pages)
    assert not lacking("tests/house/test_regulation.py::test_every_article_has_its_row", pages)
    assert not lacking("/healthz", pages)
