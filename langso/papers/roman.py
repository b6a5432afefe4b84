"""Roman numerals, as annexes and parts are numbered."""

_SIGNS = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def roman(number: int) -> str:
    if not 1 <= number < 400:
        raise ValueError(f"no annex has the number {number}")
    written = ""
    for value, sign in _SIGNS:
        written += sign * (number // value)
        number %= value
    return written
