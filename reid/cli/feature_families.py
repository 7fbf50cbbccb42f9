"""Names and channels of a set of features, as they come out on a small made-up log."""

from typing import Any

import polars as pl

from reid.events.table import EventTable
from reid.features.table import CHANNELS, Extractor
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from reid.seeding import Streams
from reid.synthetic.pointer_truth import PointerSettings, generate_pointer
from reid.synthetic.truth import TruthSettings, generate


def families_of(extractor: Extractor) -> list[dict[str, Any]]:
    """Return the features in families: all that bear the same name up to the first colon.

    Which keys and pairs of keys are listed follows the log, so those of a made-up log stand for them.

    Returns
    -------
    list of dict
        ``family``, ``channel``, what the channel is ``about``, and all ``names``.
    """
    typed = generate(TruthSettings(n_people=6, n_sessions=2, n_keystrokes=200), Streams(0))
    moved = generate_pointer(PointerSettings(n_people=6, n_sessions=2), Streams(0))
    in_time = pl.concat([typed.frame, moved.frame]).sort(
        "subject_id", "session_id", "time_us", maintain_order=True
    )
    both = EventTable.from_frame(in_time, typed.sessions)
    others = moved.renamed(lambda name: f"{name} moving"), both.renamed(lambda name: f"{name} with both")
    events = EventTable.concat([typed, *others])
    samples = SampleTable.singly(cut(events, "session"))
    table = extractor.fit(samples).features(samples)
    names: dict[tuple[str, str], list[str]] = {}
    for name, channel in zip(table.names, table.channels, strict=True):
        names.setdefault((name.partition(":")[0], channel), []).append(name)
    return [
        {"family": family, "channel": channel, "about": CHANNELS[channel], "names": members}
        for (family, channel), members in sorted(names.items())
    ]
