"""Name what makes a number smaller than the risk, and what was not looked at."""

from collections.abc import Sequence

from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import Division

_SMALL_BACKGROUND = 100
_USUAL_FAULTS = 0.01


def weaknesses(
    settings: SplitSettings, division: Division, *, chosen_attackers: Sequence[str], without: Sequence[str]
) -> list[str]:
    """Return one sentence per setting below full strength.

    Parameters
    ----------
    settings : SplitSettings
        What was asked for.
    division : Division
        What came of it.
    chosen_attackers : sequence of str
        Attackers that the user named instead of running all; empty for all.
    without : sequence of str
        Channels withheld from the attackers.
    """
    found: list[str] = []
    if chosen_attackers:
        found.append(f"only the attackers named were run: {', '.join(chosen_attackers)}")
    found += [f"the channel {channel!r} was withheld from the attackers" for channel in without]
    if settings.cuts_sessions:
        found.append(f"each probe is cut to {settings.sample.replace('=', ' = ')}")
    unit = {"trial": "trial", "within": "piece"}.get(division.separation, "session")
    at_hand = division.sessions_at_hand
    if settings.gallery_sessions is not None and settings.gallery_sessions < (at_hand + 1) // 2:
        found.append(f"only {settings.gallery_sessions} of up to {at_hand} {unit}s of a person are enrolled")
    left = at_hand - settings.n_enrolled(at_hand)
    if not settings.cuts_sessions and settings.probe_sessions < left:
        size = f"{settings.probe_sessions} {unit}{'s' if settings.probe_sessions > 1 else ''}"
        found.append(f"each probe holds {size}, though up to {left} could be pooled")
    if division.regime == "population" and division.n_background < _SMALL_BACKGROUND:
        found.append(f"the attackers learnt on only {division.n_background} background people")
    if division.people_left_out:
        n_people = division.people_left_out + division.n_attacked
        found.append(f"{division.people_left_out} of {n_people} people have too few {unit}s to be attacked")
    return found


def faulty(share_left_out: float) -> list[str]:
    """Return a sentence where more of a source's rows are missing than is usual."""
    if share_left_out <= _USUAL_FAULTS:
        return []
    return [f"{100 * share_left_out:.1f} % of the source's rows were at fault and left out"]


def withholding(modalities: Sequence[str]) -> list[str]:
    """Return a sentence per input device whose events the log holds and the attackers may not see."""
    return [f"the {modality} events of the log were withheld from the attackers" for modality in modalities]


def blinded(blind: Sequence[str]) -> list[str]:
    """Return a sentence per attacker that saw nothing of what was left to it."""
    return [f"the attacker {name!r} saw nothing to learn from and was left out" for name in blind]


def drawn_once(*, seeded: bool, n_releases: int) -> list[str]:
    """Return a sentence where chance had a part in the protection and was asked once."""
    return ["one release was drawn: another draw may protect less"] if seeded and n_releases == 1 else []


def failing(n_failed: int, n_comparisons: int) -> list[str]:
    """Return a sentence where comparisons failed, since these rank last as if the person were protected."""
    if not n_failed:
        return []
    share = 100 * n_failed / n_comparisons
    shown = f"{share:.1f} %" if share >= 0.1 else "fewer than 0.1 %"  # noqa: PLR2004  one decimal
    return [f"{shown} of the comparisons failed, so nobody can be named by them"]


def untested(
    split_separation: str,
    *,
    any_release: bool,
    all_threats: bool = False,
    regime: str,
    retuned: bool = False,
    device_looked_at: bool = False,
    wording_looked_at: bool = False,
    population: int | None = None,
) -> list[str]:
    """Return what this audit cannot speak of, in sentences for a reader outside the field."""
    gaps = {
        "sitting": [],
        "session": [
            "recognition on another day: gallery and probes come from one sitting, or the source does not say"
        ],
        "trial": ["recognition in another session: gallery and probes come from the same sessions' trials"],
        "within": ["recognition in another session: gallery and probes are two parts of one recording"],
    }[split_separation]
    found = list(gaps)
    if not wording_looked_at:
        found.append("the wording of what was typed (stylometry)")
    if any_release and not all_threats:
        found.append(
            "attackers who first try to undo the protection, or who link two releases (--threat ladder)"
        )
    if not retuned:
        found.append("attackers whose settings are chosen anew for this very log (--effort adaptive)")
    if not device_looked_at:
        found.append("how much of it is the machine: the same keyboard and clock stand on both sides")
    if regime == "closed-set":
        found.append("people who are not enrolled (every probe is of someone known)")
        found.append("attackers who also learn on recordings of other people")
    larger = "galleries larger than the one measured"
    carried = "" if population is None else f": what is said of {population:,} people is carried over by laws"
    found.append(larger + carried)
    found.append("attackers stronger than those run: a measured risk bounds the true one from below")
    return found
