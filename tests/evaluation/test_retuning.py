"""Attackers that choose their settings anew for every log."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from reid.attackers import ATTACKERS, POINTER_ATTACKERS, ScoreMatrix
from reid.attackers.rehearsal import Rehearsal
from reid.attackers.variants import VARIANTS
from reid.errors import UnknownNameError
from reid.evaluation.attack import _Runner
from reid.evaluation.audit import audit
from reid.evaluation.lineup import LineUp
from reid.evaluation.retuning import Retuned, family_of, retuned
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import People, make_split
from reid.evaluation.threats import threat_blocks
from reid.registry import written
from reid.reports.retuning import retuning_table
from reid.reports.schema import check_report
from reid.reports.view import page_view
from reid.typing import silent
from tests.attackers.people import typists

LIGHT = ("manhattan", "likelihood-ratio", "fusion")
PEOPLE = tuple(f"p{number:02d}" for number in range(20))
Report = dict[str, Any]


@cache
def audited(effort: str, regime: str = "population", strategies: tuple[str, ...] = ()) -> Report:
    people = typists(40, identity=0.5)
    options: Any = {"regime": regime, "strategies": strategies, "adequacy": "none"}
    return audit(people, attackers=LIGHT, effort=effort, **options).report


def scene(strengths: dict[str, float], seed: int, unit: float = 1.0) -> dict[str, ScoreMatrix]:
    """Return scores in which the right person stands out by so much."""
    rng = np.random.default_rng(seed)
    right = np.arange(len(PEOPLE))
    found = {}
    for name, strength in strengths.items():
        scores = rng.normal(size=(right.size, right.size))
        scores[right, right] += strength
        found[name] = ScoreMatrix(unit * scores, PEOPLE, PEOPLE)
    return found


USUAL = {"manhattan": ATTACKERS.make("manhattan")}
OTHERS = {name: ATTACKERS.make(name) for name in VARIANTS["keyboard"] if name.startswith("manhattan")}


def test_every_variant_can_be_made_and_stands_where_it_looks() -> None:
    for kind, texts in VARIANTS.items():
        assert len(set(texts)) == len(texts)
        lineup = LineUp.of(texts[:1]).adaptive()
        assert set(lineup.variants) == {text for text in texts if text not in lineup.singles}, kind


def test_the_settings_that_did_best_in_rehearsals_are_picked() -> None:
    names = [*USUAL, *OTHERS]
    strengths = dict(zip(names, (0.0, 4.0, 0.5), strict=True))
    (found,) = retuned(USUAL, OTHERS, [scene(strengths, seed) for seed in range(2)])
    assert found.picked == names[1]
    assert found.name == family_of(USUAL["manhattan"]) == "manhattan, re-tuned"
    assert set(found.tried) == set(names)
    assert found.tried[names[1]] == max(found.tried.values())


@pytest.mark.parametrize("n_scenes", [1, 2])
def test_a_lucky_choice_promises_nothing(n_scenes: int) -> None:
    """Of many that know nothing the best looks good on those by whom it is chosen, and only there."""
    names = [*USUAL, *OTHERS]
    picked, promised = [], []
    for seed in range(40):
        scenes = [scene(dict.fromkeys(names, 0.0), 10 * seed + number) for number in range(n_scenes)]
        (found,) = retuned(USUAL, OTHERS, scenes)
        picked.append(max(found.tried.values()))
        promised.append(np.mean([rank_1(matrix) for matrix in found.rehearsed]))
    assert np.mean(picked) > 1.3 / len(PEOPLE)
    assert np.mean(promised) < 1.25 / len(PEOPLE)


def test_settings_on_other_scales_take_each_others_place() -> None:
    usual, large, small = [*USUAL, *OTHERS]
    scenes = [
        scene({usual: 0.0, small: strength}, seed) | scene({large: 9.0 - strength}, 9 + seed, unit=1000.0)
        for seed, strength in enumerate((9.0, 0.0))
    ]
    (found,) = retuned(USUAL, OTHERS, scenes)
    spreads = [matrix.scores.std() for matrix in found.rehearsed]
    assert max(spreads) < 3 * min(spreads)


def rank_1(matrix: ScoreMatrix) -> float:
    return float(np.mean(matrix.scores.argmax(axis=1) == matrix.truth()))


@pytest.mark.parametrize("regime", ["population", "closed-set"])
def test_those_who_adapt_attack_beside_the_usual_and_tell_what_they_tried(regime: str) -> None:
    plain, block = (audited(effort, regime)["headline"] for effort in ("fixed", "adaptive"))
    assert "retuning" not in plain
    for name, result in plain["attackers"].items():
        assert block["attackers"][name] == result  # nobody is weaker than before
    assert {name for name, found in block["retuning"].items() if found["joined"]} == {
        name for name in block["attackers"] if "re-tuned" in name and "fusion" not in name
    }
    for found in block["retuning"].values():
        assert found["picked"] in found["rank_1"]
    assert block["maximum"]["rank_1"]["value"] >= plain["maximum"]["rank_1"]["value"]
    check_report(audited("adaptive", regime))


def test_the_page_says_what_was_tried_and_picked() -> None:
    report = audited("adaptive")
    (table,) = page_view(report)["retuned"]
    assert [row["name"] for row in table["rows"]] == list(report["headline"]["retuning"])
    assert not page_view(audited("fixed"))["retuned"]


def test_in_one_sentence_it_is_said_what_was_tried_in_vain() -> None:
    in_vain = {"picked": "manhattan", "joined": False, "usual": ["manhattan"]}
    tried = {"manhattan": 0.5, "manhattan(a)": 0.4, "manhattan(b)": 0.5}
    unseen = {"picked": "euclidean(a)", "joined": False, "usual": []}
    found = {
        "manhattan, re-tuned": in_vain | {"rank_1": tried},
        "euclidean, re-tuned": unseen | {"rank_1": {"euclidean(a)": 0.5}},
    }
    table = retuning_table("raw log", {"retuning": found})
    assert table is not None
    assert [row["joined"] for row in table["rows"]] == ["no", "no"]
    assert table["kept"] == [
        (
            "manhattan, re-tuned: 2 other settings were tried, and none did clearly better in rehearsal than "
            "the usual ones, so it attacks with these, as manhattan."
        ),
        "euclidean, re-tuned: euclidean(a) did best in rehearsal but saw nothing of what was attacked.",
    ]
    for one in audited("adaptive")["headline"]["retuning"].values():
        assert one["joined"] == (one["picked"] not in one["usual"])


def test_where_all_adapt_every_rung_says_so() -> None:
    people = typists(16)
    options: Any = {
        "attackers": ("manhattan",),
        "strategies": ("time-grid(step_ms=100)",),
        "adequacy": "none",
    }
    for effort, adapts in (("fixed", False), ("adaptive", True)):
        made = audit(people, effort=effort, threat="colleague", **options).report
        check_report(made)
        ignorant = made["headline"]["threats"]["rungs"]["ignorant"]
        assert ignorant["effort"] == effort
        assert ("re-tuned for this very log" in ignorant["sentence"]) == adapts
    rungs: dict[str, Any] = {"informed": "not tried", "adaptive": "not tried"}
    for adapts, says in ((False, ["fixed", "adaptive"]), (True, ["adaptive", "adaptive"])):
        (told,) = threat_blocks(rungs, 1, 0, retuned=adapts)
        assert [rung["effort"] for rung in told["rungs"].values()] == says
        assert ("re-tuned" in told["rungs"]["informed"]["sentence"]) == adapts


def test_named_attackers_are_re_tuned_and_no_others_come_in() -> None:
    assert {name.partition(",")[0] for name in audited("adaptive")["headline"]["attackers"]} <= set(LIGHT)


def test_the_raw_log_is_attacked_as_hard_as_its_release() -> None:
    report = audited("adaptive", strategies=("none",))
    raw, released = report["reference"], report["headline"]
    assert released["retuning"] == raw["retuning"]
    assert released["rank_1"] == raw["rank_1"]
    assert report["settings"]["threat"]["effort"] == report["settings"]["effort"] == "adaptive"


def test_the_re_tuned_count_what_a_probe_holds_wherever_the_usual_do() -> None:
    """Else what rehearsals taught of trust in short probes is not put to use in the attack."""
    log = typists(8)
    split = make_split(log, People((), log.subjects), SplitSettings(regime="closed-set"))
    keys, pointer = (ATTACKERS.make(name) for name in ("manhattan", POINTER_ATTACKERS[0]))
    scene = Rehearsal(split.train, split.gallery, split.probes)
    runner = _Runner(1, silent, {})
    name = family_of(keys)
    tuned = Retuned(name, {}, (), "other", 1.0, ())
    for usual, counts in (((keys,), False), ((keys, pointer), True)):
        lineup = LineUp({written(one): one for one in usual}, fused=False, variants={"other": keys})
        assert (runner.joined([tuned], lineup, scene)[name].observations is not None) == counts


def test_an_unknown_effort_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="effort"):
        audit(typists(6), effort="heroic")
