"""Adding up in cells and pooling: against oracles that look at one press and one cell at a time."""

import math
from collections import defaultdict
from typing import NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from reid.kernels import tally
from reid.kernels.keystroke import successive_latencies
from reid.kernels.pooling import pool_tallies
from reid.kernels.tally import TallyPlan, tally_presses
from reid.typing import Array, FloatArray, IntArray

N_KEYS = 3
N_SLOTS = 2
N_CONTEXTS = 5  # any key, key, key before, pair, trigraph
EDGES = {tally.HOLD: [40.0, 90.0, 90.5, 400.0], tally.UD: [-20.0, 0.0, 35.0], tally.GAP: [150.0]}
CENTRE = 3.0


class Case(NamedTuple):
    plan: TallyPlan
    key: Array
    hold_us: FloatArray
    ud_us: FloatArray
    dd_us: FloatArray
    uu_us: FloatArray
    offsets: IntArray


def plan_of(rng: np.random.Generator) -> TallyPlan:
    """Make a plan that files every quantity under every context, in tables drawn at random."""
    slots = [
        rng.integers(-1, N_SLOTS, shape).astype(np.int16) for shape in [(N_KEYS,)] * 2 + [(N_KEYS, N_KEYS)]
    ]
    warp = np.full((tally.N_QUANTITIES, 3), np.nan)
    warp[[tally.HOLD, tally.DD, tally.SPREAD, tally.UD]] = [
        [0, 300, 15],
        [0, 150, 30],
        [0, 150, 30],
        [-100, 90, 101],
    ]
    means, shares, n_cells = [], [], 0
    for quantity in range(tally.N_QUANTITIES):
        for context in range(N_CONTEXTS):
            means.append((quantity, context, n_cells))
            n_cells += N_SLOTS
            n_bins = len(EDGES.get(quantity, [])) + 1
            other = n_cells + N_SLOTS * n_bins if context % 2 else -1
            shares.append((quantity, context, n_cells, n_bins, other))
            n_cells += N_SLOTS * n_bins + 1
    edges = [EDGES.get(quantity, []) for quantity in range(tally.N_QUANTITIES)]
    return TallyPlan(
        key_slots=np.stack([np.zeros(N_KEYS, dtype=np.int16), slots[0], slots[1]]),
        key_lags=np.array([0, 0, 1], dtype=np.int16),
        pair_slots=slots[2][None],
        first_pairs=rng.integers(-1, 2, (N_KEYS, N_KEYS)).astype(np.int16),
        trigraph_slots=rng.integers(-1, N_SLOTS, (2, N_KEYS)).astype(np.int16),
        longest_us=np.array([250.0, 400.0]),
        warp=warp,
        spread_centre=CENTRE,
        means=np.array(means),
        shares=np.array(shares),
        edge_starts=np.cumsum([0, *(len(own) for own in edges)]),
        edges=np.array([edge for own in edges for edge in own]),
        bins=np.tile(np.arange(8, dtype=np.int16), (len(shares), 1)),
        n_cells=n_cells,
    )


