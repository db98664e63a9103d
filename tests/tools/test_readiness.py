"""The quick look that spares a second start its preparation: yes only when nothing is to be done."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.migrations import runner
from tools.readiness import head, is_ready

VERSIONS = Path(runner.__file__).parent / "versions"
DEMO = {"GRIDWALK_DEMO": "1"}


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    folder = tmp_path / "versions"
    folder.mkdir()
    (folder / "0001_first.py").write_text("revision = '0001'\ndown_revision = None\n")
    (folder / "0002_next.py").write_text('revision: str = "0002"\ndown_revision: str | None = "0001"\n')
    return folder


def database(folder: Path, revision: str, people: int) -> dict[str, str]:
    with closing(sqlite3.connect(folder / "gridwalk.sqlite3")) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("CREATE TABLE person (id INTEGER)")
        connection.execute("INSERT INTO alembic_version VALUES (?)", (revision,))
        connection.executemany("INSERT INTO person VALUES (?)", [(number,) for number in range(people)])
    return {"DATA_DIR": str(folder)}


def test_the_quick_look_sees_the_same_head_as_alembic() -> None:
    assert head(VERSIONS) == runner.head()


def test_two_heads_are_in_doubt(versions: Path) -> None:
    (versions / "0003_other.py").write_text("revision = '0003'\ndown_revision = '0001'\n")
    assert head(versions) is None


def test_a_filled_database_of_today_is_ready(versions: Path, tmp_path: Path) -> None:
    env = database(tmp_path, "0002", people=1)
    assert is_ready(env | DEMO, versions)


@pytest.mark.parametrize(
    ("revision", "people", "more"),
    [("0001", 1, {}), ("0002", 0, DEMO), ("0002", 1, {"DATABASE_URL": "postgresql://gridwalk@127.0.0.1/x"})],
)
def test_anything_else_is_prepared(
    versions: Path, tmp_path: Path, revision: str, people: int, more: dict[str, str]
) -> None:
    assert not is_ready(database(tmp_path, revision, people) | more, versions)


def test_no_database_and_a_broken_one_are_prepared(versions: Path, tmp_path: Path) -> None:
    assert not is_ready({"DATA_DIR": str(tmp_path)}, versions)
    (tmp_path / "gridwalk.sqlite3").write_bytes(b"not a database")
    assert not is_ready({"DATA_DIR": str(tmp_path)}, versions)
