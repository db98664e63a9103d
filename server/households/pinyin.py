"""Pinyin initials of a name, so that 张小明 is found by typing ``zxm``."""

from __future__ import annotations


def initials_of(name: str) -> str:
    """First letters of Chinese characters, and Latin letters and figures as they are; lower case, nothing else."""
    from pypinyin import Style, lazy_pinyin  # its dictionary takes half a second: not for every command of the installation

    letters = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
    return "".join(c for c in letters if c.isalnum() and c.isascii())
