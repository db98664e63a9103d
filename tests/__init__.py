"""Tests mirror the rooms of ``server``; house/ guards the tree itself, journeys/ drives a browser, client/ is vitest's."""
