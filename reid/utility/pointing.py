"""What a study of a user interface measures of pointing."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from reid.anonymizers.pointing import in_pixels
from reid.typing import FloatArray, IntArray
from reid.utility.agreement import ratio_agreement, spread_agreement
from reid.utility.movements import Movements, movements_of, waits_of
from reid.utility.paired import PairedLogs

_EFFECTIVE: Final = 4.133  # standard deviations between which 96 % of hits lie
_US_PER_S: Final = 1e6
_US_PER_MS: Final = 1e3


@dataclass(frozen=True, slots=True, kw_only=True)
class FittsThroughput:
    """Throughput of pointing: how many bits of difficulty a person masters in a second.

    Targets are not known, so the place of the raw click is taken for the middle of one of a declared width.
    The release's effective width grows with what its clicks lie off that, along the movement.
    """

    name: ClassVar[str] = "fitts-throughput"
    definition: ClassVar[str] = (
        "Smaller of a person's raw and released mean of log2(distance / effective width + 1) / time over "
        "movements to a click, of the larger; of the share of movements that are left"
    )
    better: ClassVar[str] = "higher"
    source: ClassVar[str] = "ISO/TS 9241-411:2012; Soukoreff & MacKenzie (2004), IJHCS 61"
    needs: ClassVar[str] = "movements of the pointer to clicks with places"
    width_px: float = 24  #: of a target, above 0

    def __post_init__(self) -> None:
        in_pixels("width_px", self.width_px, least=0.001)

    def values(self, logs: PairedLogs) -> FloatArray:
        """Return how well each person's throughput is kept."""
        raw, released = movements_of(logs)
        width_px = np.full(len(logs.people), self.width_px)
        of_raw = self._throughput(logs, raw, width_px)
        of_released = self._throughput(logs, released, np.hypot(width_px, _EFFECTIVE * _off_px(logs)))
        return ratio_agreement(of_raw, of_released) * _share_left(logs, raw.person, released.person)

    @staticmethod
    def _throughput(logs: PairedLogs, found: Movements, width_px: FloatArray) -> FloatArray:
        """Return each person's bits per second: float64, (n_people,)."""
        bits = np.log2(found.distance_px / width_px[found.person] + 1)
        return logs.means(bits / (found.duration_us / _US_PER_S), found.person)


@dataclass(frozen=True, slots=True)
class PathEfficiency:
    """How straight a person moves the pointer to what is clicked."""

    name: ClassVar[str] = "path-efficiency"
    definition: ClassVar[str] = (
        "1 minus the Wasserstein distance between raw and released distance / path of a person's movements "
        "to clicks, in units of the raw spread around the median, not below 0; of the share that is left"
    )
    better: ClassVar[str] = "higher"
    source: ClassVar[str] = "Batschelet (1981), Circular Statistics in Biology: index of straightness"
    needs: ClassVar[str] = "movements of the pointer to clicks with places"

    def values(self, logs: PairedLogs) -> FloatArray:
        """Return how well each person's path efficiency is kept."""
        raw, released = movements_of(logs)
        return _by_person(
            logs,
            (raw.distance_px / raw.path_px, raw.person),
            (released.distance_px / released.path_px, released.person),
        )


@dataclass(frozen=True, slots=True)
class Hesitation:
    """How long the pointer rests on a target before the click."""

    name: ClassVar[str] = "hesitation"
    definition: ClassVar[str] = (
        "1 minus the Wasserstein distance between raw and released log(1 ms + time from the last move to the "
        "click), in units of the raw spread around the median, not below 0; of the share that is left"
    )
    better: ClassVar[str] = "higher"
    source: ClassVar[str] = "Zheng, Paloski & Wang (2011), CCS: pause and click"
    needs: ClassVar[str] = "clicks right after moves"

    def values(self, logs: PairedLogs) -> FloatArray:
        """Return how well each person's waits before clicks are kept."""
        raw, of_raw = waits_of(logs.raw, logs.raw_inputs)
        released, of_released = waits_of(logs.released, logs.released_inputs)
        return _by_person(
            logs, (np.log1p(raw / _US_PER_MS), of_raw), (np.log1p(released / _US_PER_MS), of_released)
        )


def _by_person(
    logs: PairedLogs, raw: tuple[FloatArray, IntArray], released: tuple[FloatArray, IntArray]
) -> FloatArray:
    """Return how well each person's distribution is kept, from values and whose they are."""
    people = range(len(logs.people))
    kept = [spread_agreement(raw[0][raw[1] == each], released[0][released[1] == each]) for each in people]
    return np.array(kept)


def _share_left(logs: PairedLogs, raw: IntArray, released: IntArray) -> FloatArray:
    n_raw, n_released = (np.bincount(each, minlength=len(logs.people)) for each in (raw, released))
    return np.minimum(n_released / np.maximum(n_raw, 1), 1.0)


def _off_px(logs: PairedLogs) -> FloatArray:
    """Return the standard deviation of what each person's released clicks lie off, along movements."""
    found = movements_of(logs)[1]
    in_raw = np.full(logs.released_inputs.row.size, -1, dtype=np.int64)
    in_raw[logs.of_released] = logs.of_raw
    place = in_raw[found.click]
    known = place >= 0
    off_px = np.column_stack(
        [
            getattr(logs.released_inputs, axis)[found.click[known]]
            - getattr(logs.raw_inputs, axis)[place[known]]
            for axis in ("x_px", "y_px")
        ]
    )
    along_px = np.nan_to_num((off_px * found.along[known]).sum(axis=1))
    person = found.person[known]
    mean = np.nan_to_num(logs.means(along_px, person))
    return np.sqrt(np.nan_to_num(logs.means((along_px - mean[person]) ** 2, person)))
