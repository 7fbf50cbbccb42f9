"""Groups that the sessions table tells of, and how often the people of each are named."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import polars as pl

from reid.attackers import ScoreMatrix
from reid.events.table import EventTable
from reid.metrics.groups import rates_of_groups
from reid.metrics.identification import rank_k_hits, ranks
from reid.samples.table import SampleTable
from reid.typing import Array, IntArray

#: Columns of the sessions table by which people, or what they did, fall into groups.
GROUPED_BY: Final = ("group", "layout")


def groups_of(matrix: ScoreMatrix, probes: SampleTable, numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return rank-1 of each group of probes, where there are two groups of some people at least.

    Parameters
    ----------
    matrix : ScoreMatrix
        Of the probes, in their order.
    probes : SampleTable
        What was scored.
    numbers : mapping of str to int
        Number of each person, in whose order groups stand that are labelled by somebody's pseudonym: after
        all others, so that the place of a group tells nothing of a label that is not told.

    Returns
    -------
    list of dict
        ``by``, the column; ``label``, which is null where it is the pseudonym of somebody; ``n_people``,
        ``n_probes``, ``rank_1``, ``apart`` and ``is_small``, as in :class:`~reid.metrics.groups.GroupRate`.
    """
    truth = matrix.truth()
    known = truth >= 0
    own, n_people = truth[known], len(matrix.people)
    hits = rank_k_hits(*ranks(matrix.scores[known], own), n_people, 1)
    found = []
    for column in GROUPED_BY:
        labels, group = _groups_of_probes(probes, column, numbers)
        rates = rates_of_groups(hits, own, group[known], chance=1 / n_people)
        if len(rates) < 2:  # noqa: PLR2004  one group tells nothing of groups
            continue
        found += [
            {
                "by": column,
                "label": None if labels[rate.group] in numbers else labels[rate.group],
                "n_people": rate.n_people,
                "n_probes": rate.n_probes,
                "rank_1": rate.rank_1.as_dict(),
                "apart": rate.apart,
                "is_small": rate.is_small,
            }
            for rate in rates
        ]
    return found


def _groups_of_probes(
    probes: SampleTable, column: str, numbers: Mapping[str, int]
) -> tuple[list[str], IntArray]:
    """Return labels and the place of each probe's; -1 where it is unknown or its pieces differ.

    Labels are sorted; those that are pseudonyms stand last, by number.
    """
    of_session = probes.pieces.events.sessions[column]
    of_piece = of_session.gather(probes.pieces.frame["session"])
    labels = sorted(
        of_session.drop_nulls().unique().to_list(),
        key=lambda label: (numbers[label], "") if label in numbers else (0, label),
    )
    number = {label: place for place, label in enumerate(labels)}
    pieces = pl.Series([number.get(label, -1) for label in of_piece], dtype=pl.Int64).to_numpy()
    offsets, members = probes.membership()
    sizes = np.diff(offsets)
    group = np.full(len(probes), -1, dtype=np.int64)
    some = sizes > 0
    starts = offsets[:-1][some]
    least, most = (each.reduceat(pieces[members], starts) for each in (np.minimum, np.maximum))
    group[some] = np.where(least == most, least, -1)
    return labels, group


def secret_of(events: EventTable, people: Sequence[str]) -> Array | None:
    """Return each person's group as the sessions table has it; None where it tells no one secret of each.

    Returns
    -------
    array of shape (n_people,), or None
        None where somebody has no group or several, or all have the same.
    """
    of_each = dict(events.sessions.group_by("subject_id").agg(pl.col("group").unique()).iter_rows())
    groups = [of_each.get(person, []) for person in people]
    if any(len(own) != 1 or own[0] is None for own in groups) or len({own[0] for own in groups}) == 1:
        return None
    return np.array([own[0] for own in groups], dtype=object)
