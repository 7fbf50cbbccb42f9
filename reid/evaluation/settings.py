"""What is asked of an audit, checked once."""

from dataclasses import dataclass
from typing import Any, Final

from reid.errors import ParameterError, UnknownNameError

REGIMES: Final = ("population", "closed-set")
#: From this many people on, half of them serve as background.
FEWEST_FOR_POPULATION: Final = 60
_FEWEST_BACKGROUND: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitSettings:
    """How people and their sessions are divided among background, gallery and probes."""

    regime: str | None = None  #: ``population``, ``closed-set``, or by the number of people
    background: int | None = None  #: people from whom the attacker learns; half of them by default
    gallery_sessions: int | None = None  #: enrolled per person; the first half, rounded up, by default
    held_out_sessions: int | None = None  #: a person's last, probed; all before them are enrolled
    probe_sessions: int = 1  #: pooled in one probe
    sample: str = "session"  #: ``session``, ``trial``, ``events=N``, ``strokes=N`` or ``seconds=N``
    seed: int = 0

    def __post_init__(self) -> None:
        if self.regime is not None and self.regime not in REGIMES:
            raise UnknownNameError.of("regime", self.regime, REGIMES)
        if self.background is not None and self.regime == "closed-set":
            advice = "Leave out --background, or choose --regime population."
            raise ParameterError.of(
                "--background", must="stand with --regime population", found="closed-set", advice=advice
            )
        limits: dict[str, tuple[int | None, int]] = {
            "--background": (self.background, _FEWEST_BACKGROUND),
            "--gallery-sessions": (self.gallery_sessions, 1),
            "--held-out-sessions": (self.held_out_sessions, 1),
            "--probe-sessions": (self.probe_sessions, 1),
            "--seed": (self.seed, 0),
        }
        for name, (value, least) in limits.items():
            if value is not None and value < least:
                raise ParameterError.of(name, must=f"be at least {least}", found=value)
        if self.gallery_sessions is not None and self.held_out_sessions is not None:
            raise ParameterError.of(
                "sessions", must="be divided in one way", found="two", advice="Leave out one of the options."
            )
        if self.probe_sessions > 1 and self.cuts_sessions:
            advice = "Leave out one of the two."
            found = f"--sample {self.sample} with --probe-sessions {self.probe_sessions}"
            raise ParameterError.of(
                "a probe", must="be a piece or pooled sessions", found=found, advice=advice
            )

    def n_enrolled(self, n_sessions: int) -> int:
        """Return how many of a person's sessions are enrolled, the first ones; 0 where too few are left."""
        if self.held_out_sessions is not None:
            return max(n_sessions - self.held_out_sessions, 0)
        return (n_sessions + 1) // 2 if self.gallery_sessions is None else self.gallery_sessions

    @property
    def cuts_sessions(self) -> bool:
        """Whether samples are equal cuts of sessions, each a probe of its own."""
        return self.sample not in {"session", "trial"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatModel:
    """What the attacker knows and how hard it tries.

    ``knowledge``: ``ignorant`` (learns and enrols on raw data), ``lazy`` (enrols on released data) or
    ``informed`` (everything released). ``effort``: ``fixed`` (the attackers as they are), ``adaptive``
    (re-tuned for this release) or ``reversal`` (undoes the release first).
    """

    knowledge: str = "informed"
    effort: str = "fixed"
    pooled_sessions: int = 1  #: sessions that one probe pools

    def as_dict(self) -> dict[str, Any]:
        """Return the model as it stands in ``report.json``."""
        return {"knowledge": self.knowledge, "effort": self.effort, "pooled_sessions": self.pooled_sessions}
