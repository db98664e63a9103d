"""What a check answers, by cases: no code of another minute, phone or badge ever reads as valid."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from server.badges import rules
from server.badges.rules import Minute, Shown
from server.platform.keys import unb64

SECRET, OTHER = b"s" * 32, b"o" * 32
NOW = 1_764_000_000_000
HERE = NOW // 60_000
GRID, SECOND = UUID(int=1), UUID(int=2)
DAY = date(2026, 11, 29)


def shown(minute: int, secret: bytes = SECRET) -> Minute:
    return Minute(minute, rules.code_of(secret, minute))


@pytest.mark.parametrize("late", range(-4, 5))
def test_a_code_is_good_for_two_minutes_on_either_side(late: int) -> None:
    answer = rules.answer_of(True, False, shown(HERE - late), [OTHER, SECRET], NOW)
    assert answer == (rules.VALID if abs(late) <= 2 else rules.REFRESH)


def test_every_other_code_asks_for_a_new_scan() -> None:
    for minute in (shown(HERE, OTHER), Minute(HERE, shown(HERE - 1).code), Minute(HERE, ""), Minute(HERE, "é" * 8)):
        assert rules.answer_of(True, False, minute, [SECRET], NOW) == rules.REFRESH
    assert rules.answer_of(True, False, shown(HERE), [], NOW) == rules.REFRESH, "its phone was revoked"


def test_what_has_ended_is_never_valid() -> None:
    assert rules.answer_of(False, True, shown(HERE), [SECRET], NOW) == rules.INVALID
    assert rules.answer_of(False, True, None, [SECRET], NOW) == rules.INVALID
    assert rules.answer_of(True, True, None, [], NOW) == rules.VALID, "a printed one says its token alone"
    assert rules.answer_of(True, False, None, [SECRET], NOW) == rules.REFRESH, "a phone's says a minute, or nothing"


def test_the_code_is_the_one_a_phone_computes() -> None:
    digest = hmac.new(SECRET, b"hijkl", hashlib.sha256).digest()
    assert rules.code_of(SECRET, int("hijkl", 36)) == base64.urlsafe_b64encode(digest).decode()[:8]
    assert rules.read_minute("hijkl", "x").minute == int("hijkl", 36)
    assert rules.read_minute("../../etc", "x").minute == 0


def test_an_address_of_the_longest_host_has_at_most_eighty_characters() -> None:
    minute = rules.minute_text(int(4_000_000_000_000 / 60_000))  # a day of 2096
    path = f"/b/{'t' * 22}/{minute}/{'c' * 8}"
    assert len(path) <= 80 - len("https://") - 31
    assert len(rules.minute_text(HERE)) == 5


@pytest.mark.parametrize(
    ("ended", "last_day", "role", "today", "good"),
    [
        (False, DAY, "full_time_worker", Shown("full_time_worker", (GRID,)), True),
        (True, DAY, "full_time_worker", Shown("full_time_worker", (GRID,)), False),
        (False, date(2026, 11, 28), "full_time_worker", Shown("full_time_worker", (GRID,)), False),
        (False, DAY, "grid_leader", Shown("full_time_worker", (GRID,)), False),
        (False, DAY, "full_time_worker", None, False),
    ],
)
def test_when_a_badge_is_good(ended: bool, last_day: date, role: str, today: Shown | None, good: bool) -> None:
    assert rules.is_good(date(2026, 1, 1), last_day, ended, role, today, DAY) is good


def test_a_badge_names_the_first_role_of_the_article_in_all_its_grids() -> None:
    held = [
        ("grid_adviser", GRID),
        ("full_time_worker", SECOND),
        ("full_time_worker", GRID),
        ("full_time_worker", SECOND),
    ]
    assert rules.posts_shown(held) == Shown("full_time_worker", (SECOND, GRID))
    assert rules.posts_shown([]) is None


def test_months_end_on_days_that_exist() -> None:
    assert rules.last_day_of(date(2026, 1, 31), 1) == date(2026, 2, 27)
    assert rules.last_day_of(date(2026, 11, 29), 24) == date(2028, 11, 28)
    assert rules.last_day_of(date(2026, 12, 1), 1) == date(2026, 12, 31)


def test_words_end_and_new_ones_come_at_half_their_time() -> None:
    assert int(rules.words_end(NOW, 7), 36) == HERE + 7 * 1_440
    half = 7 * 86_400_000 // 2
    assert [rules.is_to_be_told(NOW, NOW + after, 7) for after in (0, half - 1, half)] == [False, False, True]


def test_no_name_can_write_a_line_of_the_statement() -> None:
    words = rules.statement(["330424-000001", "张\n330424-000002"])
    assert words.splitlines() == ["gridwalk-badge-2", "330424-000001", "张 330424-000002"]


def test_server_and_phone_compute_the_same_code() -> None:
    shared = json.loads((Path(__file__).parents[1] / "shared_cases/badge_codes.json").read_text("utf-8"))
    minute = shared["now"] // 60_000
    assert rules.minute_text(minute) == shared["minute"]
    assert rules.code_of(unb64(shared["secret"]), minute) == shared["code"]
