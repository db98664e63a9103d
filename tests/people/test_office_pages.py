"""Office pages: sign-in without JavaScript, both languages, words on top of a faulty form, nothing inline."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from flask import Flask

from tests.builders import Browser, at_desk, signed_in
from tests.world import World

PAGES = {
    "town": ("/office", "/office/devices", "/office/teams", "/office/teams?grid={grid}"),
    "secadmin": ("/office", "/office/devices/people", "/office/devices/people?username=worker", "/office/reset-code"),
    "leader": ("/office", "/office/reset-code"),
}
HAN = re.compile(r"[\u4e00-\u9fff]")


class _Page(HTMLParser):
    """What tests ask of a page: its elements, and text that stands outside elements marked as Chinese."""

    EMPTY = frozenset({"meta", "link", "input", "br", "hr", "img"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.elements.append((tag, found))
        if tag not in self.EMPTY:
            is_chinese = (found.get("lang") or "").startswith("zh") or (bool(self._open) and self._open[-1][1])
            self._open.append((tag, is_chinese))

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open[-1][0] == tag, f"</{tag}> closes {self._open[-1:]}"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1][1]):
            self.words.append(data)


def _pages(app: Flask, world: World, language: str) -> list[tuple[str, str]]:
    """Every page of this room, signed in and out."""
    found = [(path, Browser(app).get(f"{path}?lang={language}").text) for path in ("/sign-in", "/reset")]
    for username, paths in PAGES.items():
        browser = signed_in(app, username) if username == "leader" else at_desk(app, username)
        browser.register()
        browser.form("/language", language=language)
        for path in paths:
            answer = browser.get(path.format(grid=world.areas["grid"]))
            assert answer.status_code == 200, path
            found.append((path, answer.text))
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_are_well_formed_labelled_guarded_and_say_everything(app: Flask, world: World, language: str) -> None:
    for path, text in _pages(app, world, language):
        page = _Page(text)
        _check_elements(path, page, language)
        if path not in ("/sign-in", "/reset"):
            posts = text.count('<form method="post"')
            assert posts and text.count('name="csrf_token"') == posts, path
        if language == "en":
            left = {w.strip() for w in page.words if HAN.search(w)}
            assert not {w for w in left if not re.fullmatch(r"(Hello, |Devices of )张\w+", w)}, path


def _check_elements(path: str, page: _Page, language: str) -> None:
    """One heading, one main, nothing inline, unique ids, a label for every field."""
    tags = [tag for tag, _ in page.elements]
    assert tags.count("h1") == 1 and tags.count("main") == 1, path
    assert not {"script", "style", "iframe"} & set(tags), path
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids)), path
    labelled = {attrs["for"] for tag, attrs in page.elements if tag == "label" and "for" in attrs}
    for tag, attrs in page.elements:
        assert not [name for name in attrs if name == "style" or name.startswith("on")], path
        if tag in ("input", "select") and attrs.get("type") not in ("hidden", "radio", "checkbox"):
            assert attrs.get("id") in labelled, f"{path}: {attrs}"
        if tag == "form" and attrs.get("method") == "post":
            assert str(attrs["action"]).startswith("/"), path
    assert dict(page.elements)["html"]["lang"] == ("zh-CN" if language == "zh" else "en")


def test_a_form_without_the_token_changes_nothing(app: Flask) -> None:
    desk = at_desk(app, "town")
    answer = desk.client.post("/language", data={"language": "en"})
    assert answer.status_code == 403
    assert "您好" in desk.get("/office").text


def test_the_menu_follows_the_permission_table(app: Flask) -> None:
    expected = {
        "town": {"/office/teams"},
        "secadmin": {"/office/reset-code", "/office/devices/people"},
        "sysadmin": {"/office/devices/people"},
        "auditor": set(),
    }
    guarded = {"/office/teams", "/office/reset-code", "/office/devices/people"}
    for username, paths in expected.items():
        text = at_desk(app, username).get("/office").text
        assert {path for path in guarded if f'href="{path}"' in text} == paths, username


def test_a_wrong_password_is_told_on_the_page(app: Flask) -> None:
    answer = Browser(app).sign_in_at_desk("town", "wrong")
    assert answer.status_code == 401 and 'role="alert"' in answer.text and "账号或密码不对" in answer.text
    assert 'value="town"' in answer.text, "the name need not be typed again"
    assert "wrong" not in answer.text


def test_the_start_page_leads_home(app: Flask) -> None:
    def home(browser: Browser) -> str:
        return browser.get("/").headers["Location"]

    assert home(Browser(app)) == "/sign-in"
    for username in ("worker", "leader", "micro", "adviser", "parttime"):
        assert home(signed_in(app, username)) == "/app"
    for username in ("village", "town", "dept", "county", "city", "sysadmin", "secadmin", "auditor"):
        assert home(at_desk(app, username)) == "/office"


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [("/office/teams?grid=1", "/office/teams?grid=1"), ("//evil.example", "/"), ("https://evil.example", "/"),
     ("/\\evil.example", "/"), ("/a\r\nSet-Cookie: x=1", "/"), ("", "/")],
)  # fmt: skip
def test_after_signing_in_nobody_is_led_elsewhere(app: Flask, wanted: str, goes: str) -> None:
    answer = Browser(app).client.post(
        "/sign-in", data={"username": "town", "password": "gridwalk-test", "next": wanted}
    )
    assert answer.headers["Location"] == goes


def test_a_signed_out_reader_is_asked_to_sign_in_and_comes_back(app: Flask) -> None:
    answer = Browser(app).get("/office/teams?grid=5")
    assert answer.headers["Location"] == "/sign-in?next=%2Foffice%2Fteams%3Fgrid%3D5"


def test_the_language_chosen_is_the_persons_own(app: Flask) -> None:
    desk = at_desk(app, "town")
    desk.form("/language", language="en")
    assert "Hello, " in desk.get("/office").text
    assert "Hello, " in at_desk(app, "town").get("/office?lang=zh").text, "the person's setting comes first"
    assert desk.form("/language", language="fr").status_code == 422


def test_dark_pages_are_chosen_on_one_desk(app: Flask) -> None:
    desk = at_desk(app, "town")
    assert 'data-theme="sun"' in desk.get("/office").text
    assert desk.form("/theme", theme="night", next="/office/teams").headers["Location"] == "/office/teams"
    assert 'data-theme="night"' in desk.get("/office").text
    assert 'data-theme="sun"' in at_desk(app, "town").get("/office").text
    assert desk.form("/theme", theme="<pink>").status_code == 422


def test_accept_language_counts_for_whoever_chose_none(app: Flask) -> None:
    assert "Sign in" in Browser(app).get("/sign-in", headers={"Accept-Language": "en-GB,en;q=0.9"}).text
    assert "登录" in Browser(app).get("/sign-in", headers={"Accept-Language": "fr"}).text


def test_signing_out_by_the_button(app: Flask) -> None:
    desk = at_desk(app, "town")
    assert desk.form("/sign-out").headers["Location"] == "/sign-in"
    assert desk.get("/office").status_code == 303
