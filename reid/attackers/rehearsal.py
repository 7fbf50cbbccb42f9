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
        held_back = _hold_back(train)
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
    """Enrol about ``gallery_size`` pieces of each attacked person, the first, and probe the others.

    Where samples are cuts of several sessions, whole sessions stand on one side.
    """
    session = attacked.pieces.frame["session"]
    members = attacked.frame["pieces"]
    sized = attacked.frame.with_columns(
        first_session=session.gather(members.list.first()),
        last_session=session.gather(members.list.last()),
        size=members.list.len().cast(pl.Int64),
    ).with_columns(before=pl.col("size").cum_sum().over("subject_id") - pl.col("size"))
    of_block = ("subject_id", "first_session")
    block_middle = pl.col("before").min().over(of_block) + pl.col("size").sum().over(of_block) / 2
    begins = pl.col("first_session").min().over("subject_id")
    ends = pl.col("first_session").max().over("subject_id")
    early = (block_middle <= gallery_size) | (pl.col("first_session") == begins)
    not_last = pl.int_range(pl.len()).over("subject_id") < pl.len().over("subject_id") - 1
    enrolled = (pl.col("before") < gallery_size) & pl.when(begins == ends).then(not_last).otherwise(
        early & (pl.col("first_session") < ends)
    )
    known_until = pl.col("last_session").filter("enrolled").max().over("subject_id")
    untouched = (begins == ends) | (pl.col("first_session") > known_until)
    placed = sized.with_columns(enrolled=enrolled)
    probed = ~pl.col("enrolled") & untouched
    gallery = SampleTable(attacked.pieces, placed.filter("enrolled").select("subject_id", "pieces")).pooled()
    probes = SampleTable(attacked.pieces, placed.filter(probed).select("subject_id", "pieces"))
    probes = probes.of_people(gallery.subjects)
    if len(gallery) < 2 or not len(probes) or len(train.subjects) < 2:  # noqa: PLR2004  nobody to be mistaken for
        return None
    return Rehearsal(train, gallery, probes)


def _hold_back(train: SampleTable) -> Rehearsal | None:
    """Take the last of what each enrolled person may be learnt from as probes, of the same length."""
    session_of = train.pieces.frame["session"].to_numpy()
    samples_of: dict[str, list[list[int]]] = {}
    for subject, members in train.frame.iter_rows():
        samples_of.setdefault(subject, []).append(members)
    enrolled: list[tuple[str, list[int]]] = []
    learnt: list[tuple[str, list[int]]] = []
    probes: list[tuple[str, list[int]]] = []
    for subject, whole in samples_of.items():
        samples = whole if len(whole) > 1 else [[piece] for piece in whole[0]]
        sessions = np.array([session_of[members[0]] for members in samples])
        units = sessions if np.unique(sessions).size > 1 else np.arange(len(samples))
        distinct = np.unique(units)
        if distinct.size < 2:  # noqa: PLR2004  nothing is left to enrol
            continue
        n_back = max(1, round(_SHARE_HELD_BACK * distinct.size))
        is_probe = np.isin(units, distinct[-n_back:])
        known = [members for members, back in zip(samples, is_probe, strict=True) if not back]
        enrolled.append((subject, [piece for members in known for piece in members]))
        learnt += [(subject, members) for members in known]
        probes += [(subject, members) for members, back in zip(samples, is_probe, strict=True) if back]
    if len(enrolled) < 2:  # noqa: PLR2004  nobody to be mistaken for
        return None
    tables = (SampleTable.of_groups(train.pieces, groups) for groups in (learnt, enrolled, probes))
    return Rehearsal(*tables)
