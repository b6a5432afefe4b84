"""Drawn shapes on a 16 px grid. Their silhouettes differ: they hold on a photocopy and for the colour-blind.

They are written into the page each time: no request, no state, and a fragment sent by the server is complete.
"""

from types import MappingProxyType

from django.utils.safestring import SafeString, mark_safe

_TICK = '<path d="M4.7 8.3l2.3 2.3 4.3-4.8" stroke="var(--surface)" stroke-width="2"/>'
_SEAL = (
    "M14.4 8Q16 10.6 13.2 11.8Q12.9 14.8 10 14.1Q8 16.4 6 14.1Q3.1 14.8 2.8 11.8Q0 10.6 1.6 8"
    "Q0 5.4 2.8 4.2Q3.1 1.2 6 1.9Q8-.4 10 1.9Q12.9 1.2 13.2 4.2Q16 5.4 14.4 8z"
)
_WARNING = '<path d="M8 1.6L15 14H1z" stroke-width="1.6"/><path d="M8 6v4M8 12.1v.1"/>'
_BROKEN_RING = '<circle cx="8" cy="8" r="6.1" stroke-width="2.2" stroke-linecap="butt" stroke-dasharray="4 2.39"/>'
_FULL = ' fill="currentColor" stroke="none"'

SHAPES = MappingProxyType(
    {
        "met": f'<circle cx="8" cy="8" r="7.2"{_FULL}/>{_TICK}',
        "unmet": f'<circle cx="8" cy="8" r="6.3"/><path d="M1.7 8.6h12.6A6.3 6.3 0 0 1 1.7 8.6z"{_FULL}/>',
        "unknown": _BROKEN_RING,
        "review": '<circle cx="6.8" cy="6.8" r="4.9"/><path d="M10.5 10.5l4 4" stroke-width="2.4"/>',
        "recognised": f'<path d="{_SEAL}"{_FULL}/>{_TICK}',
        "returned": '<path d="M5.6 2.2L2 5.8l3.6 3.6M2.4 5.8h7.4a4 4 0 0 1 0 8H6"/>',
        "draft": '<path d="M2.5 13.5l.6-3L11 2.6l2.4 2.4-7.9 7.9zM9.4 4.2l2.4 2.4" stroke-width="1.5"/>',
        "done": f'<circle cx="8" cy="8" r="7.2"{_FULL}/>{_TICK}',
        "late": _WARNING,
        "look": _WARNING,
        "unsent": '<path d="M8 12.6V3.4M4.2 7L8 3.2 11.8 7M3 14.6h10"/>',
        "sent": '<path d="M1.5 8.6l2.9 2.9 5.4-6.6M7.4 10.6l.9.9L13.9 5"/>',
        "offline": '<path d="M2 14v-2.6M6 14V9M10 14v-2.4M14 14v-2.4M9.6 2.6l4.6 4.6M14.2 2.6L9.6 7.2"/>',
        "not_applicable": '<path d="M2.5 8h11" stroke-width="2.2"/>',
        "go": '<path d="M2 8h11M9 4l4 4-4 4"/>',
        "back": '<path d="M14 8H3M7 4L3 8l4 4"/>',
        "file": '<path d="M3.5 1.6h6l3 3v9.8h-9zM9.3 1.8v3h3" stroke-width="1.5"/>',
        "find": '<circle cx="6.8" cy="6.8" r="4.9"/><path d="M10.5 10.5l4 4" stroke-width="2"/>',
        "saved": '<path d="M8 1.5v6.6M5 5.4l3 3 3-3M2 10.5v3.7h12v-3.7" stroke-width="1.6"/>',
        "down": '<path d="M8 2v9M4.2 7.4L8 11.2l3.8-3.8M3 14.4h10"/>',
        "listen": f'<path d="M5 2.6v10.8L13.6 8z"{_FULL}/>',
        "print": '<path d="M4.5 6V1.8h7V6M4.5 11.5h-3V6h13v5.5h-3M4.5 9.5h7v4.7h-7z" stroke-width="1.5"/>',
        "person": '<circle cx="8" cy="5" r="3"/><path d="M2.2 14.4c.8-3.2 3-4.6 5.8-4.6s5 1.4 5.8 4.6"/>',
        "sun": f'<circle cx="8" cy="8" r="6.3"/><path d="M8 1.7a6.3 6.3 0 0 1 0 12.6z"{_FULL}/>',
    }
)


# The verdicts of criteria stand forty times on a page: they are drawn once, in the frame, and referred to.
SHARED = ("met", "unmet", "unknown", "not_applicable")


def icon_svg(name: str) -> SafeString:
    """One shape, hidden from screen readers because a word always stands beside it.

    An unknown name raises KeyError.
    """
    drawn = f'<use href="#s-{name}"/>' if name in SHARED else SHAPES[name]
    box = "" if name in SHARED else ' viewBox="0 0 16 16"'
    return mark_safe(  # noqa: S308  # our own drawings only; nothing a user wrote comes here
        f'<svg class="ic"{box} width="18" height="18" aria-hidden="true">{drawn}</svg>'
    )


def shared_symbols() -> SafeString:
    """The shapes that `icon_svg` refers to; every page carries them once."""
    symbols = (f'<symbol id="s-{name}" viewBox="0 0 16 16">{SHAPES[name]}</symbol>' for name in SHARED)
    return mark_safe("".join(symbols))  # noqa: S308  # our own drawings only
