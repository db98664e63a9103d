"""The rules of delivery by themselves: what an answer means, when to try again, when to give up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.messages import rules
from server.platform import pushing, webpush
from server.platform.pushing import Pusher
from server.platform.webpush import PushSettings, VapidError

OUTCOMES = [rules.ACCEPTED, rules.GONE, rules.BUSY, rules.FAILED, rules.REFUSED, rules.CUT, "silent", "unreachable"]


@pytest.mark.parametrize(
    ("status", "meant"),
    [(201, "accepted"), (404, "gone"), (410, "gone"), (429, "busy"), (403, "refused"), (307, "refused"), (502, "failed")],
)  # fmt: skip
def test_what_an_answer_means(status: int, meant: str) -> None:
    assert rules.meaning(status, None) == meant
    assert rules.meaning(None, "silent") == "silent"


@given(
    st.lists(st.tuples(st.sampled_from(OUTCOMES), st.none() | st.integers(0, 90_000)), min_size=1),
    st.integers(1, rules.MOST_TRIES), st.floats(0, 200_000), st.booleans(),
)  # fmt: skip
def test_it_always_ends_and_never_comes_too_early(
    outcomes: list[tuple[str, int | None]], tries: int, age_s: float, urgent: bool
) -> None:
    what = rules.after(outcomes, tries, age_s, urgent, 30.0)
    assert what.state in ("delivered", "undelivered", "waiting")
    assert (what.state == "undelivered") == (what.reason is not None)
    assert (what.state == "delivered") == any(outcome == rules.ACCEPTED for outcome, _ in outcomes)
    if what.state == "waiting":
        assert what.wait_s and tries < rules.MOST_TRIES and age_s + what.wait_s <= rules.KEPT_FOR_S[urgent]
        assert all(what.wait_s >= (wait or 0) for outcome, wait in outcomes if outcome in rules.LATER)


def test_waits_double_up_to_an_hour() -> None:
    waits = [rules.after([("failed", None)], tries, 0, False, 30.0).wait_s for tries in range(1, 6)]
    assert waits == [30, 60, 120, 240, 480]
    assert rules.after([("failed", None)], 5, 0, False, 3000.0).wait_s == 3600


def test_three_failures_in_a_row_shut_a_host_and_a_success_opens_it() -> None:
    assert rules.breaker(0, ["failed", "silent"], 1000, 30) == (2, 0)
    assert rules.breaker(2, ["unreachable"], 1000, 30) == (3, 601_000)
    assert rules.breaker(3, ["accepted"], 1000, 30) == (0, 0)
    assert rules.breaker(2, ["busy"], 1000, 30) == (0, 0), "busy is not broken"


@pytest.mark.parametrize(
    "subject", ["", "push@jiaxing.gov.cn", "mailto:me@example.com", "https://localhost", "mailto:a@b"]
)
def test_a_made_up_subject_is_refused_at_the_start(subject: str) -> None:
    with pytest.raises(VapidError, match="VAPID_SUBJECT"):
        webpush.read({"VAPID_PRIVATE_KEY": webpush.new_private_key(), "VAPID_SUBJECT": subject})


def test_a_key_that_is_none_is_refused_at_the_start_and_is_never_printed() -> None:
    with pytest.raises(VapidError, match="vapid-keys"):
        webpush.read({"VAPID_PRIVATE_KEY": "no key", "VAPID_SUBJECT": "mailto:push@jiaxing.gov.cn"})
    assert "secret" not in repr(PushSettings("secret"))
    assert not webpush.read({}).is_on


FCM = ("fcm.googleapis.com",)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://10.0.0.5\\.fcm.googleapis.com/../admin",  # some readers end the host at the backslash
        "https://fcm.googleapis.com:/x",
        "https://a..fcm.googleapis.com/x",
        f"https://{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.fcm.googleapis.com/x",
        "https://fcm.googleapis.com@10.0.0.5/x",
        "https://fcm.googleapis.com:8443/x",
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com/a b",
        "https://notfcm.googleapis.com/x",
        "https://fcm.googleapis.com\n/x",
    ],
)
def test_an_address_off_the_list_or_that_could_be_read_in_two_ways_is_refused(endpoint: str) -> None:
    assert not webpush.may_go_to(endpoint, FCM)


@pytest.mark.parametrize(
    "endpoint", ["https://fcm.googleapis.com/fcm/send/a:b-_%20?x=1", "https://a.fcm.googleapis.com:443/x"]
)
def test_an_address_on_the_list_or_below_it_is_taken(endpoint: str) -> None:
    assert webpush.may_go_to(endpoint, FCM)


def test_trouble_with_one_address_is_its_own_and_never_an_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> pushing.Answer:
        raise ValueError("https://fcm.googleapis.com/secret")

    settings = PushSettings(webpush.new_private_key(), "mailto:push@jiaxing.gov.cn", FCM)
    target = webpush.Target("https://fcm.googleapis.com/x", "", "")
    monkeypatch.setattr(Pusher, "_send", broken)
    assert Pusher(settings).send(target, {}, 0, ttl=1, urgency="normal", topic="a").trouble == rules.REFUSED
    elsewhere = PushSettings(settings.private_key, settings.subject, ("push.apple.com",))
    monkeypatch.setattr(Pusher, "_send", lambda *_: pushing.Answer(201))
    assert Pusher(elsewhere).send(target, {}, 0, ttl=1, urgency="normal", topic="a").trouble == rules.REFUSED


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 1439))
def test_what_waits_for_the_morning_rings_within_a_day_and_never_in_quiet_hours(now: int, start: int, end: int) -> None:
    began = 1_795_881_600_000
    rings = rules.rings_at(began + now * rules.MINUTE_MS, began, start, end)
    minute = (rings - began) // rules.MINUTE_MS
    assert now <= minute < now + rules.DAY_MINUTES
    assert not rules.in_quiet_hours(minute % rules.DAY_MINUTES, start, end)
    if not rules.in_quiet_hours(now, start, end):
        assert minute == now


@given(st.integers(1, 6000))
def test_a_channel_is_called_no_more_often_in_a_minute_than_it_allows(per_minute: int) -> None:
    now, calls = 0, 0
    while now < rules.MINUTE_MS:
        calls += rules.most_now(per_minute)
        now = rules.free_again(now, rules.most_now(per_minute), per_minute)
    assert calls < per_minute + rules.most_now(per_minute) and now >= rules.MINUTE_MS


@pytest.mark.parametrize(
    ("level", "why", "may"), [("L0", "台风", True), ("L0", " ", False), ("L0", None, False), ("L1", "台风", False)]
)
def test_urgent_is_for_level_l0_with_a_reason(level: str, why: str | None, may: bool) -> None:
    assert rules.may_be_urgent(level, why) is may
