"""The QR code: held to what an independent encoder made of the same words."""

from __future__ import annotations

import pytest

from server.platform import qr

# version 1, level M, mask 3; read module by module when an independent encoder gave the same for versions 1 to 10
SMALL = """
#######.#.##..#######
#.....#.#...#.#.....#
#.###.#..##...#.###.#
#.###.#.#.#.#.#.###.#
#.###.#..#....#.###.#
#.....#...#...#.....#
#######.#.#.#.#######
........#.#..........
#.##.###.#....#..#.##
...##..#.##.##..#.###
#.#..##.##..##......#
..#.##.##.#.##.....#.
###.#.#.####.##..#...
........###....###.#.
#######.##...#..#.##.
#.....#.#..##.....#.#
#.###.#....#.#.#..#..
#.###.#.###..###...#.
#.###.#.#.##.#.#.#...
#.....#..#.##.#..#..#
#######.##.###.####..
"""


def test_a_small_code_is_drawn_as_the_standard_says() -> None:
    assert ["".join("#" if dark else "." for dark in row) for row in qr.encode("0123456789", 3)] == SMALL.split()


def test_a_link_fits_and_too_much_is_refused() -> None:
    link = "https://grid.example.gov.cn/app#/welcome?u=worker&c=12345678"
    assert len(qr.encode(link)) == 33
    assert len(qr.encode("x" * 213)) == 57
    with pytest.raises(ValueError, match="too long"):
        qr.encode("x" * 214)
    assert qr.svg(link, "for signing in").startswith('<svg class="qr" role="img" aria-label="for signing in"')
