"""The tree names no package registry and no path of any one machine; what the README tells to run exists."""

from __future__ import annotations

import re

from tests.house.tree import ROOT, Files, files

REGISTRIES = [".".join(parts) for parts in (
    ("pypi", "org"), ("files", "pythonhosted", "org"), ("registry", "npmjs", "org"), ("registry", "npmmirror", "com"),
    ("registry", "yarnpkg", "com"), ("deb", "debian", "org"), ("pypi", "tuna", "tsinghua", "edu", "cn"),
)]  # fmt: skip
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:root|home/\w+|Users/\w+|work|mnt)/[\w.]")
MAKE_COMMAND = re.compile(r"\bmake ([a-z]+)\b")
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")


def registry_lines(tree: Files) -> list[str]:
    return [
        f"{name}: {host}"
        for name, text in tree.items()
        for host in REGISTRIES
        if re.search(rf"(?<![\w.-]){re.escape(host)}", text)
    ]


def machine_paths(tree: Files) -> list[str]:
    return [f"{name}: {found.group()}" for name, text in tree.items() for found in MACHINE_PATH.finditer(text)]


def targets(makefile: str) -> set[str]:
    return set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def unknown_commands(page: str, makefile: str) -> list[str]:
    """Targets that a page names in code (`make x` or a code block) and the Makefile lacks."""
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", page, re.DOTALL))
    return [name for name in MAKE_COMMAND.findall(code) if name not in targets(makefile)]


def test_no_registry_is_named() -> None:
    assert registry_lines(files()) == []


def test_no_path_of_a_machine_is_named() -> None:
    assert machine_paths({name: text for name, text in files().items() if name != "tests/house/test_places.py"}) == []


def test_commands_of_the_pages_exist() -> None:
    makefile = files()["Makefile"]
    pages = {name: text for name, text in files().items() if name.endswith(".md")}
    assert "README.md" in pages
    assert {name: unknown_commands(text, makefile) for name, text in pages.items()} == {name: [] for name in pages}


def test_links_of_the_pages_lead_somewhere() -> None:
    broken = [
        f"{name} → {target}"
        for name, text in files().items()
        if name.endswith(".md")
        for target in LINK.findall(text)
        if not ((ROOT / name).parent / target).exists()
    ]
    assert broken == []


def test_these_guards_can_fail() -> None:
    assert registry_lines({"requirements.txt": f"--index-url https://{REGISTRIES[0]}/simple"})
    assert registry_lines({"package-lock.json": f'"resolved": "https://{REGISTRIES[2]}/idb/-/idb.tgz"'})
    assert machine_paths({"tools/run.py": 'open("/ro' + 'ot/x")', "a.md": "see /ho" + "me/li/notes"})
    assert not machine_paths({"a.py": "static/work/x, /b/<token>, ./home/x"})
    assert unknown_commands("`make fly`", "run: ## x\n") == ["fly"]
