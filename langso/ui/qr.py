"""QR codes as inline SVG, black on white in both schemes: a reader needs that, and so does paper."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby

import segno
from django.utils.safestring import SafeString, mark_safe


def _dark_runs(line: Iterable[int]) -> Iterator[tuple[int, list[int]]]:
    """Where each run of dark modules of one line begins, and the run."""
    at = 0
    for dark, run in groupby(line):
        modules = list(run)
        if dark:
            yield at, modules
        at += len(modules)


@lru_cache(maxsize=512)
def qr_svg(address: str) -> SafeString:
    """One address. Error correction M holds a fold or a stamp over the code."""
    made = segno.make(address, error="m", micro=False)
    path = "".join(
        f"M{x} {y}h{len(run)}" for y, line in enumerate(made.matrix_iter(border=0)) for x, run in _dark_runs(line)
    )
    size = made.symbol_size(border=0)[0]
    # The quiet zone is inside the drawing: a reader needs it on a dark page too.
    side = f"{size + 6}"
    return mark_safe(  # noqa: S308  # the address itself is not written, only its modules
        f'<svg class="qr" viewBox="-3 -3 {side} {side}" width="120" height="120" aria-hidden="true" '
        f'shape-rendering="crispEdges"><rect x="-3" y="-3" width="{side}" height="{side}" fill="#fff"/>'
        f'<path d="{path}" transform="translate(0 .5)" stroke="#000"/></svg>'
    )
