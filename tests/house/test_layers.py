"""The import rules of both sides hold, and are shown to fail on planted imports."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

BIN = Path(sys.executable).parent
NODE = ROOT / "node_modules/.bin"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / "lint-imports", "--no-logo", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def cruise(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NODE / "depcruise", "--config", ROOT / ".dependency-cruiser.cjs", "static/src", "service_worker"],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_the_server_keeps_its_floors() -> None:
    answer = lint_imports(ROOT)
    assert answer.returncode == 0, answer.stdout


def test_the_client_keeps_its_rules() -> None:
    answer = cruise(ROOT)
    assert answer.returncode == 0, answer.stdout


SERVER_FAULTS = {
    "a lower room uses a higher one": ("areas/queries.py", "import server.records.models", "A room uses only rooms"),
    "a duty uses another duty": ("duties/hazards/rules.py", "import server.duties.visits.rules", "six duties"),
    "a rule reads the database": ("people/rules.py", "import server.people.models", "Inside a room"),
    "a rule reaches SQL by a detour": ("people/rules.py", "import server.platform.db", "Rules and the kernel"),
    "the kernel knows the web": ("kernel/clock.py", "import flask", "Rules and the kernel"),
    "a door speaks SQL": ("people/api.py", "import sqlalchemy", "Doors speak no SQL"),
    "a command knows the web": ("people/commands.py", "import flask", "Behind the doors"),
    "a new room has no floor": ("weather/__init__.py", "", "A room uses only rooms"),
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small server that keeps every rule."""
    rooms = ("kernel", "platform", "people", "areas", "records", "duties", "duties/hazards", "duties/visits", "sync")
    for room in rooms:
        (tmp_path / "server" / room).mkdir(parents=True, exist_ok=True)
        (tmp_path / "server" / room / "__init__.py").touch()
    (tmp_path / "server/__init__.py").touch()
    modules = {
        "kernel/clock": "", "platform/db": "import sqlalchemy", "people/rules": "import server.kernel.clock",
        "people/models": "import server.platform.db", "people/commands": "import server.people.models",
        "people/api": "import flask\nimport server.people.commands", "areas/queries": "import server.people.models",
        "records/models": "", "duties/hazards/rules": "", "duties/visits/rules": "", "sync/api": "",
    }  # fmt: skip
    for name, text in modules.items():
        (tmp_path / "server" / f"{name}.py").write_text(text + "\n")
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_a_house_that_keeps_the_rules_is_green(house: Path) -> None:
    answer = lint_imports(house)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("fault", SERVER_FAULTS)
def test_a_broken_floor_is_noticed(house: Path, fault: str) -> None:
    name, line, contract = SERVER_FAULTS[fault]
    file = house / "server" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text((file.read_text() if file.exists() else "") + line + "\n")
    answer = lint_imports(house)
    assert answer.returncode != 0
    broken = [verdict for verdict in COLOUR.sub("", answer.stdout).splitlines() if verdict.endswith("BROKEN")]
    assert any(contract in verdict for verdict in broken)


CLIENT_FAULTS = {
    "screens-never-import-sync": ("screens/worker/today.tsx", "import '../../sync/engine';"),
    "only-sync-talks-to-the-server": ("duties/hazards/form.tsx", "import '../../api/client';"),
    "ui-knows-no-domain": ("ui/button.tsx", "import '../records/row';"),
    "store-stands-alone": ("store/db.ts", "import '../records/row';"),
    "duties-independent": ("duties/hazards/form.tsx", "import '../visits/form';"),
    "engine-without-components": ("sync/engine.ts", "import 'preact';"),
    "map-library-only-in-maps": ("screens/worker/today.tsx", "import 'leaflet';"),
    "shifted-coordinates-only-in-maps": ("screens/worker/today.tsx", "import '../../maps/gcj02';"),
    "tiles-only-when-opened": ("screens/worker/today.tsx", "import '../../maps/tiles';"),
    "no-cycles": ("store/db.ts", "import './index';"),
}


@pytest.fixture
def phone(tmp_path: Path) -> Path:
    """A small client that keeps every rule."""
    modules = {
        "boot.ts": "import './sync/engine'; import './screens/worker/today';",
        "api/client.ts": "export const call = 1;",
        "sync/engine.ts": "import '../store/index'; import '../api/client';",
        "store/index.ts": "import './db';",
        "store/db.ts": "export const db = 1;",
        "records/row.ts": "export const row = 1;",
        "maps/gcj02.ts": "export const shift = 1;",
        "maps/tiles.ts": "import './gcj02'; export const open = 1;",
        "maps/tile_view.tsx": "export const open = () => import('./tiles');",
        "ui/button.tsx": "export const button = 1;",
        "screens/worker/today.tsx": "import '../../ui/button'; import '../../store/index';",
        "duties/hazards/form.tsx": "import '../../records/row';",
        "duties/visits/form.tsx": "export const visit = 1;",
    }
    for name, text in modules.items():
        file = tmp_path / "static/src" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")
    (tmp_path / "service_worker").mkdir()
    (tmp_path / "service_worker/sw.ts").write_text("import '../static/src/sync/engine';\n")
    for name in ("package.json", "tsconfig.json"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    return tmp_path


def test_a_phone_that_keeps_the_rules_is_green(phone: Path) -> None:
    answer = cruise(phone)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("rule", CLIENT_FAULTS)
def test_a_broken_client_rule_is_noticed(phone: Path, rule: str) -> None:
    name, line = CLIENT_FAULTS[rule]
    file = phone / "static/src" / name
    file.write_text(file.read_text() + line + "\n")
    answer = cruise(phone)
    assert answer.returncode != 0
    assert rule in answer.stdout


def test_the_engine_cannot_see_a_page(tmp_path: Path) -> None:
    (tmp_path / "static/src/store").mkdir(parents=True)
    (tmp_path / "static/src/store/db.ts").write_text("export const title = document.title;\n")
    for name in ("tsconfig.json", "tsconfig.engine.json"):
        shutil.copy(ROOT / name, tmp_path)
    answer = subprocess.run(
        [NODE / "tsc", "-p", "tsconfig.engine.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode != 0
    assert "document" in answer.stdout


def test_every_reserved_floor_is_in_the_plan() -> None:
    rules = configparser.ConfigParser()
    rules.read(ROOT / ".importlinter")
    floors = rules["importlinter:contract:floors"]["layers"]
    assert floors.split()[0] == "(app)"
    assert floors.split()[-1] == "(kernel)"
    assert rules["importlinter:contract:floors"]["exhaustive"].lower() == "true"
