"""What is said of a fault of a rule set or a facts file, in the language of who reads it."""

from __future__ import annotations

from server.evaluation.rule_set import Fault
from server.text import text


def said(fault: Fault, lang: str) -> str:
    """One sentence; with the paragraph of the national rule where that is what refuses."""
    values = dict(fault.values)
    paragraph = values.pop("paragraph", None)
    sentence = text(f"evaluation.fault.{fault.code}", lang, **values)
    if paragraph is None:
        return sentence
    return f"{sentence} {text(f'evaluation.paragraph.{paragraph}', lang)}"
