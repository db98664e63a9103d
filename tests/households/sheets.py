"""Sheets as a town might send them, good, faulty and hostile."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl

HEADINGS = ("微网格编码", "门牌地址", "联系人", "联系电话")


def sheet(*rows: Sequence[Any], headings: Sequence[str] = HEADINGS, above: int = 0) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    for _ in range(above):
        page.append(["二〇二六年"])
    page.append(list(headings))
    for row in rows:
        page.append(list(row))
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def with_part(content: bytes, name: str, change: Any) -> bytes:
    """The same file with one part of its zip changed by ``change(text) -> bytes``."""
    out = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = old.read(entry.filename)
            new.writestr(entry.filename, change(part) if entry.filename == name else part)
    return out.getvalue()


def bomb() -> bytes:
    """Small, and gigabytes when inflated."""
    return with_part(sheet(("1", "2", "3", "4")), "xl/worksheets/sheet1.xml", lambda part: part + b" " * (60 * 2**20))


def with_entities() -> bytes:
    """A document type whose entities grow by themselves."""

    def plant(part: bytes) -> bytes:
        head = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        body = part.partition(b"?>")[2] if part.startswith(b"<?xml") else part
        return head + body

    return with_part(sheet(("1", "2", "3", "4")), "xl/worksheets/sheet1.xml", plant)


def with_far_row() -> bytes:
    """A row that says it is the last of a million."""
    return with_part(
        sheet(("1", "2", "3", "4")),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b'<row r="2"', b'<row r="1048576"'),
    )
