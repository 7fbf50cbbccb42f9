"""Other settings of the attackers, among which an adaptive attack looks for what suits the log at hand."""

from collections.abc import Mapping
from typing import Final

from reid.attackers.amounts import BOTH, KEYBOARD, POINTER

#: By what they look at, as users write them: sets of features, finer and coarser ones, and the main setting
#: of each family. What the usual line-up holds is tried with them and need not stand here. Settings that
#: cost minutes where the usual ones cost seconds are left out.
VARIANTS: Final[Mapping[str, tuple[str, ...]]] = {
    KEYBOARD: (
        "discriminant(ridge=0.4)",
        "discriminant(ridge=0.9)",
        "discriminant(n_nearest=30)",
        "discriminant(n_dims=60)",
        "discriminant(sliding=True)",
        "discriminant(features='outline')",
        "discriminant(features='log-latencies')",
        "discriminant(features='rhythm(n_bins=48, n_hand_bins=32, n_hand_pair_bins=20)')",
        "discriminant(features='rhythm(n_bins=12, n_hand_bins=8, n_hand_pair_bins=5)')",
        "discriminant(features='rhythm(n_digraphs=250, n_trigraphs=150)', ridge=0.9)",
        "two-covariance(n_factors=10)",
        "two-covariance(n_factors=40)",
        "full-covariance(features='outline')",
        "likelihood-ratio(features='outline')",
        "likelihood-ratio(features='rhythm')",
        "scaled-manhattan(features='log-latencies')",
        "scaled-manhattan(features='outline')",
        "scaled-manhattan(features='rhythm')",
        "manhattan(features='log-latencies')",
        "manhattan(features='outline')",
        "nearest-neighbours",
        "nearest-neighbours(features='outline')",
        "extra-trees(features='log-latencies')",
        "extra-trees(features='outline')",
        "pooled-trees(features='outline')",
        "pooled-trees(features='log-latencies')",
    ),
    POINTER: (
        "discriminant(features='strokes', ridge=0.3, sliding=True)",
        "discriminant(features='strokes', ridge=0.9, sliding=True)",
        "discriminant(features='strokes', ridge=0.6)",
        "discriminant(features='strokes(n_bins=40, n_stroke_bins=24)', ridge=0.6, sliding=True)",
        "discriminant(features='strokes(n_bins=10, n_stroke_bins=6, n_part_bins=4)', sliding=True)",
        "discriminant(features='movements', ridge=0.6, sliding=True)",
        "discriminant(features='antal-39', ridge=0.6, sliding=True)",
        "full-covariance(n_factors=10)",
        "full-covariance(n_factors=40)",
        "full-covariance(features='antal-39')",
        "two-covariance(features='movements')",
        "likelihood-ratio(features='movements')",
        "nearest-neighbours(features='strokes')",
        "nearest-neighbours(features='movements')",
        "pair-boosting(features='movements')",
        "pooled-trees(features='movements')",
        "pooled-trees(features='antal-39')",
    ),
    BOTH: (
        "discriminant(features='homing', ridge=0.4, sliding=True)",
        "discriminant(features='homing(n_bins=4)', sliding=True)",
    ),
}
