"""Rehearse an attack on people that are not tested, to learn which attackers to trust how much."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from reid.attackers.lookout import typical_size
from reid.samples.table import SampleTable
from reid.seeding import hashed_order

_SHARE_HELD_BACK = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Rehearsal:
    """The same three tables as in the attack itself, without anything that is tested."""

    train: SampleTable
    gallery: SampleTable
    probes: SampleTable


def rehearsals(train: SampleTable, gallery: SampleTable) -> tuple[Rehearsal, ...]:
    """Divide what may be learnt from into rehearsals.

    Where ``train`` are other people than those enrolled: two, each half of the people attacked after
    learning on the other half, with as many pieces enrolled as in ``gallery``. In the closed set:
    one, the last quarter of each person's gallery (whole sessions, where there are several)
    attacked after learning on the rest; none where people have a single piece.
    """
    if set(train.subjects) == set(gallery.subjects):
        held_back = _hold_back(gallery)
        return (held_back,) if held_back else ()
    order = hashed_order(train.subjects, 0, "rehearsal")
    halves = [[train.subjects[place] for place in order[start::2]] for start in (0, 1)]
    size = typical_size(gallery)
    both = (
        _other_people(train.of_people(learnt), train.of_people(attacked), size)
        for learnt, attacked in (halves, halves[::-1])
    )
    return tuple(rehearsal for rehearsal in both if rehearsal)


def _other_people(train: SampleTable, attacked: SampleTable, gallery_size: int) -> Rehearsal | None:
    """Enrol about ``gallery_size`` pieces of each attacked person, the first, and probe the others."""
    numbered = attacked.frame.with_columns(
        pieces_before=pl.col("pieces").list.len().cum_sum().over("subject_id") - pl.col("pieces").list.len(),
        samples=pl.len().over("subject_id"),
        place=pl.int_range(pl.len()).over("subject_id"),
    )
    enrolled = (pl.col("pieces_before") < gallery_size) & (pl.col("place") < pl.col("samples") - 1)
    gallery = SampleTable(attacked.pieces, numbered.filter(enrolled).select("subject_id", "pieces")).pooled()
    probes = SampleTable(attacked.pieces, numbered.filter(~enrolled).select("subject_id", "pieces"))
    probes = probes.of_people(gallery.subjects)
    if len(gallery) < 2 or not len(probes) or len(train.subjects) < 2:  # noqa: PLR2004  nobody to be mistaken for
        return None
    return Rehearsal(train, gallery, probes)


def _hold_back(gallery: SampleTable) -> Rehearsal | None:
    """Take the last pieces of each person's gallery as probes."""
    session_of = gallery.pieces.frame["session"].to_numpy()
    enrolled: list[tuple[str, list[int]]] = []
    probes: list[tuple[str, list[int]]] = []
    for subject, members in gallery.frame.iter_rows():
        sessions = session_of[members]
        units = sessions if np.unique(sessions).size > 1 else np.arange(len(members))
        distinct = np.unique(units)
        if distinct.size < 2:  # noqa: PLR2004  nothing is left to enrol
            continue
        n_back = max(1, round(_SHARE_HELD_BACK * distinct.size))
        is_probe = np.isin(units, distinct[-n_back:])
        enrolled.append((subject, [piece for piece, back in zip(members, is_probe, strict=True) if not back]))
        probes += [(subject, [piece]) for piece, back in zip(members, is_probe, strict=True) if back]
    if len(enrolled) < 2:  # noqa: PLR2004  nobody to be mistaken for
        return None
    known = SampleTable.of_groups(gallery.pieces, enrolled)
    return Rehearsal(known.split_up(), known, SampleTable.of_groups(gallery.pieces, probes))
