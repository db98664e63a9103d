"""The one spelling that is hashed is RFC 8785, as a library of the standard writes it."""

from __future__ import annotations

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from server.evaluation.canonical import canonical, digest

NAMES = st.text(st.characters(min_codepoint=0, max_codepoint=127), max_size=6)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_the_spelling_is_that_of_the_standard(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)


def test_a_known_hash() -> None:
    assert digest({"b": "é", "a": ["\u20ac", True, None]}) == (
        "1867c4ac2a93cb9b3b7b32b9312ab33d131eb5e0bd989c2d0df99df3508de070"
    )
