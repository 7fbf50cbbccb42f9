"""Where there is nothing to find, the report must say so: the whole audit on shuffled labels."""

from typing import Final

import pytest

from experiments.shuffled_labels import MOST_MISSES, REGIMES, measured_at_chance, misses

RATES: Final = {"rank_1", "rank_10", "eer", "eer_per_person", "auc", "maximum rank_1", "tmr_at_fmr 0.01"}
FURTHER: Final = {
    "fnir_at_fpir 0.1",
    "unlinkability d_sys",
    "information bits",
    "information leakage_bits",
    "information anonymity_set median",
    "information anonymity_set worst_decile",
    "bayes security_of_easiest_pairs",
    "one_to_one",
    "criteria singling_out risk",
    "criteria linkability risk",
    "who worst_decile",
    "who always_found",
    "who never_found",
}
#: given only where there are enough people, or where neighbours do no worse than the attack
SOMETIMES: Final = {"tmr_at_fmr 0.001", "fnir_at_fpir 0.01", "bayes least_error_from_scores"}


@pytest.mark.parametrize("regime", REGIMES)
def test_every_measure_is_judged(regime: str) -> None:
    measured = {name: estimate for name, estimate, _ in measured_at_chance(0, regime, 24)}
    assert set(measured) - SOMETIMES == RATES | FURTHER | {"rank_1_among 2", "rank_1_among 10"}
    assert all(estimate is not None for estimate in measured.values())


def test_intervals_hold_chance_in_a_few_small_populations() -> None:
    missed = misses(range(10), "population", 40)
    assert max(missed.values()) <= 4, missed  # five and more of ten: once in 10,000 series


@pytest.mark.slow
@pytest.mark.parametrize("regime", REGIMES)
def test_intervals_hold_chance_in_a_hundred_populations(regime: str) -> None:
    missed = misses(range(100), regime, 60)
    assert max(missed.values()) <= MOST_MISSES, missed
