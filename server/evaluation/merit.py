"""Merit badges (荣誉章, Art. 22; our design, no substitute for commendations): rules about quality, and tokens signed for
whoever wants to check one without us. Pure: no database, no web.

There is no rule that counts: a badge is for everything due being done in time, or for work that held when somebody looked.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from server.evaluation.facts import Row
from server.evaluation.rule_set import Fault, Refused
from server.people.rules import FIELD_ROLES

FORMAT, TOKEN_FORMAT = "gridwalk/merits/1", "gridwalk/merit/1"
TESTS = ("all_in_time", "held")
FACTS = ("relooks_due", "visits_due", "mediations", "mediation_followups_due", "trainings", "tasks")
PICTURES = ("hazards", "visits", "mediations", "information", "publicity", "tasks")
NEEDED = ("code", "title_zh", "title_en", "reason_zh", "reason_en", "picture", "fact", "test", "least")
MOST_BYTES, MOST_MERITS, LONGEST = 64 * 1024, 40, 200
LONGEST_TOKEN = 2_000
SIGNATURE = 1 + 86  # the dot and 64 bytes in base64url
LONGEST_NAME, LONGEST_KID = 40, 40
NO_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")  # control characters and halves of characters


def read_rules(raw: bytes) -> dict[str, Any]:
    """Rules of merit badges. Raises Refused with the first thing that is wrong."""
    if len(raw) > MOST_BYTES:
        raise Refused([Fault("too_large", values={"most": f"{MOST_BYTES // 1024} KiB"})])
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Refused([Fault("not_text")]) from error
    if not isinstance(told, dict) or told.get("format") != FORMAT or not _is_text(told.get("document_no")):
        raise Refused([Fault("bad_value", "format", {"value": "", "field": "format"})])
    merits = told.get("merits")
    if not isinstance(merits, list) or not 1 <= len(merits) <= MOST_MERITS:
        raise Refused([Fault("bad_value", "merits", {"value": "", "field": "merits"})])
    for one in merits:
        _check(one)
    if len({one["code"] for one in merits}) < len(merits):
        raise Refused([Fault("code_twice", "merits")])
    role = told.get("role", "full_time_worker")
    if not isinstance(role, str) or role not in FIELD_ROLES:
        raise Refused([Fault("bad_value", "role", {"value": "", "field": "role"})])
    return {**told, "valid_from": _day(told.get("valid_from")), "role": role}


def _check(one: Any) -> None:
    if not isinstance(one, dict) or not all(_is_text(one.get(name)) for name in NEEDED):
        raise Refused([Fault("key_missing", "merits", {"value": "", "field": ", ".join(NEEDED)})])
    wrong = [
        name for name, known in (("test", TESTS), ("fact", FACTS), ("picture", PICTURES)) if one[name] not in known
    ]
    if not re.fullmatch("[0-9]{1,4}", one["least"]) or not 1 <= int(one["least"]) <= 1000:
        wrong.append("least")
    if not set(one) <= {*NEEDED, "categories"} or not _are_codes(one.get("categories", [])):
        wrong.append("categories")
    if not _fits_a_token(one):
        wrong.append("reason_zh")
    if wrong:
        raise Refused([Fault("bad_value", f"{one['code'][:40]}/{wrong[0]}", {"value": "", "field": wrong[0]})])


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST and NO_TEXT.search(value) is None


def _fits_a_token(one: Mapping[str, Any]) -> bool:
    """Whether a badge of this rule is read by whoever checks it, given to somebody of the longest name."""
    words = {name: one[name] for name in ("code", "title_zh", "title_en", "reason_zh", "reason_en")}
    whom = {"id": "0" * 36, "name": "𠮷" * LONGEST_NAME, "county": "330424", "period": "2026-Q1", "at": "2026-04-20"}
    longest = Merit(**words, **whom)
    return len(_payload(longest, "0" * LONGEST_KID)) + SIGNATURE <= LONGEST_TOKEN


def _are_codes(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(one) for one in value)


def _day(value: Any) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise Refused([Fault("no_such_day", "valid_from", {"value": str(value)[:40]})]) from error


def earned(rule: Mapping[str, Any], rows: Iterable[Row]) -> bool:
    """Whether a quarter's rows earn the badge. What nobody has decided yet earns nothing; neutral rows stand aside."""
    wanted = set(rule.get("categories", ()))
    seen = [row for row in rows if row.outcome != "neutral" and (not wanted or row.category in wanted)]
    if rule["test"] == "held":
        return sum(row.check == "ok" for row in seen) >= int(rule["least"]) and all(row.check != "bad" for row in seen)
    return len(seen) >= int(rule["least"]) and all(row.outcome == "met" and not _is_late(row) for row in seen)


def _is_late(row: Row) -> bool:
    if row.took is None or row.allowed is None or row.allowed_unit is None:
        return False
    return float(row.took.get(row.allowed_unit, "0")) > float(row.allowed)


# -- tokens ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Merit:
    """What a token says; ``at`` is the day it was given."""

    id: str
    code: str
    title_zh: str
    title_en: str
    reason_zh: str
    reason_en: str
    name: str
    county: str
    period: str
    at: str


def sign(merit: Merit, kid: str, key: Ed25519PrivateKey) -> str:
    """``<payload>.<signature>`` in base64url; the payload is JSON and names the key."""
    payload = _payload(merit, kid)
    return f"{payload}.{_b64(key.sign(payload.encode()))}"


def _payload(merit: Merit, kid: str) -> str:
    told = {"format": TOKEN_FORMAT, "kid": kid, **merit.__dict__}
    return _b64(json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())


def verify(token: str, keys: Mapping[str, bytes], revoked: Sequence[str] = ()) -> Merit | None:
    """What a genuine token says, or None for a forged or revoked one. ``keys``: kid → raw Ed25519 public key."""
    try:
        payload, signature = token[:LONGEST_TOKEN].split(".")
        told = json.loads(_unb64(payload))
        Ed25519PublicKey.from_public_bytes(keys[told["kid"]]).verify(_unb64(signature), payload.encode())
        if told.pop("format") != TOKEN_FORMAT or told["id"] in revoked:
            return None
        del told["kid"]
        return Merit(**told)
    except (ValueError, KeyError, TypeError, AttributeError, InvalidSignature, RecursionError):
        return None


def _b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
