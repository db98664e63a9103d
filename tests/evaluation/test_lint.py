"""What no rule set may contain, found by name or by title, with its paragraph; and what its authors should weigh."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from server.evaluation import schemas
from server.evaluation.lint import NEEDED_ISSUERS, RULE, lint
from server.evaluation.words import said
from server.text import LANGUAGES, sentences
from tests.evaluation.given import changed


def refused(told: dict[str, Any]) -> set[tuple[str, str]]:
    return {(fault.code, fault.values.get("paragraph", "")) for fault in lint(told).refused}


def warned(told: dict[str, Any]) -> set[str]:
    return {fault.code for fault in lint(told).warned}


BY_NAME = {
    "login_count": "login", "login_days": "login", "online_minutes": "online_time", "track_length": "track",
    "mileage": "mileage", "patrol_minutes": "patrol_time", "photo_count": "photos", "video_count": "photos",
    "likes": "likes", "shares": "likes", "votes": "likes", "study_minutes": "study_time", "install_rate": "installation",
    "app_usage": "installation", "rank": "rank", "top_10": "rank", "ack_seconds": "acknowledgement",
    "check_in_days": "check_in", "clock_in": "check_in", "record_count": "reports_asked_for",
    "number_of_reports": "reports_asked_for",
}  # fmt: skip
BY_TITLE = {
    "每日在线两小时": "online_time", "签到天数": "check_in", "行走轨迹长度": "track", "巡查里程": "mileage",
    "工作照片张数": "photos", "转发点赞": "likes", "月度排名": "rank", "学习时长": "study_time", "上报数": "reports_asked_for",
}  # fmt: skip


@pytest.mark.parametrize("outside", ["", "external."])
@pytest.mark.parametrize("name", BY_NAME)
def test_a_forbidden_fact_is_refused_wherever_it_comes_from(name: str, outside: str) -> None:
    found = refused(changed("default", "VISITS_DUE", fact=outside + name))
    assert {code for code, _ in found} == {f"forbidden_{BY_NAME[name]}"}
    assert all(paragraph for _, paragraph in found)


@pytest.mark.parametrize(
    "name",
    ["feedback_given", "smoke_alarms_installed", "share_of_waste_sorted", "online_mediations_kept", "frank_talks",
     "backlog_cleared", "trackside_hazards", "image_of_the_village", "case_studies_kept", "stepwise_plans"],
)  # fmt: skip
def test_a_word_inside_another_is_not_taken_for_a_forbidden_one(name: str) -> None:
    assert refused(changed("default", "VISITS_DUE", fact=f"external.{name}")) == set()


@pytest.mark.parametrize("type_", ["external.other", "marks"])
@pytest.mark.parametrize("title", BY_TITLE)
def test_a_harmless_name_does_not_hide_what_a_title_says(title: str, type_: str) -> None:
    told = changed("points", "MARK", fact=type_, title_zh=title)
    assert {code for code, _ in refused(told)} == {f"forbidden_{BY_TITLE[title]}"}


def test_the_paragraph_is_said_in_both_languages() -> None:
    fault = lint(changed("default", "VISITS_DUE", fact="online_hours")).refused[0]
    for lang in ("zh", "en"):
        assert "国办函〔2026〕12号" in said(fault, lang)


def test_a_check_in_of_a_call_out_is_exempt() -> None:
    told = changed("default", "VISITS_DUE", fact="emergency_checkins", title_zh="应急集结签到")
    assert refused(told) == set()
    assert "never_made" in warned(told) and "not_made_yet" not in warned(told)


OTHER_SPELLINGS = {
    "在 线 时 长": "online_time", "在\u200b线时长": "online_time", "在、线": "online_time", "線上時長": "online_time",
    "线上时长": "online_time", "上线天数": "online_time", "ＡＰＰ停留时间": "online_time", "打开应用次数": "online_time",
    "登入次数": "login", "签 到": "check_in", "考勤": "check_in", "步行距离": "mileage", "行走路程": "mileage",
    "上传图像": "photos", "拍摄数量": "photos", "影像资料": "photos", "装机率": "installation", "名列前茅": "rank",
    "上报90起": "reports_asked_for", "每月信息九十条": "reports_asked_for", "巡查累计满两小时": "patrol_time",
    "收到确认": "acknowledgement",
}  # fmt: skip
OTHER_NAMES = {
    "onlinehours": "online_time", "OnlineHours": "online_time", "hours_in_app": "online_time", "app_minutes": "online_time",
    "km": "mileage", "position_fixes": "track", "place_among_colleagues": "rank", "logins": "login", "ｌogin_days": "login",
}  # fmt: skip
LAWFUL = (
    "线上调解成功", "存在线索按时移交", "以上线索属实", "上报数据准确", "信息数据准确", "符合上报条件",
    "巡查发现的隐患24小时内移交", "线索一件一档", "每月前十日完成走访", "入学时家访",
)  # fmt: skip


@pytest.mark.parametrize("title", OTHER_SPELLINGS)
def test_another_spelling_says_the_same(title: str) -> None:
    told = changed("default", "VISITS_DUE", fact="external.other", title_zh=title)
    assert refused(told) == refused(
        changed("default", "VISITS_DUE", fact="external.other", explain_zh=f"按{title}计。")
    )
    assert {code for code, _ in refused(told)} == {f"forbidden_{OTHER_SPELLINGS[title]}"}


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_another_name_says_the_same(name: str) -> None:
    for keys in ({"fact": f"external.{name}"}, {"fact": "external.other", "categories": [name]}):
        found = refused(changed("default", "VISITS_DUE", **keys))
        assert {code for code, _ in found} == {f"forbidden_{OTHER_NAMES[name]}"}


@pytest.mark.parametrize(
    "keys",
    [
        {"title_en": "Hours online"}, {"explain_en": "Counts the check-ins of a day."}, {"explain_zh": "每日打卡"},
        {"clause": "第三条 在线时长"}, {"levels": ["online_minutes"]}, {"levels": ["daka.days"]},
    ],
)  # fmt: skip
def test_every_text_of_an_indicator_is_read(keys: dict[str, Any]) -> None:
    assert len(refused(changed("default", "VISITS_DUE", fact="external.other", **keys))) == 1
    assert refused(changed("default", "VISITS_DUE", **keys)) == set()  # the fact itself says what is counted


def test_raters_and_the_title_of_the_group_are_read_too() -> None:
    raters = {"login_days": "1"}
    assert {code for code, _ in refused(changed("points", "MARK", raters=raters))} == {"forbidden_login"}
    told = changed("points")
    for group in told["groups"]:
        group["title_zh"] = "轨 迹" if group["code"] == "MARKS" else group["title_zh"]
    assert {code for code, _ in refused(told)} == {"forbidden_track"}


@pytest.mark.parametrize("title", LAWFUL)
def test_a_lawful_title_is_not_taken_for_a_forbidden_one(title: str) -> None:
    assert refused(changed("default", "VISITS_DUE", fact="external.other", title_zh=title)) == set()


@pytest.mark.parametrize(("least", "neutral", "is_refused"), [
    ("90", "0", True), ("4", "0.8", True), ("3", "0", False), ("90", "1", False), ("90", "drop", False),
])  # fmt: skip
def test_a_least_number_that_costs_points_is_a_quota(least: str, neutral: str, is_refused: bool) -> None:
    expected = {("least_is_a_quota", "1")} if is_refused else set()
    assert refused(changed("e2_lawful", "REPORTS", min_n=least, neutral=neutral)) == expected
    assert refused(changed("default", "VISITS_DUE", fact="reports", min_den=least, neutral=neutral)) == expected


@pytest.mark.parametrize("fact", ["mediations", "visits_due", "adoptions", "patrol_points_due", "external.other"])
def test_no_number_is_asked_for(fact: str) -> None:
    asked = {"of": "number", "target": "90", "counts": "verified", "fact": fact}
    assert refused(changed("e5_lawful", "KEY_SPOTS", **asked)) == {("report_quota", "1")}
    assert refused(changed("e5_lawful", "KEY_SPOTS", **{**asked, "fact": "trainings"})) == set()


@pytest.mark.parametrize(
    ("indicator", "keys", "code", "paragraph"),
    [
        ("VALID", {"counts": "met"}, "count_unverified", "1"),
        ("KEY_SPOTS", {"of": "number", "target": "8", "counts": "met", "fact": "trainings"}, "count_unverified", "1"),
        ("KEY_SPOTS", {"of": "number", "target": "8", "counts": "met"}, "report_quota", "1"),
        ("KEY_SPOTS", {"of": "number", "target": "8", "fact": "reports"}, "report_quota", "1"),
        ("KEY_SPOTS", {"fact": "complaints"}, "complaint_alone", ""),
        ("KEY_SPOTS", {"fact": "visits_made_up"}, "unknown_fact", ""),
        ("KEY_SPOTS", {"fact": "external.party_member"}, "beliefs", ""),
        ("KEY_SPOTS", {"fact": "external.x", "title_zh": "是否党员"}, "beliefs", ""),
    ],
)
def test_what_else_is_refused(indicator: str, keys: dict[str, str], code: str, paragraph: str) -> None:
    assert refused(changed("e5_lawful", indicator, **keys)) == {(code, paragraph)}


def test_satisfaction_comes_from_drawn_visits_alone() -> None:
    assert refused(changed("default", "SATISFACTION", fact="external.survey")) == {("satisfaction_not_drawn", "")}


def test_a_quota_never_fills_the_lowest_grade() -> None:
    assert refused(changed("default", "EXCELLENT_SHARE", grade="fail")) == {("quota_of_the_lowest", "2")}


def test_pay_is_not_computed() -> None:
    assert refused(changed("default", unit_zh="元")) == {("money", "")}


@pytest.mark.parametrize("missing", ["competent_department", "finance", "civil_affairs"])
def test_publishing_needs_all_three_departments(missing: str) -> None:
    issuers = [each for each in changed("default")["issuers"] if each["kind"] != missing]
    assert refused(changed("default", issuers=issuers)) == {(f"issuer_missing_{missing}", "")}


def test_another_role_needs_its_own_basis_and_the_competent_department() -> None:
    issuers = changed("points")["issuers"][:1]
    assert refused(changed("points", issuers=issuers)) == set()
    assert refused(changed("points", issuers=changed("points")["issuers"][1:])) == {
        ("issuer_missing_competent_department", "")
    }


def test_what_authors_should_weigh() -> None:
    assert warned(changed("e5_lawful")) == {"can_be_inflated", "mostly_app"}
    assert "nobody_influences" in warned(changed("default", "VISITS_DUE", fact="incidents_in_area"))
    assert "title_says_forbidden" in warned(changed("default", "VISITS_DUE", title_zh="走访打卡"))
    not_made = lint(changed("e3_lawful", "CASES", fact="incidents_in_area")).warned
    assert {fault.where for fault in not_made if fault.code == "not_made_yet"} == {"CASES"}
    assert warned(changed("e3_lawful", "CASES", fact="external.cases")) == set()  # exactly half is not more than half


def test_every_fault_has_words_and_no_words_are_left_over() -> None:
    room = Path(lint.__code__.co_filename).parent
    source = "".join((room / f"{name}.py").read_text("utf-8") for name in ("rule_set", "lint", "schemas", "score"))
    found = set(re.findall(r'Fault\(\s*"(\w+)"|yield "(\w+)"|_twice\("(\w+)"', source))
    codes = {code for each in found for code in each if code} | set(schemas._OWN_WORDS.values()) | {"bad_value"}
    codes |= {f"forbidden_{each['kind']}" for each in json.loads(RULE.read_text("utf-8"))["kinds"]}
    codes |= {f"issuer_missing_{kind}" for kind in NEEDED_ISSUERS}
    for lang in LANGUAGES:
        words = {
            key.removeprefix("evaluation.fault.") for key in sentences(lang) if key.startswith("evaluation.fault.")
        }
        assert words == codes
