"""Draw real and realistic people side by side, and attack both.

    python experiments/realistic_people.py AALTO BALABIT [-o DIR] [--seed N] [--attack]

AALTO and BALABIT are the publishers' archives. Every fifth person of Aalto is compared, as many as are made:
the laws were taken from the others. Prints, for each quantity, the median over people, the spread between
people, from session to session of a person and within a session, real beside realistic, and draws how it is
distributed into one figure. With ``--attack``, also rank-1 of the discriminant, with all it may see and with
a channel withheld: 100 background and 200 attacked people of Aalto, ten sentences enrolled, one and five
probed; the ten people of Balabit by thirty strokes, beside the mean
of five populations of ten. No truth is claimed of realistic people.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import polars as pl
from matplotlib.ticker import NullFormatter

from reid.evaluation.audit import audit
from reid.events.reading import read_events
from reid.events.table import EventTable
from reid.figures.style import PALETTE, RAW_LOOK, WIDTH_IN, picture, styled
from reid.kernels.pointer import cut_strokes
from reid.kernels.pointer_shape import STROKE_COLUMNS
from reid.kernels.pointer_strokes import stroke_columns
from reid.samples.strokes import LEAST_MOVES, PAUSE_US, merged, pointer_rows, points_of
from reid.seeding import Streams
from reid.synthetic.realistic import RealisticSettings, generate_realistic

SESSION = ("subject_id", "session_id")
N_COMPARED = 300
N_POPULATIONS = 5  # of ten people who point: one alone differs by a tenth from the next
LOG_TICKS = (0.1, 1, 10, 30, 100, 300, 1000, 10_000)
#: Quantity, unit, whether its axis is a logarithm, and between what it is drawn.
KEY_QUANTITIES = {
    "hold": ("ms", True, (20, 600)),
    "flight, release to press": ("ms", False, (-250, 600)),
    "latency, press to press": ("ms", True, (20, 3000)),
    "rollover": ("share of presses", False, (0, 1)),
    "corrections": ("share of presses", False, (0, 0.25)),
}
STROKE_QUANTITIES = {
    "duration_s": ("stroke: duration", "s", True, (0.1, 20)),
    "length_px": ("stroke: length", "px", True, (5, 5000)),
    "speed_max_px_per_s": ("stroke: peak speed", "px/s", True, (30, 20_000)),
    "straightness": ("stroke: straightness", "share", False, (0, 1)),
}
TYPING = RealisticSettings(n_people=N_COMPARED, n_sessions=15, n_keys=49)
POINTING = RealisticSettings(
    n_people=10, n_sessions=7, modality="pointer", n_strokes=500, recorder="remote-desktop"
)
POINTER_ATTACK = "discriminant(features='strokes', ridge=0.6, sliding=True)"


def key_quantities(events: EventTable) -> dict[str, pl.DataFrame]:
    """Return a table ``subject_id, session_id, value`` for each quantity of typing."""
    names = [*SESSION, "press"]
    frame = events.frame
    down = frame.filter(pl.col("event") == "key_down").unique(names, keep="first", maintain_order=True)
    up = frame.filter(pl.col("event") == "key_up").select(*names, up_us="time_us")
    rows = down.join(up, on=names, how="left", maintain_order="left")
    ud_us = pl.col("time_us") - pl.col("up_us").shift().over(SESSION)
    values = {
        "hold": (pl.col("up_us") - pl.col("time_us")) / 1000,
        "flight, release to press": ud_us / 1000,
        "latency, press to press": pl.col("time_us").diff().over(SESSION) / 1000,
        "rollover": (ud_us < 0).cast(pl.Float64),
        "corrections": (pl.col("key") == "Backspace").cast(pl.Float64),
    }
    return {name: rows.select(*SESSION, value=value).drop_nulls() for name, value in values.items()}


def stroke_quantities(events: EventTable) -> dict[str, pl.DataFrame]:
    """Return a table ``subject_id, session_id, value`` for each quantity of strokes."""
    bounds = events.session_bounds()
    _, points = points_of(pointer_rows(events), bounds[:-1], bounds[1:])
    _, left = merged(points)
    cut = cut_strokes(left.point_us, left.code, left.pressed, left.offsets, PAUSE_US, LEAST_MOVES)
    strokes, _, _ = stroke_columns(left.point_us, left.x, left.y, left.code, left.offsets, *cut)
    session = np.repeat(np.arange(cut[-1].size - 1), np.diff(cut[-1]))
    ids = {name: events.sessions[name].gather(session) for name in SESSION}
    return {
        title: pl.DataFrame({**ids, "value": strokes[:, STROKE_COLUMNS.index(column)]}).filter(
            pl.col("value").is_finite()
        )
        for column, (title, *_) in STROKE_QUANTITIES.items()
    }


def scales() -> dict[str, tuple[str, bool, tuple[float, float]]]:
    """Return unit, kind of axis and range of each quantity."""
    strokes = {title: (unit, is_log, reach) for title, unit, is_log, reach in STROKE_QUANTITIES.values()}
    return {**KEY_QUANTITIES, **strokes}


def spreads(values: pl.DataFrame, *, is_log: bool) -> tuple[float, float, float, float]:
    """Return median over people, sd between people, sd between a person's sessions, sd within a session.

    Logs where the axis is one; the noise of a session's mean is taken out of the second and the third.
    """
    rows = values.filter(pl.col("value") > 0) if is_log else values
    rows = rows.with_columns(y=pl.col("value").log() if is_log else pl.col("value"))
    sessions = rows.group_by(SESSION).agg(pl.col("y").mean(), var=pl.col("y").var(), n=pl.len())
    sessions = sessions.filter(pl.col("n") > 1)
    people = sessions.group_by("subject_id").agg(
        pl.col("y").mean(), drift=pl.col("y").var(), noise=(pl.col("var") / pl.col("n")).mean(), n=pl.len()
    )
    within = float(np.sqrt(sessions["var"].mean()))
    drift = max(float(people["drift"].mean() - people["noise"].mean()), 0.0)
    own = float((people["drift"] / people["n"]).mean())
    between = max(float(people["y"].var()) - own, 0.0)
    middle = rows.group_by("subject_id").agg(
        pl.col("value").mean() if _is_share(values) else pl.col("value").median()
    )
    return float(middle["value"].median()), float(np.sqrt(between)), float(np.sqrt(drift)), within


def _is_share(values: pl.DataFrame) -> bool:
    return values["value"].is_in([0.0, 1.0]).all()


def rank_1(events: EventTable, **asked: object) -> float:
    """Return the attacked people's rank-1."""
    return float(audit(events, **asked).report["headline"]["rank_1"]["value"])  # type: ignore[arg-type]


