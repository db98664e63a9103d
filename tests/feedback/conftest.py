"""The small county on both databases."""

from tests.county import county_fixtures

template, app, world, session, acts = county_fixtures("feedback")
