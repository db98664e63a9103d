"""One act against the tables: read its payload, run its command inside a savepoint, and put the outcome into words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from marshmallow import ValidationError
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from server.kernel.problems import Conflict, Problem
from server.platform import logs, streams
from server.platform.keys import keyring
from server.platform.problem_json import body_of
from server.records.rules import Act
from server.sync import rules, scoping
from server.sync.applied import Applied
from server.sync.mutations import Mutation, lacks_version

ABOUT_NO_ROW = Applied(None, None, None)


@dataclass(frozen=True)
class Result:
    """An outcome before it is written down. ``waits_for``: kind and id of the row that a held act leans on."""

    outcome: str
    problem: Problem | None = None
    applied: Applied = ABOUT_NO_ROW
    parent: str | None = None
    server: dict[str, Any] | None = None
    waits_for: tuple[str, UUID] | None = None


def load(mutation: Mutation, version: int, payload: str) -> dict[str, Any]:
    """The payload as the mutation's newest schema has it.

    Problems: ``payload_too_large``, ``payload_not_json``, ``unknown_version``, ``invalid`` with the names of fields.
    """
    if len(payload) > rules.LONGEST_PAYLOAD or len(payload.encode("utf-8", "replace")) > rules.LONGEST_PAYLOAD:
        raise Problem("payload_too_large", most=rules.LONGEST_PAYLOAD)
    try:
        told = json.loads(payload, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Problem("payload_not_json") from error
    if not isinstance(told, dict):
        raise Problem("payload_not_json")
    if version > mutation.version:
        raise Problem("unknown_version", newest=mutation.version)
    try:
        for step in range(version, mutation.version):
            told = mutation.up_casters[step](told)
        loaded: dict[str, Any] = mutation.schema.load(told)
        return loaded
    except ValidationError as error:
        raise Problem("invalid", fields=sorted(str(name)[:60] for name in error.normalized_messages())) from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise Problem("invalid", fields=[]) from error


def run(session: Session, mutation: Mutation, act: Act, loaded: Mapping[str, Any]) -> Result:
    """Run the command inside a savepoint. A database that cannot answer is no verdict and goes up."""
    if lacks_version(mutation, loaded, act.version_seen):
        return Result("refused", Problem("base_version_missing"))
    for attempt in (1, 2):
        try:
            with streams.savepoint(session):
                return Result("applied", applied=mutation.apply(session, act, loaded))
        except Conflict as conflict:
            session.expire_all()
            return Result("conflict", conflict, server=scoping.row_met(session, act.person_id, conflict))
        except Problem as problem:
            return Result("refused", problem)
        except IntegrityError:
            if attempt == 2:  # two phones met at one row; at the second look the winner's row is there, or nobody looks
                return Result("refused", Problem("record_exists"))
        except DataError:
            return Result("refused", Problem("invalid", fields=[]))
        except (ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
            logs.unexpected(error)
            return Result("refused", Problem("internal"))
    raise AssertionError("unreachable")


def answer_of(mutation_id: UUID, digest: str, result: Result, now: int) -> dict[str, Any]:
    """What the phone is told, as it is stored and repeated (docs/wire.md §3), without lane, seq and id."""
    if result.outcome == "held":
        return {"outcome": "held"}
    answer: dict[str, Any] = {"outcome": result.outcome, "receipt": receipt(str(mutation_id), digest, now)}
    if result.applied.version is not None:
        answer["version"] = result.applied.version
    if result.problem is not None:
        answer["problem"] = body_of(result.problem)
    if result.parent is not None:
        answer["parent"] = result.parent
    if result.server is not None:
        answer["server"] = result.server
        answer["version"] = result.server.get("version")
    return answer


def can_be_kept(answer: Mapping[str, Any]) -> bool:
    """Whether an answer is JSON at all. Only words of a refusal, made of what a phone sent, could fail to be."""
    try:
        orjson.dumps(answer)
    except (TypeError, ValueError, RecursionError) as error:
        logs.unexpected(error)
        return False
    return True


def receipt(mutation_id: str, digest: str, at: int) -> dict[str, Any]:
    """The worker's proof of delivery: a signature over id, hash, time and key id."""
    ring = keyring()
    kid = ring.receipt_kid()
    signed = ring.sign_with_receipt_key(f"{mutation_id}\n{digest}\n{at}\n{kid}")
    return {"kid": kid, "at": at, "hash": digest, "sig": signed}


def _no_constant(name: str) -> float:
    raise ValueError(name)
