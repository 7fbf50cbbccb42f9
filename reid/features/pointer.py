"""What pointer features are made of: the strokes, steps, clicks and wheel turns of a table of pieces."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from reid.kernels.pointer import MOVE, cut_strokes
from reid.kernels.pointer_antal import GAP_US, LEAST_POINTS, antal_actions
from reid.kernels.pointer_clicks import click_columns, wheel_columns
from reid.kernels.pointer_clock import clock_counts
from reid.kernels.pointer_shape import STROKE_COLUMNS
from reid.kernels.pointer_strokes import STEP_COLUMNS, stroke_columns
from reid.samples.cutting import runs_within
from reid.samples.strokes import LEAST_MOVES, PAUSE_US, Points, merged, pointer_rows, points_of
from reid.samples.table import PieceTable
from reid.typing import Array, BoolArray, FloatArray, IntArray

#: The 39 of Antal and Egyed-Zsigmond, in their order.
ANTAL_COLUMNS: Final = (
    "type_of_action", "travelled_distance_px", "elapsed_time_s", "direction", "straightness",
    "number_of_points", "sum_of_angles_rad",
    *(f"{name}_curvature_rad_per_px" for name in ("mean", "sd", "max", "min")),
    *(f"{name}_angular_velocity_rad_per_s" for name in ("mean", "sd", "max", "min")),
    "largest_deviation_px", "end_to_end_distance_px", "critical_points",
    *(f"{name}_vx_px_per_s" for name in ("mean", "sd", "max", "min")),
    *(f"{name}_vy_px_per_s" for name in ("mean", "sd", "max", "min")),
    *(f"{name}_v_px_per_s" for name in ("mean", "sd", "max", "min")),
    *(f"{name}_a_px_per_s2" for name in ("mean", "sd", "max", "min")),
    *(f"{name}_jerk_px_per_s3" for name in ("mean", "sd", "max", "min")),
    "initial_acceleration_s",
)  # fmt: skip
CLICK_COLUMNS: Final = (
    "hold_s", "rest_before_s", "rest_after_s", "double_click_gap_s", "drift_px", "is_drag", "is_double",
    "button", "since_press_s", "x_px", "y_px",
)  # fmt: skip
WHEEL_COLUMNS: Final = ("delta", "is_down", "gap_s", "is_reversal")
PIECE_COLUMNS: Final = (
    "strokes_per_min", "clicks_per_min", "wheel_turns_per_min", "zero_step_share",
    "grid_1ms_share", "grid_5ms_share", "grid_8ms_share", "grid_10ms_share", "grid_16ms_share",
    "largest_x_px", "largest_y_px", "screen_w_px", "screen_h_px",
)  # fmt: skip
_US_PER_MIN: Final = 60e6


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """Things of one kind that were measured, in the order of the pieces."""

    columns: tuple[str, ...]
    values: Array  #: (n_observations, n_columns), float; NaN where undefined
    offsets: IntArray  #: (n_pieces + 1,): observations ``offsets[i]:offsets[i + 1]`` belong to piece i

    def column(self, name: str) -> Array:
        """Return one column, shape (n_observations,)."""
        return self.values[:, self.columns.index(name)]

    def of_pieces(self, pieces: IntArray) -> BoolArray:
        """Mark the observations of these pieces: shape (n_observations,)."""
        marked = np.zeros(self.offsets.size - 1, dtype=np.bool_)
        marked[pieces] = True
        return np.repeat(marked, np.diff(self.offsets))


def strokes_of(pieces: PieceTable, pause_us: int = PAUSE_US) -> Observations:
    """Return one row per stroke, with :data:`~reid.kernels.pointer_shape.STROKE_COLUMNS`."""
    return _measured(pieces, pause_us)[0]


def steps_of(pieces: PieceTable, pause_us: int = PAUSE_US) -> Observations:
    """Return a row per step of a stroke, with :data:`~reid.kernels.pointer_strokes.STEP_COLUMNS`."""
    return _measured(pieces, pause_us)[1]


def actions_of(pieces: PieceTable) -> Observations:
    """Return one row per action of Antal and Egyed-Zsigmond, with their 39 features."""

    def make() -> Observations:
        starts, stops, runs = runs_within(pieces)
        rows = pointer_rows(pieces.events)
        features, _, offsets = antal_actions(*rows, starts, stops, GAP_US, LEAST_POINTS)
        return Observations(ANTAL_COLUMNS, features, offsets[runs])

    return pieces.remembered("pointer actions", make)


def clicks_of(pieces: PieceTable) -> Observations:
    """Return one row per press of a button, with :data:`CLICK_COLUMNS`."""

    def make() -> Observations:
        clicks, offsets = click_columns(*_points(pieces))
        return Observations(CLICK_COLUMNS, clicks, offsets[runs_within(pieces)[2]])

    return pieces.remembered("pointer clicks", make)


def wheel_of(pieces: PieceTable) -> Observations:
    """Return one row per turn of the wheel, with :data:`WHEEL_COLUMNS`."""

    def make() -> Observations:
        starts, stops, runs = runs_within(pieces)
        frame, rows = pieces.events.frame, pointer_rows(pieces.events)
        delta = frame["wheel_dy"].to_numpy()
        turns, offsets = wheel_columns(rows.time_us, rows.event, delta, starts, stops)
        return Observations(WHEEL_COLUMNS, turns, offsets[runs])

    return pieces.remembered("wheel turns", make)


def piece_rows(pieces: PieceTable, pause_us: int = PAUSE_US) -> Observations:
    """Return one row per piece that holds pointer events, with :data:`PIECE_COLUMNS`."""
    return pieces.remembered(("pointer pieces", pause_us), lambda: _piece_rows(pieces, pause_us))


def _points(pieces: PieceTable) -> Points:
    starts, stops, _ = runs_within(pieces)
    return pieces.remembered(
        "pointer points", lambda: points_of(pointer_rows(pieces.events), starts, stops)[1]
    )


def _measured(pieces: PieceTable, pause_us: int) -> tuple[Observations, Observations]:
    def make() -> tuple[Observations, Observations]:
        runs = runs_within(pieces)[2]
        points = merged(_points(pieces))[1]
        cut = cut_strokes(points.point_us, points.code, points.pressed, points.offsets, pause_us, LEAST_MOVES)
        path = points.point_us, points.x, points.y, points.code, points.offsets
        strokes, steps, step_offsets = stroke_columns(*path, *cut)
        return (
            Observations(STROKE_COLUMNS, strokes, cut[3][runs]),
            Observations(STEP_COLUMNS, steps, step_offsets[runs]),
        )

    return pieces.remembered(("pointer strokes", pause_us), make)


def _piece_rows(pieces: PieceTable, pause_us: int) -> Observations:
    """Measure the pace, the clock and the screen of each piece."""
    points, runs = _points(pieces), runs_within(pieces)[2]
    offsets = points.offsets[runs]
    starts, stops = pieces.bounds()
    frame = pieces.events.frame
    time_us = frame["time_us"].to_numpy()
    is_pointer = np.asarray(frame["event"].to_physical().to_numpy() >= MOVE, dtype=np.bool_)
    some = np.concatenate([[0], np.cumsum(is_pointer)])  # pointer events up to each row
    holds = some[stops] > some[starts]
    duration_us = np.where(holds, time_us[np.maximum(stops, 1) - 1] - time_us[starts], 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        per_min = np.where(duration_us > 0, _US_PER_MIN / duration_us, np.nan)
    counted = (strokes_of(pieces, pause_us), clicks_of(pieces), wheel_of(pieces))
    columns = [np.diff(observations.offsets) * per_min for observations in counted]
    by_run = clock_counts(points.point_us, points.code, points.offsets)
    so_far = np.concatenate([np.zeros((1, by_run.shape[1]), dtype=np.int64), np.cumsum(by_run, axis=0)])
    n_steps, n_still, n_moves, *on_grids = (so_far[runs[1:]] - so_far[runs[:-1]]).T
    columns.append(_share(n_still, n_steps))
    columns += [_share(n_on_grid, n_moves) for n_on_grid in on_grids]
    columns += [_largest_by_piece(axis, offsets) for axis in (points.x, points.y)]
    sessions = pieces.events.sessions[pieces.frame["session"].to_numpy()]
    columns += [sessions[name].cast(float).fill_null(np.nan).to_numpy() for name in ("screen_w", "screen_h")]
    values = np.stack(columns, axis=1)[holds]
    return Observations(PIECE_COLUMNS, values, np.concatenate([[0], np.cumsum(holds)]).astype(np.int64))


def _share(n_hits: IntArray, n_among: IntArray) -> FloatArray:
    """Return the share of hits in each piece, NaN where there is nothing to hit."""
    shares: FloatArray = np.divide(n_hits, n_among, out=np.full(n_hits.size, np.nan), where=n_among > 0)
    return shares


def _largest_by_piece(values: FloatArray, offsets: IntArray) -> FloatArray:
    """Return the largest value of each piece, NaN where there is none."""
    largest = np.full(offsets.size - 1, np.nan)
    held = np.flatnonzero(np.diff(offsets))
    if held.size:
        largest[held] = np.maximum.reduceat(values, offsets[held])
    return largest
