"""HTML doors of the people room: the front door, sign-in, and the office pages about people, devices and teams."""

from __future__ import annotations

from flask import Blueprint

from server.people.pages import exports, factor, front, office, signing, teams

BLUEPRINTS: list[Blueprint] = [
    front.blueprint,
    signing.blueprint,
    office.blueprint,
    teams.blueprint,
    exports.blueprint,
    factor.blueprint,
]
