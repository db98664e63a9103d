"""Pinyin initials of a name, so that 张小明 is found by typing ``zxm``."""

from __future__ import annotations


def initials_of(name: str) -> str:
    """First letters of Chinese characters, and Latin letters and figures as they are; lower case, nothing else."""
    # here, since its dictionary takes half a second to load: not for every command of the installation
    from pypinyin import Style, lazy_pinyin

    letters = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
    return "".join(c for c in letters if c.isalnum() and c.isascii())
