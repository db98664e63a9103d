"""A person's scope as it is kept and asked for: the streams a holder reads, and the holder as a snapshot holds it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from server.kernel import stream_keys
from server.people.rules import Holder, Post


def streams_of(
    holder: Holder,
    micro_grids: frozenset[UUID],
    units_above: Mapping[UUID, tuple[tuple[UUID, str], ...]],
) -> tuple[str, ...]:
    """The streams a person may see (docs/wire.md §2), sorted; none for somebody no longer in post.

    ``micro_grids``: of all grids held · ``units_above``: by the unit of each post, itself first, with kinds.
    """
    if not holder.is_in_post:
        return ()
    keys = {stream_keys.CITY, stream_keys.person(holder.person_id), stream_keys.county(holder.county_code)}
    keys |= {stream_keys.grid(g) for g in holder.grids}
    keys |= {stream_keys.micro(m) for m in micro_grids}
    keys |= {
        stream_keys.micro(p.micro_grid_id) for p in holder.posts if p.micro_grid_id and p.role == "micro_grid_leader"
    }
    keys |= {stream_keys.team(t) for t in holder.teams}
    for chain in units_above.values():
        keys |= {stream_keys.area(unit) for place, (unit, kind) in enumerate(chain) if place == 0 or kind != "city"}
    return tuple(sorted(keys))


def holder_to_json(holder: Holder) -> dict[str, Any]:
    """A holder as JSON values, in one order, so that equal holders give equal text."""
    posts = [
        {
            "role": p.role,
            "org_unit_id": str(p.org_unit_id),
            "grid_id": str(p.grid_id) if p.grid_id else None,
            "micro_grid_id": str(p.micro_grid_id) if p.micro_grid_id else None,
            "from_day": p.from_day.isoformat(),
            "to_day": p.to_day.isoformat() if p.to_day else None,
            **({"acting_for": str(p.acting_for)} if p.acting_for else {}),
        }
        for p in holder.posts
    ]
    return {
        "person_id": str(holder.person_id),
        "county_code": holder.county_code,
        "posts": sorted(posts, key=lambda p: sorted((k, v or "") for k, v in p.items())),
        "teams": sorted(str(t) for t in holder.teams),
        "reviews_teams": sorted(str(t) for t in holder.reviews_teams),
    }


def holder_from_json(value: Mapping[str, Any]) -> Holder:
    """The holder that ``holder_to_json`` wrote."""
    posts = tuple(
        Post(
            role=p["role"],
            org_unit_id=UUID(p["org_unit_id"]),
            grid_id=UUID(p["grid_id"]) if p["grid_id"] else None,
            micro_grid_id=UUID(p["micro_grid_id"]) if p["micro_grid_id"] else None,
            from_day=date.fromisoformat(p["from_day"]),
            to_day=date.fromisoformat(p["to_day"]) if p["to_day"] else None,
            acting_for=UUID(p["acting_for"]) if p.get("acting_for") else None,
        )
        for p in value["posts"]
    )
    return Holder(
        person_id=UUID(value["person_id"]),
        county_code=value["county_code"],
        posts=posts,
        teams=frozenset(UUID(t) for t in value["teams"]),
        reviews_teams=frozenset(UUID(t) for t in value["reviews_teams"]),
    )
