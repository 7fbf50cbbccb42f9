"""Random logs through every strategy: valid logs out, no crash."""

from collections import Counter

import numpy as np
import pytest

from reid.anonymizers import Anonymizer
from reid.errors import ReidError
from reid.seeding import Streams
from tests.anonymizers.random_logs import random_logs
from tests.contracts.test_anonymizers import ALL, assert_valid

#: Settings of each strategy under contract, and chains.
BY_NAME = {name: [one for one in ALL if one.name == name] for name in sorted({one.name for one in ALL})}


def pass_through_all(seed: int, n_logs: int) -> Counter[str]:
    """Pass random logs through one of the settings of every strategy; return how many each released."""
    rng = np.random.default_rng(seed)
    n_released: Counter[str] = Counter()
    for number, log in enumerate(random_logs(seed, n_logs)):
        for strategies in BY_NAME.values():
            strategy: Anonymizer = strategies[rng.integers(len(strategies))]
            try:
                release = strategy.fit([log]).apply(log, Streams(number))
            except ReidError:  # fewer people than a group needs, say; its words are tested elsewhere
                continue
            assert_valid(strategy, release.events, log)
            n_released[strategy.name] += 1
    return n_released


def test_200_random_logs_come_out_of_every_strategy_as_valid_logs() -> None:
    assert set(pass_through_all(1, 200)) == set(BY_NAME)


@pytest.mark.slow
def test_10000_random_logs_come_out_of_every_strategy_as_valid_logs() -> None:
    assert set(pass_through_all(2, 10_000)) == set(BY_NAME)


def test_random_logs_hold_all_that_they_promise() -> None:
    logs = list(random_logs(1, 200))
    events = {name for log in logs for name in log.frame["event"].cast(str).unique()}
    assert events == {"key_down", "key_up", "move", "button_down", "button_up", "wheel"}
    sizes = np.concatenate([np.diff(log.session_bounds()) for log in logs])
    assert sizes.min() == 1
    assert sizes.max() > 40
    assert max(log.frame["time_us"].max() for log in logs) > 10**14  # type: ignore[type-var, operator]
    assert max(log.frame["press"].max() or 0 for log in logs) > 2**31  # type: ignore[operator]
