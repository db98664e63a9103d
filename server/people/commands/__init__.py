"""Writes of the people room: persons and posts, absences, sessions and devices, reset codes, teams, scopes."""

from server.people.commands.absences import end_absence, posts_of_absent, tell_absence, turn_absences
from server.people.commands.codes import note_code_try, show_reset_code, use_code
from server.people.commands.devices import register_device, revoke_device
from server.people.commands.posts import (
    ROLES,
    add_person,
    appoint,
    end_appointment,
    ensure_roles,
    hash_of,
    set_language,
    set_password,
    tell_of_day,
    tell_staff,
    tidy,
)
from server.people.commands.scopes import current_scope
from server.people.commands.signing import (
    begin_session,
    begin_try,
    double_session,
    end_all_sessions,
    end_session,
    end_sessions,
    forget_old_tries,
    forget_tries,
    is_beyond,
    locked,
    touch_session,
)
from server.people.commands.subscriptions import forget_subscription, keep_subscription
from server.people.commands.teams import close_team, end_membership, name_team, team_for_mediation

__all__ = [
    "ROLES",
    "add_person",
    "appoint",
    "begin_session",
    "begin_try",
    "close_team",
    "current_scope",
    "double_session",
    "end_absence",
    "end_all_sessions",
    "end_appointment",
    "end_membership",
    "end_session",
    "end_sessions",
    "ensure_roles",
    "forget_old_tries",
    "forget_subscription",
    "forget_tries",
    "hash_of",
    "is_beyond",
    "keep_subscription",
    "locked",
    "name_team",
    "note_code_try",
    "posts_of_absent",
    "register_device",
    "revoke_device",
    "set_language",
    "set_password",
    "show_reset_code",
    "team_for_mediation",
    "tell_absence",
    "tell_of_day",
    "tell_staff",
    "tidy",
    "touch_session",
    "turn_absences",
    "use_code",
]
