"""The QR picture of the one-time code: a symbol of its size with quiet margins, a name, and nothing to run."""

from __future__ import annotations

import re

from server.platform import qr


def test_a_link_becomes_one_path_with_a_name() -> None:
    picture = qr.svg("https://gridwalk.example/app#/welcome?code=ABCD-EFGH", 'for "signing in"')
    assert picture.startswith('<svg class="qr" role="img" aria-label="for &#34;signing in&#34;"')
    size = int(re.search(r'viewBox="0 0 (\d+)', picture)[1])  # type: ignore[index]
    assert (size - 2 * qr.QUIET - 17) % 4 == 0
    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", picture)}
    first = range(qr.QUIET, qr.QUIET + 7)
    assert all((x, qr.QUIET) in dark for x in first) and (qr.QUIET + 7, qr.QUIET) not in dark  # the finder's edge
    assert min(min(xy) for xy in dark) == qr.QUIET
    assert "style" not in picture and "script" not in picture
