"""A QR code as SVG: one path, so that nothing in it needs a style or a script."""

from __future__ import annotations

import segno
from markupsafe import Markup

QUIET = 4  # light modules around the symbol


def svg(words: str, label: str) -> Markup:
    """Dark on light at any theme, error correction M; ``label`` is for whoever cannot see it."""
    rows = [list(row) for row in segno.make_qr(words, error="m", boost_error=False).matrix_iter(border=QUIET)]
    size = len(rows)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return Markup(
        '<svg class="qr" role="img" aria-label="{0}" viewBox="0 0 {1} {1}" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{1}v{1}H0z"/><path fill="#000" d="{2}"/></svg>'
    ).format(label, size, path)
