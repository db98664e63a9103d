"""The words of the server, and tokens against forged requests."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from server import text as words
from server.platform import csrf
from server.platform.config import Settings, SettingsError


def test_a_sentence_takes_its_values() -> None:
    assert words.text("home.title", "en", name="张三") == "Hello, 张三"
    assert words.text("home.title", "zh", name="张三") == "您好，张三"


def test_an_unknown_language_is_answered_in_chinese() -> None:
    assert words.text("sign_in.title", "fr") == words.text("sign_in.title", "zh") == "登录"


def test_a_key_that_nobody_wrote_is_an_error() -> None:
    with pytest.raises(LookupError, match=r"no\.such"):
        words.text("no.such", "zh")


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_no_key_is_written_twice(lang: str) -> None:
    pairs: list[str] = []
    json.loads(
        (words.FOLDER / f"{lang}.json").read_text("utf-8"), object_pairs_hook=lambda p: pairs.extend(k for k, _ in p)
    )
    assert len(pairs) == len(set(pairs))


def test_a_key_written_twice_is_noticed() -> None:
    with pytest.raises(ValueError, match="two sentences"):
        json.loads('{"a": "1", "a": "2"}', object_pairs_hook=words._once)


def test_tokens_of_one_session_differ_and_are_all_good() -> None:
    secret = csrf.new_secret()
    first, second = csrf.token_of(secret), csrf.token_of(secret)
    assert first != second and csrf.is_token_of(secret, first) and csrf.is_token_of(secret, second)
    assert not csrf.is_token_of(csrf.new_secret(), first)


@given(some.text())
def test_no_other_text_is_a_token(guess: str) -> None:
    assert not csrf.is_token_of("secret", guess)


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.5", "gridwalk.example"])
def test_the_demo_is_refused_beyond_loopback(host: str) -> None:
    with pytest.raises(SettingsError):
        Settings.from_environment({"GRIDWALK_DEMO": "1", "HOST": host})
    assert Settings.from_environment({"HOST": host}).secure_cookies is True
    assert Settings.from_environment({"GRIDWALK_DEMO": "1"}).demo is True