@st.composite
def cases(draw: DrawFn) -> Case:
    """Draw presses with rollover, missing releases and pauses, in runs and pieces."""
    sizes = draw(st.lists(st.integers(0, 9), min_size=1, max_size=4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    if draw(st.booleans()):
        sizes[0] += 600  # longer than the blocks in which the kernel works
    n = sum(sizes)
    hold_us = np.where(
        rng.random(n) < 0.2, np.nan, rng.choice([0.0, 40.0, 89.0, 90.0, 90.5, 120.0, 600.0], n)
    )
    down_us = np.cumsum(rng.choice([0, 20, 60, 150, 249, 250, 400], n))
    offsets = np.cumsum([0, *sizes])
    runs = np.unique(np.concatenate([offsets, np.flatnonzero(rng.random(n) < 0.1)])).astype(np.int64)
    key = rng.integers(0, N_KEYS, n).astype(np.uint8)
    return Case(plan_of(rng), key, hold_us, *successive_latencies(down_us, hold_us, runs), offsets)


def quantities_at(case: Case, now: int, first: int) -> dict[int, float]:
    """Return what can be timed at a press; ``first`` is the first press of its run."""
    found = {tally.HOLD: case.hold_us[now], tally.PRESS: 1.0}
    dd_us = case.dd_us[now]
    if now == first:
        return found
    found[tally.GAP] = dd_us
    if dd_us >= case.plan.longest_us[0]:
        return {**found, tally.PAUSE: dd_us}
    found |= {tally.DD: dd_us, tally.SPREAD: dd_us, tally.UD: case.ud_us[now], tally.UU: case.uu_us[now]}
    found[tally.PRIOR_HOLD] = case.hold_us[now - 1]
    found[tally.ROLLOVER] = math.nan if math.isnan(case.ud_us[now]) else float(case.ud_us[now] < 0)
    if now - first > 1 and dd_us + case.dd_us[now - 1] < case.plan.longest_us[1]:
        found[tally.DD2] = dd_us + case.dd_us[now - 1]
    return found


def slots_at(case: Case, now: int, first: int) -> list[int]:
    plan, key = case.plan, case.key
    slots = [int(plan.key_slots[0, key[now]]), int(plan.key_slots[1, key[now]]), -1, -1, -1]
    if now > first:
        slots[2] = plan.key_slots[2, key[now - 1]]
        slots[3] = plan.pair_slots[0, key[now - 1], key[now]]
    if now > first + 1:
        row = plan.first_pairs[key[now - 2], key[now - 1]]
        slots[4] = plan.trigraph_slots[row, key[now]] if row >= 0 else -1
    return slots


def warped(plan: TallyPlan, quantity: int, value: float) -> float:
    lowest, highest, offset = plan.warp[quantity]
    result = value if math.isnan(offset) else math.log(min(max(value, lowest), highest) + offset)
    return (result - CENTRE) ** 2 if quantity == tally.SPREAD else result


def naive_tally(case: Case) -> list[dict[int, list[float]]]:
    pieces = []
    for start, stop in zip(case.offsets[:-1], case.offsets[1:], strict=True):
        cells: dict[int, list[float]] = defaultdict(list)
        first = start
        for now in range(start, stop):
            first = now if math.isnan(case.dd_us[now]) else first
            slots = slots_at(case, now, first)
            known = {
                quantity: value
                for quantity, value in quantities_at(case, now, first).items()
                if not math.isnan(value)
            }
            for quantity, context, first_cell in case.plan.means:
                if quantity in known and slots[context] >= 0:
                    cells[first_cell + slots[context]].append(warped(case.plan, quantity, known[quantity]))
            for quantity, context, first_cell, n_bins, other in case.plan.shares:
                if quantity not in known:
                    continue
                below = sum(edge <= known[quantity] for edge in EDGES.get(int(quantity), []))
                if slots[context] >= 0:
                    cells[first_cell + slots[context] * n_bins + below].append(1.0)
                elif other >= 0:
                    cells[other].append(1.0)
        pieces.append(cells)
    return pieces


@settings(max_examples=60, deadline=None)
@given(cases())
def test_tally_agrees_with_one_list_per_cell(case: Case) -> None:
    entry_offsets, cells, sums, counts = tally_presses(*case)
    for piece, expected in enumerate(naive_tally(case)):
        entries = slice(entry_offsets[piece], entry_offsets[piece + 1])
        assert dict(zip(cells[entries].tolist(), counts[entries].tolist(), strict=True)) == {
            cell: len(values) for cell, values in expected.items()
        }
        expected_sums = [math.fsum(expected[cell]) for cell in cells[entries].tolist()]
        np.testing.assert_allclose(sums[entries], expected_sums, rtol=1e-6, atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(cases(), st.lists(st.lists(st.integers(0, 3), max_size=3), min_size=1, max_size=4))
def test_pooling_agrees_with_adding_up_entry_by_entry(case: Case, groups: list[list[int]]) -> None:
    n_pieces = case.offsets.size - 1
    groups = [[piece % n_pieces for piece in group] for group in groups]
    sample_offsets = np.cumsum([0, *map(len, groups)])
    members = np.array([piece for group in groups for piece in group], dtype=np.int64)
    group_of_cell = np.arange(case.plan.n_cells) % 7 - 1
    shown = np.arange(case.plan.n_cells)[::-1].copy()
    entries = tally_presses(*case)
    values, counts = pool_tallies(*entries, sample_offsets, members, group_of_cell, shown)
    observed = naive_tally(case)
    for row, group in enumerate(groups):
        pooled = [
            [value for piece in group for value in observed[piece].get(cell, [])] for cell in shown[::-1]
        ]
        for column, cell in enumerate(shown):
            whole = pooled[cell]
            if group_of_cell[cell] >= 0:
                whole = [
                    value
                    for other in np.flatnonzero(group_of_cell == group_of_cell[cell])
                    for value in pooled[other]
                ]
            assert counts[row, column] == len(whole)
            expected = math.fsum(pooled[cell]) / len(whole) if whole else math.nan
            np.testing.assert_allclose(values[row, column], expected, rtol=1e-5, atol=1e-6)
