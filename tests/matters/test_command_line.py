"""A county without a demo gets its list by one command."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from server.matters import starter
from server.matters.commands import add_new_policies, set_gas_number
from server.matters.models import Matter, Policy
from server.matters.queries import policy
from server.matters.rules import SHIPPED_POLICIES
from server.people.registry import neighbours
from server.platform.db import transaction
from tests.county import looking

OTHER = "330481"


def run(app, *more: str):
    command = ["matter-list", "--county-code", OTHER, "--from", "2026-01-01", "--document-no", "海网〔2026〕1号", *more]
    return app.test_cli_runner().invoke(args=command)


def entries(app) -> list[Matter]:
    with looking(app) as session:
        return list(session.scalars(sa.select(Matter).where(Matter.county_code == OTHER).order_by(Matter.code)))


def own_list(folder: Path, change=lambda text: text) -> str:
    lines = starter.SHIPPED.read_text("utf-8").splitlines()[:3]
    path = folder / "list.csv"
    path.write_text(change("\n".join(lines) + "\n"), "utf-8")
    return str(path)


def test_the_shipped_list_is_marked_as_an_example(app) -> None:
    assert run(app).exit_code == 0
    found = entries(app)
    assert len(found) == 45
    assert all(e.is_demo and e.document_no == "海网〔2026〕1号" for e in found)
    with looking(app) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Policy)) == len(SHIPPED_POLICIES)


def test_an_upgrade_adds_the_settings_that_came_since_and_touches_no_other(app) -> None:
    with looking(app) as session:
        add_new_policies(session)
        assert session.scalar(sa.select(sa.func.count()).select_from(Policy)) == 0
    assert run(app).exit_code == 0
    with looking(app) as session:
        session.execute(sa.delete(Policy).where(Policy.name == "near_metres"))
        session.execute(sa.update(Policy).where(Policy.name == "feed_days").values(value=30))
        session.commit()
    with looking(app) as session:
        add_new_policies(session)
        kept = {row.name: row.value for row in session.scalars(sa.select(Policy))}
    assert kept == SHIPPED_POLICIES | {"feed_days": 30}


def test_a_countys_own_file_is_no_example(app, tmp_path) -> None:
    assert run(app, "--file", own_list(tmp_path)).exit_code == 0
    assert [(e.code, e.is_demo) for e in entries(app)] == [("INFO-01", False), ("INFO-02", False)]


def test_a_county_that_has_a_list_keeps_it(app, tmp_path) -> None:
    run(app, "--file", own_list(tmp_path))
    refused = run(app)
    assert refused.exit_code == 1
    assert len(entries(app)) == 2


def test_an_unknown_department_keeps_everything_back(app, tmp_path) -> None:
    refused = run(app, "--file", own_list(tmp_path, lambda text: text.replace("民政", "气象")))
    assert refused.exit_code == 1
    assert "气象" in refused.output
    assert entries(app) == []


def gas(app, number: str):
    return app.test_cli_runner().invoke(args=["gas-number", "--county-code", OTHER, "--number", number])


def gas_numbers(app) -> dict[str, str]:
    with looking(app) as session:
        return policy(session, "gas_numbers")


def test_each_county_has_its_own_gas_number(app) -> None:
    with app.app_context(), transaction() as session:
        set_gas_number(session, None, "330424", "0573-11")
    assert gas(app, "+86 573 12345678").exit_code == 0
    assert gas_numbers(app) == {"330424": "0573-11", OTHER: "+86 573 12345678"}
    for wrong in ("call us", "1", "tel:119", "０５７３"):
        assert gas(app, wrong).exit_code == 1
    assert gas(app, "").exit_code == 0
    assert gas_numbers(app) == {"330424": "0573-11"}


def test_whether_a_way_may_be_drawn_is_told_to_phones(app) -> None:
    def told() -> str:
        with looking(app) as session:
            return neighbours().policy(session, OTHER)["track"]

    assert told() == "off"
    for value in ("on_phone", "off"):
        assert app.test_cli_runner().invoke(args=["patrol-track", value, "--document-no", "文5"]).exit_code == 0
        assert told() == value
    assert app.test_cli_runner().invoke(args=["patrol-track", "to_the_office"]).exit_code == 2
    assert told() == "off"
