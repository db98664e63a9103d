"""A QR code (ISO/IEC 18004) as SVG: byte mode, error correction M, versions 1 to 10 (up to 213 bytes).

Written here because it is small and needed on one page: a library would be one more thing to keep. Checked module by
module against an independent encoder when it was written; a test holds the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

Grid = list[list[bool]]
QUIET = 4  # light modules around the symbol
CHECK_WORDS = (10, 16, 26, 18, 24, 16, 18, 22, 22, 26)  # of each block at level M, versions 1 to 10
BLOCKS = (1, 1, 1, 2, 2, 4, 4, 4, 5, 5)
LEVEL_M = 0
MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda x, y: (x + y) % 2 == 0,
    lambda x, y: y % 2 == 0,
    lambda x, y: x % 3 == 0,
    lambda x, y: (x + y) % 3 == 0,
    lambda x, y: (x // 3 + y // 2) % 2 == 0,
    lambda x, y: x * y % 2 + x * y % 3 == 0,
    lambda x, y: (x * y % 2 + x * y % 3) % 2 == 0,
    lambda x, y: ((x + y) % 2 + x * y % 3) % 2 == 0,
)


def svg(words: str, label: str) -> str:
    """The code as one path, dark on light at any theme; ``label`` is for whoever cannot see it."""
    grid = encode(words)
    size = len(grid) + 2 * QUIET
    path = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(grid) for x, dark in enumerate(row) if dark
    )
    return (
        f'<svg class="qr" role="img" aria-label="{label}" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


def encode(words: str, mask: int | None = None) -> Grid:
    """Rows of modules, True is dark. ValueError for more than fits."""
    content = words.encode()
    version = next((v for v in range(1, 11) if len(content) + (2 if v < 10 else 3) <= _data_words(v)), None)
    if version is None:
        raise ValueError("too long for a QR code of this size")
    symbol = _Symbol(version)
    symbol.fill(_with_checks(version, _as_words(version, content)))
    masks = range(8) if mask is None else (mask,)
    return min((symbol.masked(one) for one in masks), key=_penalty)


def _raw_words(version: int) -> int:
    modules = (16 * version + 128) * version + 64
    if version >= 2:
        marks = version // 7 + 2
        modules -= (25 * marks - 10) * marks - 55
    return (modules - (36 if version >= 7 else 0)) // 8


def _data_words(version: int) -> int:
    return _raw_words(version) - CHECK_WORDS[version - 1] * BLOCKS[version - 1]


def _as_words(version: int, content: bytes) -> bytes:
    room = _data_words(version)
    bits = f"{4:04b}{len(content):0{8 if version < 10 else 16}b}" + "".join(f"{byte:08b}" for byte in content)
    bits += "0" * min(4, room * 8 - len(bits))
    bits += "0" * (-len(bits) % 8)
    words = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
    return words + bytes((0xEC, 0x11)[at % 2] for at in range(room - len(words)))


def _with_checks(version: int, words: bytes) -> bytes:
    """Reed-Solomon words for each block, then all blocks interleaved."""
    blocks, checks = BLOCKS[version - 1], CHECK_WORDS[version - 1]
    short, longer = divmod(len(words), blocks)
    parts, at = [], 0
    for number in range(blocks):
        length = short + (1 if number >= blocks - longer else 0)
        parts.append(words[at : at + length])
        at += length
    generator = _generator(checks)
    remainders = [_remainder(part, generator) for part in parts]
    woven = [part[n] for n in range(short + 1) for part in parts if n < len(part)]
    return bytes(woven + [remainder[n] for n in range(checks) for remainder in remainders])


def _times(a: int, b: int) -> int:
    """Product in GF(2^8) over x^8 + x^4 + x^3 + x^2 + 1."""
    product = 0
    for bit in range(7, -1, -1):
        product = (product << 1) ^ (0x11D if product & 0x80 else 0)
        product ^= a if b >> bit & 1 else 0
    return product


def _generator(degree: int) -> list[int]:
    factors, root = [0] * (degree - 1) + [1], 1
    for _ in range(degree):
        for n in range(degree):
            factors[n] = _times(factors[n], root) ^ (factors[n + 1] if n + 1 < degree else 0)
        root = _times(root, 2)
    return factors


def _remainder(words: bytes, generator: list[int]) -> list[int]:
    rest = [0] * len(generator)
    for word in words:
        factor = word ^ rest.pop(0)
        rest.append(0)
        rest = [have ^ _times(part, factor) for have, part in zip(rest, generator, strict=True)]
    return rest


class _Symbol:
    """The square: what is fixed first, then the words in a snake from the lower right."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.size = version * 4 + 17
        self.dark: Grid = [[False] * self.size for _ in range(self.size)]
        self.fixed: Grid = [[False] * self.size for _ in range(self.size)]
        self._draw_fixed()

    def _set(self, x: int, y: int, dark: bool) -> None:
        self.dark[y][x], self.fixed[y][x] = dark, True

    def _draw_fixed(self) -> None:
        for n in range(self.size):
            self._set(6, n, n % 2 == 0)
            self._set(n, 6, n % 2 == 0)
        for x, y in ((3, 3), (self.size - 4, 3), (3, self.size - 4)):
            self._finder(x, y)
        places = self._alignment()
        last = len(places) - 1
        for i, x in enumerate(places):
            for j, y in enumerate(places):
                if (i, j) not in ((0, 0), (0, last), (last, 0)):
                    self._square(x, y, 2, light=1)
        self._format(0)
        if self.version >= 7:
            self._version_bits()

    def _finder(self, x: int, y: int) -> None:
        for dy in range(-4, 5):
            for dx in range(-4, 5):
                if 0 <= x + dx < self.size and 0 <= y + dy < self.size:
                    self._set(x + dx, y + dy, max(abs(dx), abs(dy)) not in (2, 4))

    def _square(self, x: int, y: int, reach: int, light: int) -> None:
        for dy in range(-reach, reach + 1):
            for dx in range(-reach, reach + 1):
                self._set(x + dx, y + dy, max(abs(dx), abs(dy)) != light)

    def _alignment(self) -> list[int]:
        if self.version == 1:
            return []
        count = self.version // 7 + 2
        step = (self.version * 8 + count * 3 + 5) // (count * 4 - 4) * 2
        return [6, *(self.size - 7 - n * step for n in range(count - 2, -1, -1))]

    def _format(self, mask: int) -> None:
        told = LEVEL_M << 3 | mask
        rest = told
        for _ in range(10):
            rest = rest << 1 ^ (rest >> 9) * 0x537
        bits = (told << 10 | rest) ^ 0x5412
        one = [bits >> n & 1 == 1 for n in range(15)]
        for n in range(6):
            self._set(8, n, one[n])
            self._set(14 - n - 9, 8, one[n + 9]) if n < 6 else None
        self._set(8, 7, one[6])
        self._set(8, 8, one[7])
        self._set(7, 8, one[8])
        for n in range(8):
            self._set(self.size - 1 - n, 8, one[n])
        for n in range(8, 15):
            self._set(8, self.size - 15 + n, one[n])
        self._set(8, self.size - 8, True)

    def _version_bits(self) -> None:
        rest = self.version
        for _ in range(12):
            rest = rest << 1 ^ (rest >> 11) * 0x1F25
        bits = self.version << 12 | rest
        for n in range(18):
            along, across = self.size - 11 + n % 3, n // 3
            self._set(along, across, bits >> n & 1 == 1)
            self._set(across, along, bits >> n & 1 == 1)

    def fill(self, words: bytes) -> None:
        bits = (word >> bit & 1 == 1 for word in words for bit in range(7, -1, -1))
        for (x, y), dark in zip(self._snake(), bits, strict=False):
            self.dark[y][x] = dark

    def _snake(self) -> Iterator[tuple[int, int]]:
        for right in range(self.size - 1, 0, -2):
            column = right if right > 6 else right - 1
            upwards = (self.size - 1 - right) // 2 % 2 == 0
            for step in range(self.size):
                y = self.size - 1 - step if upwards else step
                for x in (column, column - 1):
                    if not self.fixed[y][x]:
                        yield x, y

    def masked(self, mask: int) -> Grid:
        self._format(mask)
        turn = MASKS[mask]
        return [
            [dark ^ (not self.fixed[y][x] and turn(x, y)) for x, dark in enumerate(row)]
            for y, row in enumerate(self.dark)
        ]


def _penalty(grid: Grid) -> int:
    """Long runs and full squares confuse a reader; the two rules of the standard that matter most."""
    lines = [*grid, *(list(column) for column in zip(*grid, strict=True))]
    text = ["".join("#" if dark else "." for dark in line) for line in lines]
    runs = sum(max(0, len(run) - 2) for line in text for run in _runs(line) if len(run) >= 5)
    finders = sum(line.count("#.###.#....") + line.count("....#.###.#") for line in text) * 40
    squares = sum(
        grid[y][x] == grid[y][x + 1] == grid[y + 1][x] == grid[y + 1][x + 1]
        for y in range(len(grid) - 1)
        for x in range(len(grid) - 1)
    )
    return runs + finders + 3 * squares


def _runs(line: str) -> Iterator[str]:
    start = 0
    for at in range(1, len(line) + 1):
        if at == len(line) or line[at] != line[start]:
            yield line[start:at]
            start = at
