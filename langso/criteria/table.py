"""What is known of many units at once: one array per figure, NaN where nothing is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Column:
    """One figure of every unit.

    Units: a share in percent (62.5, not 0.625); yes is 1, no is 0; a named case is its place in the list of
    cases.
    """

    value: Floats
    numerator: Floats | None = None
    denominator: Floats | None = None

    @classmethod
    def of_ratio(cls, numerator: Floats, denominator: Floats, per: int = 100) -> "Column":
        """The figure is made from its counts, multiplied before dividing, so that 3 of 5 is 60 and not 59.99…

        A denominator of zero gives no figure.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.where(denominator > 0, numerator * per / denominator, np.nan)
        return cls(value, numerator, denominator)

    @classmethod
    def of_fraction(cls, fraction: Floats) -> "Column":
        """Shares kept as 0..1 turned to percent; 0.29 becomes 29, not 28.999999999999996."""
        return cls(np.round(fraction * 100, 10))


@dataclass(frozen=True, eq=False)
class Table:
    """Units in their order, the columns by code, and the class of each unit where targets depend on it.

    A code without a column is unknown for every unit. Class "" is unknown.
    """

    units: Sequence[str]
    columns: Mapping[str, Column]
    classes: Mapping[str, npt.NDArray[np.str_]] | None = None
    _stacks: dict[tuple[str, ...], Floats] = field(default_factory=dict, repr=False)

    @classmethod
    def of_matrix(
        cls,
        units: Sequence[str],
        codes: Sequence[str],
        matrix: Floats,
        classes: Mapping[str, npt.NDArray[np.str_]] | None = None,
    ) -> "Table":
        """A table over one array (codes × units), which is then judged without a copy."""
        if matrix.shape != (len(codes), len(units)):
            raise ValueError(f"matrix {matrix.shape} for {len(codes)} codes and {len(units)} units")
        columns = {code: Column(matrix[k]) for k, code in enumerate(codes)}
        return cls(units, columns, classes, {tuple(codes): matrix})

    def value(self, code: str) -> Floats:
        column = self.columns.get(code)
        return column.value if column else np.full(len(self.units), np.nan)

    def stack(self, codes: tuple[str, ...]) -> Floats:
        """The values of these codes as one array, row by row; made once."""
        found = self._stacks.get(codes)
        if found is None:
            found = np.empty((len(codes), len(self.units)))
            for k, code in enumerate(codes):
                found[k] = self.value(code)
            self._stacks[codes] = found
        return found
