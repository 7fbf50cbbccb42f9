"""On people whose law is known the pointer attack comes close to the best possible one."""

import numpy as np
import pytest

from experiments.truth_sizes import best_possible, sessions_of
from reid.attackers import POINTER_ATTACKERS
from reid.evaluation.audit import audit
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import choose_people, make_split
from reid.seeding import Streams
from reid.synthetic.evidence import named_right
from reid.synthetic.pointer_truth import POINTER_SIZES, PointerSettings, generate_pointer

CLOSE = "full-covariance"
LARGEST_GAP = 0.05


def test_it_is_run_unless_told_otherwise() -> None:
    assert CLOSE in POINTER_ATTACKERS


@pytest.mark.slow
@pytest.mark.parametrize("law", POINTER_SIZES, ids=lambda law: f"{law.identity:g}")
def test_without_knowing_the_law_it_is_nearly_as_good_as_who_knows(law: PointerSettings) -> None:
    events = generate_pointer(law, Streams(11, ("pointer gap",)))
    asked = SplitSettings(regime="population", seed=11)
    split = make_split(events, choose_people(events.subjects, asked), asked)
    scores = best_possible(events, law, sessions_of(split.gallery), sessions_of(split.probes))
    own = np.searchsorted(split.gallery.subjects, split.probes.subject_ids)
    best = float(np.mean(named_right(scores, own)))
    report = audit(events, regime="population", seed=11, attackers=[CLOSE]).report
    assert best - report["headline"]["rank_1"]["value"] < LARGEST_GAP
