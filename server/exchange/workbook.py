"""A workbook on its way out, with memory for one page of rows: the sheet is written into a ZIP that nobody winds back.

openpyxl would write the whole sheet to the disk first, and the receiver would wait for it. Every text stands in its cell as
text and begins with no sign that a program computes; what a sheet cannot hold any more goes on in the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from server.kernel import clock
from server.platform.sheets import neutral

ROWS_OF_A_SHEET = 1_000_000  # Excel reads 1,048,576
Value = str | int | float | bool | None
Rows = Iterable[Sequence[Value]]

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


class _Sink:
    """What the ZIP has written since it was asked last; it cannot be wound back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def streamed(title: str, names: Sequence[str], pages: Iterable[Rows]) -> Iterator[bytes]:
    """The bytes of the workbook, some after each page; ``names`` head every sheet."""
    sink, sheets, now = _Sink(), 0, datetime.fromtimestamp(clock.now() / 1000, clock.CHINA)
    source, has_more = _Pages(pages), True
    with ZipFile(sink, "w", ZIP_DEFLATED) as file:  # type: ignore[call-overload]
        while has_more:
            sheets += 1
            with file.open(_part(f"xl/worksheets/sheet{sheets}.xml", now), "w", force_zip64=True) as sheet:
                sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{_line(names)}'.encode())
                for rows in source.up_to(ROWS_OF_A_SHEET):
                    sheet.write("".join(map(_line, rows)).encode())
                    yield sink.taken()
                sheet.write(b"</sheetData></worksheet>")
            has_more = source.has_more()
        for name, content in _frame(title, sheets).items():
            file.writestr(_part(name, now), _HEAD + content)
    yield sink.taken()


class _Pages:
    """Pages of rows, cut where a sheet is full."""

    def __init__(self, pages: Iterable[Rows]) -> None:
        self._pages, self._rest = iter(pages), list[Sequence[Value]]()

    def up_to(self, most: int) -> Iterator[Rows]:
        while most and self.has_more():
            taken, self._rest = self._rest[:most], self._rest[most:]
            most -= len(taken)
            yield taken

    def has_more(self) -> bool:
        while not self._rest and (page := next(self._pages, None)) is not None:
            self._rest = list(page)
        return bool(self._rest)


def _part(name: str, at: datetime) -> ZipInfo:
    part = ZipInfo(name, at.timetuple()[:6])
    part.compress_type = ZIP_DEFLATED
    return part


def _line(row: Sequence[Value]) -> str:
    return f"<row>{''.join(map(_cell, row))}</row>"


def _cell(value: Value) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(neutral(value))}</t></is></c>'


def _frame(title: str, sheets: int) -> dict[str, str]:
    """What names the sheets; a ZIP may hold it behind them."""
    each = range(1, sheets + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>' for n in each
    )
    links = "".join(
        f'<Relationship Id="s{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in each
    )
    listed = "".join(f'<sheet name="{escape(title)} {n}" sheetId="{n}" r:id="s{n}"/>' for n in each)
    return {
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="b" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>{overrides}</Types>'
        ),
    }
