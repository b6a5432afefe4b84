"""The criteria engine beside a NumPy kernel written by hand and OpenFisca-Core: same rules, figures and run.

60 criteria in 4 groups, 5 rising levels each, at the size of all communes before the reform (10,598) and
ten times that. The three must find the same number of units at each level, else the run fails. The kernel
makes levels only; ours also keeps what is met, unmet and unknown for every criterion, level and unit. Run:
`python bench/engine.py`.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from langso.criteria.edition import Edition
from langso.criteria.engine import Table, judge, plan_of
from langso.criteria.findings import stated
from langso.criteria.reading import read_edition
from langso.criteria.table_file import read_table

SIZES = (10_598, 106_000)
GROUPS, EACH, LEVELS = 4, 15, 5
REPEATS = 25
BUDGET = 1.5  # times the kernel
FILE_BUDGET, EXPLAIN_BUDGET = 1.0, 0.020  # seconds

Floats = npt.NDArray[np.float64]


def thresholds() -> Floats:
    """Rising whole numbers, so that a float32 engine compares them as exactly as a float64 one."""
    chance = random.Random(2361)
    return np.array([sorted(chance.sample(range(5, 60), LEVELS)) for _ in range(GROUPS * EACH)], dtype=float)


def figures(units: int) -> Floats:
    """Communes that are good at most things or poor at most, one in twenty with a figure missing."""
    chance = np.random.default_rng(units)
    skill = chance.uniform(0, 60, units)
    noise = chance.uniform(0, 40, (GROUPS * EACH, units))
    values = np.asarray(np.clip(skill + noise, 0, 100).round(1), dtype=np.float64)
    some = np.flatnonzero(chance.random(units) < 0.05)
    values[chance.integers(0, GROUPS * EACH, len(some)), some] = np.nan
    return values


def edition(folder: Path, targets: Floats) -> Edition:
    lines = ["id: thu", 'edition: "1"', "title: Thử", "issuer: Thử", "completeness: Thử"]
    lines.append(f"levels: [{', '.join(f'Mức {n + 1}' for n in range(LEVELS))}]")
    lines.append(f"groups: [{', '.join(f'{{code: G{g}, name: Nhóm {g}}}' for g in range(GROUPS))}]")
    lines.append("criteria:")
    for k, row in enumerate(targets):
        steps = ", ".join(f"Mức {n + 1}: {t:.0f}%" for n, t in enumerate(row))
        lines.append(f"  - {{code: C{k}, group: G{k // EACH}, name: Tiêu chí {k}, at_least: {{{steps}}}}}")
    path = folder / "thu.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return read_edition(path)


def kernel(columns: list[Floats], targets: Floats) -> npt.NDArray[np.uint8]:
    """Three hundred comparisons, as one would write them by hand."""
    still = np.ones((LEVELS, len(columns[0])), dtype=bool)
    for k, column in enumerate(columns):  # a column is in the cache for its five comparisons
        for n in range(LEVELS):
            still[n] &= column >= targets[k, n]
    return np.asarray(still.sum(axis=0), dtype=np.uint8)


def openfisca(columns: list[Floats], targets: Floats) -> Callable[[], npt.NDArray[np.int64]]:
    """The same rules as OpenFisca variables: 60 inputs, one formula a group, one for the level."""
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulation_builder import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    commune = build_entity(key="commune", plural="communes", label="xã", is_person=True)
    system = TaxBenefitSystem([commune])
    shared = {"entity": commune, "definition_period": DateUnit.YEAR}
    for k in range(len(columns)):
        system.add_variable(type(f"c{k}", (Variable,), {**shared, "value_type": float}))

    def group_formula(first: int) -> Callable[..., object]:
        def formula(communes, period):  # type: ignore[no-untyped-def]
            level, still = 0, True
            for n in range(LEVELS):
                for k in range(first, first + EACH):
                    still = still & (communes(f"c{k}", period) >= targets[k, n])
                level = level + still
            return level

        return formula

    def level_formula(communes, period):  # type: ignore[no-untyped-def]
        found = communes("g0", period)
        for g in range(1, GROUPS):
            found = np.minimum(found, communes(f"g{g}", period))
        return found

    for g in range(GROUPS):
        body = {**shared, "value_type": int, "formula": group_formula(g * EACH)}
        system.add_variable(type(f"g{g}", (Variable,), body))
    system.add_variable(type("level", (Variable,), {**shared, "value_type": int, "formula": level_formula}))
    simulation = SimulationBuilder().build_default_simulation(system, count=len(columns[0]))
    for k, column in enumerate(columns):
        simulation.set_input(f"c{k}", "2026", column)

    def calculate() -> npt.NDArray[np.int64]:
        for name in ("level", *(f"g{g}" for g in range(GROUPS))):
            simulation.delete_arrays(name)
        return np.asarray(simulation.calculate("level", "2026"))

    return calculate


def in_turn(*runs: Callable[[], object]) -> list[list[float]]:
    """Seconds of each, taken in turn so that other work on the machine falls on all alike."""
    for run in runs:
        run()
    taken: list[list[float]] = [[] for _ in runs]
    for _ in range(REPEATS):
        for run, found in zip(runs, taken, strict=True):
            start = time.perf_counter()
            run()
            found.append(time.perf_counter() - start)
    return taken


def compare(of: Edition, targets: Floats, units: int) -> bool:
    values = figures(units)
    columns = list(values)
    table = Table.of_matrix([str(i) for i in range(units)], list(plan_of(of).codes), values)
    calculate = openfisca(columns, targets)
    judgment, by_hand, fisca = judge(of, table), kernel(columns, targets), calculate()
    counts = np.bincount(judgment.level, minlength=LEVELS + 1).tolist()
    assert counts == np.bincount(by_hand, minlength=LEVELS + 1).tolist()
    assert counts == np.bincount(fisca, minlength=LEVELS + 1).tolist()
    ours, hand, peer = in_turn(lambda: judge(of, table), lambda: kernel(columns, targets), calculate)
    base = statistics.median(hand)
    print(f"\n{units:,} units × {GROUPS * EACH} criteria × {LEVELS} levels; units at each level: {counts}")
    print(f"{'':34}{'min':>9}{'median':>9}{'max':>9}   × kernel")
    for name, taken in (
        ("NumPy by hand, levels only", hand),
        ("langso, every verdict", ours),
        ("OpenFisca-Core, levels only", peer),
    ):
        low, middle, high = (f(taken) * 1000 for f in (min, statistics.median, max))
        print(f"{name:34}{low:7.2f}ms{middle:7.2f}ms{high:7.2f}ms{middle / base / 1000:10.2f}")
    ratio = statistics.median(ours) / base
    print(f"budget {BUDGET} × kernel: {'kept' if ratio <= BUDGET else 'BROKEN'} ({ratio:.2f})")
    return ratio <= BUDGET


def from_file(of: Edition, folder: Path, units: int) -> bool:
    """From a table in a file to a reason for every criterion, level and unit; then one unit explained."""
    path = folder / "bang.csv"
    codes = list(of.fields)
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(["unit", *codes]) + "\n")
        for i, row in enumerate(figures(units).T):
            file.write(",".join([f"Xã {i}", *("" if np.isnan(v) else f"{v:.1f}" for v in row)]) + "\n")
    start = time.perf_counter()
    judgment = judge(of, read_table(path, of))
    read = time.perf_counter()
    reasons = sum(len(judgment.reason_column(c.code, level)) for c, level in stated(of))
    whole = time.perf_counter() - start
    taken = []
    for i in range(200):
        start_one = time.perf_counter()
        judgment.findings(i)
        judgment.path(i)
        taken.append(time.perf_counter() - start_one)
    worst = max(taken)
    size = path.stat().st_size / 1e6
    print(f"\nfile of {units:,} rows, {size:.1f} MB, to {reasons:,} reasons: {whole:.2f} s", end="")
    print(f" (read and judged {read - start:.2f} s); budget {FILE_BUDGET} s: ", end="")
    print("kept" if whole <= FILE_BUDGET else "BROKEN")
    print(f"one unit explained, {len(judgment.findings(0))} findings and its path: median", end=" ")
    print(f"{statistics.median(taken) * 1000:.1f} ms, worst {worst * 1000:.1f} ms; budget 20 ms: ", end="")
    print("kept" if statistics.median(taken) <= EXPLAIN_BUDGET else "BROKEN")
    return whole <= FILE_BUDGET and statistics.median(taken) <= EXPLAIN_BUDGET


def main() -> int:
    targets = thresholds()
    with tempfile.TemporaryDirectory() as name:
        of = edition(Path(name), targets)
        kept = [compare(of, targets, units) for units in SIZES]
        kept.append(from_file(of, Path(name), SIZES[0]))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