def attacks(real: tuple[EventTable, ...], made: tuple[EventTable, ...]) -> Iterator[str]:
    """Attack both and tell of each attack in a line."""
    yield "rank-1                                        real  realistic  difference"
    asked = {"background": 100, "gallery_sessions": 10, "attackers": ("discriminant",)}
    for without in ((), ("hold",), ("flight",), ("content",)):
        for n in (1, 5):
            one, other = (
                rank_1(events, **asked, without=without, probe_sessions=n) for events in (real[0], made[0])
            )
            what = f"typing, {n} probed" + "".join(f", without {channel}" for channel in without)
            yield f"{what:44}  {one:.3f}      {other:.3f}      {other - one:+.3f}"
    asked = {"regime": "closed-set", "sample": "strokes=30", "attackers": (POINTER_ATTACK,)}
    for without in (("device",), ("path", "device"), ("click", "device")):
        one = rank_1(real[1], **asked, without=without)
        other = float(np.mean([rank_1(events, **asked, without=without) for events in made[1:]]))
        what = "pointing" + "".join(f", without {channel}" for channel in without)
        yield f"{what:44}  {one:.3f}      {other:.3f}      {other - one:+.3f}"


def draw(real: dict[str, pl.DataFrame], made: dict[str, pl.DataFrame], folder: Path) -> None:
    """Draw, for each quantity, how it is distributed and where people's means lie."""
    with styled():
        figure, axes = plt.subplots(3, 3, figsize=(WIDTH_IN * 1.3, 7.6), layout="constrained")
        for ax, (name, (unit, is_log, reach)) in zip(axes.flat, scales().items(), strict=True):
            edges = np.geomspace(*reach, 49) if is_log else np.linspace(*reach, 49)
            for values, color, label, dash in (
                (real[name], RAW_LOOK.color, "real", "-"),
                (made[name], PALETTE[1], "realistic", (0, (5, 1.5))),
            ):
                of_people = values.group_by("subject_id", maintain_order=True).agg(
                    pl.col("value").mean() if _is_share(values) else pl.col("value").median()
                )["value"]
                if not _is_share(values):
                    share = np.histogram(values["value"], edges)[0] / values.height
                    ax.stairs(share / share.max(), edges, color=color, linestyle=dash, label=label)
                else:
                    share = np.histogram(of_people, edges[::3])[0] / len(of_people)
                    ax.stairs(share / share.max(), edges[::3], color=color, linestyle=dash, label=label)
                row = 1.22 if label == "real" else 1.1
                low, middle, high = np.quantile(of_people, [0.1, 0.5, 0.9])
                ax.plot([low, high], [row, row], color=color, linewidth=2.2)
                ax.plot(middle, row, "o", color=color)
            if is_log:
                ax.set_xscale("log")
                ticks = [mark for mark in LOG_TICKS if reach[0] <= mark <= reach[1]]
                ax.set_xticks(ticks, [f"{mark:,g}" for mark in ticks])
                ax.xaxis.set_minor_formatter(NullFormatter())
            ax.set(title=name.capitalize(), xlabel=unit, xlim=reach, ylim=(0, 1.32), yticks=[])
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper right", ncols=2)
        figure.suptitle(
            "Curves: all presses or strokes (rollover, corrections: people), each to its peak.\n"
            "Bars: where the medians of the middle 80 % of people lie.",
            fontsize=9,
            x=0.01,
            ha="left",
        )
        drawn = picture(figure)
        plt.close(figure)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "realistic_people.svg").write_bytes(drawn.svg)
    (folder / "realistic_people.png").write_bytes(drawn.png)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("aalto", type=Path)
    parser.add_argument("balabit", type=Path)
    parser.add_argument("-o", "--out", type=Path, default=Path("out/realistic"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--attack", action="store_true")
    options = parser.parse_args()
    aalto = read_events(options.aalto)
    real = (aalto.of_people(aalto.subjects[::5][:N_COMPARED]), read_events(options.balabit))
    made = (
        generate_realistic(TYPING, Streams(options.seed)),
        *(generate_realistic(POINTING, Streams(options.seed + number)) for number in range(N_POPULATIONS)),
    )
    tables = [
        {**key_quantities(typing), **stroke_quantities(pointing)} for typing, pointing, *_ in (real, made)
    ]
    columns = "  median  between sessions   within"
    print(f"{'':30}    {'real':36}  realistic")
    print(f"{'quantity':30}  {columns}   {columns}")
    for name, (_, is_log, _) in scales().items():
        cells = [spreads(table[name], is_log=is_log) for table in tables]
        told = "   ".join(f"{a:8.3g} {b:8.3f} {c:8.3f} {d:8.3f}" for a, b, c, d in cells)
        print(f"{name + (' (log)' if is_log else ''):30}  {told}")
    draw(*tables, options.out)
    if options.attack:
        for line in attacks(real, made):
            print(line, flush=True)


if __name__ == "__main__":
    main()
