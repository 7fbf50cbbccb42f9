"""How much does an attacker have to see of a person?

    python experiments/amounts.py SOURCE [--background N] [--gallery-sessions N ...] [--probe-sessions N ...]
        [--attacker NAME]

Attacks the same people with ever shorter galleries and probes, the attacker learning on background samples as
long as the probe. Probes begin after the longest gallery, so that they are the same for each gallery. Prints
for each pair the median keys pressed, strokes and minutes on either side, and rank-1 with its 95 % interval
over people.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from reid.evaluation.attack import run_attack
from reid.evaluation.lineup import LineUp
from reid.evaluation.modality import modalities_in
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import choose_people, make_split
from reid.events.reading import read_events
from reid.metrics.identification import rank_k_hits, ranks
from reid.metrics.intervals import proportion_over_people
from reid.samples.strokes import first_rows_of_strokes
from reid.samples.table import PieceTable, SampleTable
from reid.typing import FloatArray

US_PER_MINUTE = 60_000_000


def first_sessions(samples: SampleTable, n_sessions: int) -> SampleTable:
    """Return the samples with only the first sessions of each."""
    session = samples.pieces.frame["session"]
    groups = []
    for subject, members in samples.frame.iter_rows():
        own = session.gather(members).to_list()
        kept = set(sorted(set(own))[:n_sessions])
        groups.append((subject, [piece for piece, at in zip(members, own, strict=True) if at in kept]))
    return SampleTable.of_groups(samples.pieces, groups)


def held_by_pieces(pieces: PieceTable) -> FloatArray:
    """Return keys pressed, strokes and minutes of each piece: (n_pieces, 3)."""
    starts, stops = pieces.bounds()
    frame = pieces.events.frame
    pressed = np.concatenate([[0], np.cumsum((frame["event"] == "key_down").to_numpy())])
    moves = "pointer" in modalities_in(pieces.events)
    strokes = (
        np.diff(first_rows_of_strokes(pieces.events, starts, stops)[1]) if moves else np.zeros(starts.size)
    )
    time_us = frame["time_us"].to_numpy()
    minutes = (time_us[stops - 1] - time_us[starts]) / US_PER_MINUTE
    return np.stack([pressed[stops] - pressed[starts], strokes, minutes], axis=1)


def typical(samples: SampleTable, held: FloatArray) -> str:
    """Return medians over samples: keys, strokes, minutes."""
    totals = [held[np.array(members)].sum(axis=0) for members in samples.frame["pieces"].to_list()]
    keys, strokes, minutes = np.median(totals, axis=0)
    return f"{keys:8,.0f} {strokes:8,.0f} {minutes:7.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("--background", type=int)
    parser.add_argument("--gallery-sessions", type=int, nargs="+", default=[1, 2, 5, 10])
    parser.add_argument("--probe-sessions", type=int, nargs="+", default=[1, 2, 5])
    parser.add_argument("--attacker", default="discriminant")
    options = parser.parse_args()
    events = read_events(options.source)
    heading = "sessions     keys  strokes minutes"
    print(f"gallery: {heading}   probe: {heading}   rank-1 (95 % interval)")
    for n_probe in options.probe_sessions:
        settings = SplitSettings(
            regime="population",
            background=options.background,
            gallery_sessions=max(options.gallery_sessions),
            probe_sessions=n_probe,
        )
        split = make_split(events, choose_people(events.subjects, settings), settings)
        held = held_by_pieces(split.gallery.pieces)
        for n_gallery in options.gallery_sessions:
            gallery = first_sessions(split.gallery, n_gallery)
            lineup = LineUp.of([options.attacker], modalities=modalities_in(events))
            matrix = run_attack(replace(split, gallery=gallery), lineup).headline
            truth = matrix.truth()
            hits = rank_k_hits(*ranks(matrix.scores, truth), len(matrix.people), 1)
            rate = proportion_over_people(hits, truth)
            print(
                f"{n_gallery:17} {typical(gallery, held)}   {n_probe:15} {typical(split.probes, held)}"
                f"   {rate.value:.3f} ({rate.low:.3f} to {rate.high:.3f})",
                flush=True,
            )


if __name__ == "__main__":
    main()
