"""The catalogue of refusals: every code that a door may answer with, and its HTTP status.

The words stand in ``server/text/{zh,en}.json`` under ``problem.<code>.title`` and ``problem.<code>.detail``; a guard
compares both lists. A ``Problem`` is raised by commands and doors and turned into ``application/problem+json``
(RFC 9457) in one place; inside a push it becomes the outcome of one mutation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

CATALOGUE: dict[str, int] = {
    # at the door
    "signed_out": 401,
    "wrong_credentials": 401,
    "account_locked": 423,
    "reset_code_wrong": 422,
    "second_factor_needed": 401,
    "second_factor_wrong": 401,
    "second_factor_there": 409,
    "sign_on_refused": 401,
    "sign_on_silent": 503,
    "sign_on_unbound": 403,
    "subject_bound": 409,
    "password_too_short": 422,
    "csrf": 403,
    "wrong_person": 403,
    "not_allowed": 403,
    "restricted_session": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "too_many_requests": 429,
    "bad_request": 400,
    "bad_json": 400,
    "invalid": 422,
    "unprocessable": 422,
    "too_large": 413,
    "unsupported_media": 415,
    "cut_body": 408,
    "internal": 500,
    "unavailable": 503,
    # devices and the queue
    "device_of_another_person": 409,
    "unknown_device": 409,
    "push_address": 422,
    "channel_address": 422,
    "device_cloned": 409,
    "gap": 409,
    "cursor_expired": 410,
    "id_reuse": 409,
    "unknown_mutation": 422,
    "unknown_version": 422,
    "payload_too_large": 413,
    "payload_not_json": 422,
    "no_longer_in_post": 403,
    "scope_ended": 403,
    "parent_refused": 409,
    "base_version_missing": 409,
    # records
    "record_exists": 409,
    "matter_not_in_force": 422,
    "matter_wrong_duty": 422,
    "photo_forbidden": 422,
    "day_out_of_range": 422,
    "field_not_allowed": 422,
    "team_needed": 422,
    "household_elsewhere": 422,
    "place_elsewhere": 422,
    "check_point_unfit": 422,
    "patrol_plan_full": 409,
    "visit_planned": 409,
    "door_not_here": 422,
    "duplicate_check": 422,
    "nobody_reached": 422,
    "field_not_asked": 422,
    "information_lacking": 422,
    "settlement_not_open": 422,
    "parties_lacking": 422,
    "outcome_told": 409,
    "nothing_settled": 422,
    "closed": 409,
    # absences and entering for others
    "stand_in_not_here": 422,
    "not_for_others": 422,
    "not_to_confirm": 409,
    "correction_answered": 409,
    "matter_stays": 422,
    # tasks
    "task_sensitive": 422,
    "temporary_off": 422,
    "temporary_unpublished": 422,
    "temporary_ended": 422,
    "matter_ends_before": 422,
    "request_answered": 409,
    "request_elsewhere": 422,
    "nothing_to_merge": 422,
    "list_too_long": 422,
    "too_many_receivers": 422,
    "not_urgent": 422,
    "nobody_chosen": 422,
    "receiver_not_here": 422,
    "proof_elsewhere": 422,
    "refusal_answered": 409,
    # cases
    "no_case_of_this": 422,
    "case_exists": 409,
    "step_unfit": 409,
    "unit_unknown": 422,
    "level_unfit": 422,
    "order_open": 409,
    "too_late": 409,
    "complaint_elsewhere": 422,
    "connector_fills": 422,
    "ref_taken": 409,
    # the matter list
    "draft_closed": 409,
    "matter_on_list": 409,
    "nothing_adjusted": 422,
    "consent_lacking": 422,
    "department_not_asked": 422,
    "department_disagrees": 422,
    "duty_on_record": 422,
    "department_exists": 409,
    "department_in_use": 409,
    # the workforce
    "person_unknown": 422,
    "username_taken": 409,
    "place_unfit": 422,
    "post_held": 409,
    "staff_suspended": 409,
    "administrators_apart": 409,
    "training_lacking": 422,
    "consent_needed": 403,
    # what people say, and findings
    "form_again": 422,
    "handler_not_here": 422,
    "own_matter": 403,
    "step_done": 409,
    "photo_too_big": 413,
    "receipt_wrong": 422,
    "outcome_unfit": 422,
    "not_heard_yet": 409,
    "silence_wanted": 409,
    # emergency mode
    "callout_open": 409,
    "callout_too_long": 422,
    "callout_ended": 409,
    "case_unknown": 422,
    "position_filed": 409,
    "position_due": 409,
    "position_held": 409,
    # work badges and notice boards
    "badge_open": 409,
    "badge_over": 409,
    "badge_design_missing": 422,
    "base_url_missing": 503,
    "badge_photo_consent": 422,
    # borders of grids
    "border_overlaps": 422,
    "border_leaves_hole": 422,
    "micro_leaves_grid": 422,
    "border_in_pieces": 422,
    "border_vanishes": 422,
    "border_too_short": 422,
    "border_crosses_itself": 422,
    "split_misses": 422,
    "merge_elsewhere": 422,
    "nothing_drawn": 422,
    "border_pending": 409,
    "draft_ended": 409,
    "geojson_unreadable": 422,
    # evaluation
    "evaluation_off": 409,
    "rule_set_unreadable": 422,
    "rule_set_frozen": 409,
    "rule_set_refused": 422,
    "rule_set_backdated": 409,
    "references_lacking": 422,
    "period_open": 422,
    "run_exists": 409,
    "window_over": 409,
    "window_open": 409,
    "objection_open": 409,
    "not_impartial": 403,
    "mark_too_high": 422,
    # other systems
    "token_needed": 401,
    "token_ended": 401,
    "token_scope": 403,
    "hook_address": 422,
    "place_unclear": 422,
    # decisions
    "stale": 409,
    "already_decided": 409,
    "changed_meanwhile": 409,
    "own_record": 403,
    "not_waiting": 409,
    "not_returned": 409,
    "not_disputed": 409,
    # photos
    "hash_mismatch": 460,
    "not_an_image": 422,
    "image_too_large": 413,
    "upload_gone": 410,
    "upload_offset": 409,
    "tus_version": 412,
    # data kept by the office
    "reason_needed": 422,
    "figure_out_of_bounds": 422,
    "held": 409,
    "still_needed": 409,
    "door_unknown": 422,
    "door_ambiguous": 422,
    "no_household_named": 422,
    "subject_unknown": 422,
    "consent_withdrawn": 409,
    "steps_lacking": 422,
    "import_faulty": 422,
    "import_unreadable": 422,
    "import_columns": 422,
    "import_empty": 422,
    "import_gone": 410,
    "sealed_file_unreadable": 422,
    "team_needs_two": 422,
    "grid_unknown": 422,
}


class Problem(Exception):
    """A catalogued refusal. ``fields`` are JSON values that help to mend it; never personal data."""

    def __init__(self, code: str, *, headers: Mapping[str, str] | None = None, **fields: Any) -> None:
        if code not in CATALOGUE:
            raise LookupError(f"problem {code!r} is not in the catalogue")
        super().__init__(code)
        self.code = code
        self.status = CATALOGUE[code]
        self.fields = fields
        self.headers = dict(headers or {})


class Conflict(Problem):
    """Two people met at one object: the answer carries the server's row and, for an edit, the fields in question."""

    def __init__(self, code: str, *, kind: str, object_id: UUID, differing: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.kind = kind
        self.object_id = object_id
        self.differing = differing


def insist(verdict: Any) -> None:
    """Raise the problem of a ``Refused``; let an ``Allowed`` pass."""
    if not verdict:
        raise Problem(verdict.code, **dict(verdict.fields))
