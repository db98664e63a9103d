"""The build script, on a small tree of its own: exact list for offline use, shared modules, lazy map, stable names."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SOURCES = {
    "static/src/boot.ts": (
        "import { shared } from './store/shared';\n"
        "export const page = () => import('./screen');\n"
        "export const map = () => import('./map');\n"
        "export const english = () => import('./text/en');\n"
        "export const leader = () => import('./screens/leader/index');\n"
        "document.title = shared();\n"
    ),
    "static/src/screen.tsx": (
        "import './boot'; import { rows } from './rows'; export const Screen = () => <p>网格{rows()}</p>;\n"
    ),
    "static/src/map.ts": "import './boot'; import L from 'leaflet'; export const map = L.map;\n",
    "static/src/rows.ts": "export const rows = (): string => document.title + 'rows of everybody';\n",
    "static/src/screens/leader/index.ts": "import { rows } from '../../rows'; export const deck = () => rows() + 'deck';\n",
    "static/src/text/en.ts": "export const en = 'Grid';\n",
    "static/src/store/shared.ts": "let calls = 0; export const shared = (): string => String(++calls);\n",
    "static/src/store/index.ts": "export { shared } from './shared';\n",
    "static/src/sync/index.ts": "import { shared } from '../store/shared'; export const again = () => shared();\n",
    "static/styles/tokens.css": ":root { --ink: #10161D }\n",
    "static/styles/base.css": "body { color: var(--ink) }\n",
    "static/styles/office.css": "table { width: 100% }\n",
    "static/icons/icon.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>\n",
    "service_worker/sw.ts": (
        "declare const __PRECACHE__: { url: string }[]; declare const __BUILD_VERSION__: string;\n"
        "declare const __PIECES__: object;\n"
        "(self as any).kept = [__BUILD_VERSION__, __PIECES__, ...__PRECACHE__];\n"
    ),
}


def build(tree: Path) -> dict:
    subprocess.run(
        ["node", ROOT / "tools/build_client.mjs"],
        env={"PATH": str(Path(shutil.which("node") or "").parent), "GRIDWALK_BUILD": str(tree)},
        check=True,
        capture_output=True,
        timeout=120,
    )
    return json.loads((tree / "static/dist/build.json").read_text())


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("client")
    for name, text in SOURCES.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    return tree


@pytest.fixture(scope="module")
def built(tree: Path) -> dict:
    return build(tree)


def test_the_list_for_offline_use_is_exact(tree: Path, built: dict) -> None:
    kept = {entry["url"] for entry in built["precache"]}
    made = {f"/static/dist/{file.name}" for file in (tree / "static/dist").iterdir()}
    shell = {
        url for url in made if url.endswith((".js", ".css")) and "office" not in url and not url.endswith("/sw.js")
    }
    apart = set(built["lazy"]) | {url for urls in built["pieces"].values() for url in urls}
    assert kept == (shell - apart) | {"/static/icons/icon.svg"}


def test_a_piece_is_kept_by_the_phones_that_need_it(tree: Path, built: dict) -> None:
    (url,) = built["pieces"]["english"]
    assert "Grid" in (tree / url.lstrip("/")).read_text()
    assert url in (tree / "static/dist/sw.js").read_text()


def test_what_a_piece_shares_with_everybody_is_everybodys(tree: Path, built: dict) -> None:
    (url,) = built["pieces"]["leader"]
    assert "deck" in (tree / url.lstrip("/")).read_text()
    kept = [(tree / entry["url"].lstrip("/")).read_text() for entry in built["precache"]]
    assert any("rows of everybody" in text for text in kept)
    assert not any('"deck"' in text for text in kept)


def test_the_map_is_lazy_and_not_kept_beforehand(built: dict) -> None:
    assert len(built["lazy"]) == 1
    assert built["lazy"][0] not in {entry["url"] for entry in built["precache"]}


def test_the_service_worker_holds_the_same_list(tree: Path, built: dict) -> None:
    worker = (tree / "static/dist/sw.js").read_text()
    assert built["version"] in worker
    assert all(entry["url"] in worker for entry in built["precache"])
    assert "import" not in worker


def test_a_change_of_one_screen_changes_its_name_and_the_version(tree: Path, built: dict, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(tree, other)
    (other / "static/src/screen.tsx").write_text("import './boot'; export const Screen = () => <p>微网格</p>;\n")
    rebuilt = build(other)
    assert rebuilt["version"] != built["version"]
    assert rebuilt["css"] == built["css"]
    assert build(other) == rebuilt


def test_store_and_sync_for_node_share_their_modules(tree: Path, built: dict) -> None:
    script = (
        f"const a = await import('{tree}/build/client/store.mjs');"
        f"const b = await import('{tree}/build/client/sync.mjs');"
        "console.log(a.shared(), b.again(), a.shared());"
    )
    answer = subprocess.run(
        ["node", "--input-type=module", "-e", script], check=True, capture_output=True, text=True, timeout=60
    )
    assert answer.stdout.split() == ["1", "2", "3"]
