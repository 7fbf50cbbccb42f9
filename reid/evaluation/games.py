"""Four games against a protection: the same person, twice the same, one of two people, and the tool."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import polars as pl

from reid.attackers import Attacker, ScoreMatrix
from reid.attackers.tool_detector import ToolDetector
from reid.errors import ReidError, TooFewError
from reid.evaluation.blocks import in_short
from reid.evaluation.plan import AuditPlan
from reid.evaluation.speaking import AttackOutcome, best_alone
from reid.evaluation.splits import Split, make_split
from reid.evaluation.threats import Attacked, linked, sessions_of
from reid.events.schema import SESSION
from reid.events.table import EventTable
from reid.metrics.intervals import interval_from_variance, proportion_over_people
from reid.metrics.measures import rank_1_in_gallery
from reid.metrics.verification import area_under_curve
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from reid.seeding import Streams, hashed_order
from reid.typing import Array, BoolArray, FloatArray

_REPLICATES: Final = 200

#: What is asked in each.
GAMES: Final = {
    "protected against true": "is a protected recording found to be of a person who is known unprotected?",
    "protected twice": "is a person protected twice, each time anew, found to be the same?",
    "two protected people": "are two people told apart who are both protected?",
    "tool against none": "is a protected session told from one that is not, of people never met before?",
}


def games_block(attacked: Attacked, outcome: AttackOutcome, plan: AuditPlan) -> dict[str, Any]:
    """Play the four games against one release.

    Parameters
    ----------
    attacked : Attacked
        The release and its raw log.
    outcome : AttackOutcome
        Of the informed attack on the release.
    plan : AuditPlan
        Of the audit.

    Returns
    -------
    dict
        By game: the ``question``, who plays (``attacker``) and, of several, how it was chosen
        (``chosen_on``), the ``measure`` with its ``value`` and
        ``chance``, ``auc`` and, where it could not be played, ``why_none``.

    Notes
    -----
    In the first three one attacker plays that scores by itself, see
    :func:`~reid.evaluation.speaking.best_alone`. It learns on background people who, where they are known
    raw and met protected, are seen both ways: so it can learn what the tool leaves alone. People are never
    enrolled from a session in which they are met; "twice" are two releases made apart, one of the sessions
    enrolled and one of those met. In the last each session is shown either protected or not, dealt at random
    for each person, and whoever is tested taught nothing: background people do, or in the closed set the
    other half of the people.
    """
    name, chosen_on = best_alone(outcome, tuple(plan.attackers.singles))
    attacker = plan.attackers.singles[name]
    seed = plan.settings.seed

    def informed() -> dict[str, Any]:
        matrix = outcome.scores.get(name) or _scored(attacked.split, attacker)
        value = rank_1_in_gallery(matrix.scores, matrix.truth(), 2)
        among_two = None if value is None else value.as_dict()
        return _found("rank-1 among two", 0.5, among_two, in_short(matrix, seed)["auc"])

    def named(split: Split) -> dict[str, Any]:
        matrix = _scored(split, attacker)
        rates = in_short(matrix, seed)
        return _found("rank-1", 1 / len(matrix.people), rates["rank_1"], rates["auc"])

    plays: dict[str, Callable[[], dict[str, Any]]] = {
        "protected against true": lambda: named(_against_true(attacked, plan)),
        "protected twice": lambda: named(linked(attacked, plan)),
        "two protected people": informed,
        "tool against none": lambda: _tool(attacked, plan),
    }
    games = {}
    for number, (game, play) in enumerate(plays.items()):
        plan.told(attacked.log.strategy)("games", number, len(plays))
        try:
            found = play()
        except ReidError as error:
            found = _found(None, None, None, None) | {"why_none": str(error)}
        detects = game == "tool against none"
        who = {"attacker": "tool-detector"} if detects else {"attacker": name, "chosen_on": chosen_on}
        games[game] = {"question": GAMES[game]} | who | found
    plan.told(attacked.log.strategy)("games", len(plays), len(plays))
    return games


def _found(
    measure: str | None, chance: float | None, value: dict[str, float] | None, auc: dict[str, float] | None
) -> dict[str, Any]:
    return {"measure": measure, "chance": chance, "value": value, "auc": auc, "why_none": None}


def _scored(split: Split, attacker: Attacker) -> ScoreMatrix:
    matrix = attacker.enrol(split.train, split.gallery).score(split.probes)
    split.gallery.pieces.forget()
    return matrix


def _against_true(attacked: Attacked, plan: AuditPlan) -> Split:
    """Enrol people from raw sessions and meet them in protected ones; learn from people seen both ways."""
    enrolled = sessions_of(attacked.raw_split.gallery)
    background = dealt(attacked.raw.of_people(plan.people.background), plan.settings.seed)
    raw = pl.concat([enrolled, background.filter(~pl.col("protected")).select(SESSION)])
    rest = attacked.log.events.sessions.select(SESSION).join(
        raw, on=SESSION, how="anti", maintain_order="left"
    )
    mixed = EventTable.joined([attacked.raw.of_sessions(raw), attacked.log.events.of_sessions(rest)])
    split = make_split(mixed, plan.people, plan.settings)
    met = sessions_of(split.probes).join(enrolled, on=SESSION).height
    known = sessions_of(split.gallery).join(rest, on=SESSION).height
    if met or known:
        must, found = "be known raw and met protected", "sessions that fall on the other side"
        raise TooFewError.of("people", must=must, found=found)
    return split


def dealt(events: EventTable, seed: int) -> pl.DataFrame:
    """Deal each person's sessions at random: half of them, or one more or less, are to be protected.

    Returns
    -------
    DataFrame
        ``subject_id``, ``session_id`` and ``protected`` (bool) of every session.
    """
    streams = Streams(seed, ("dealt to be protected or not",))
    marks: list[bool] = []
    for (subject,), own in events.sessions.group_by("subject_id", maintain_order=True):
        rng = streams(str(subject))
        first = bool(rng.integers(2))
        half = np.arange(own.height) % 2 == first
        marks += rng.permutation(half).tolist()
    return events.sessions.select(SESSION).with_columns(protected=pl.Series(marks, dtype=pl.Boolean))


def _tool(attacked: Attacked, plan: AuditPlan) -> dict[str, Any]:
    """Learn on some people to tell protected sessions from others, and tell those of other people."""
    people = plan.people
    raw, released = (one.of_people((*people.background, *people.enrolled)) for one in _both(attacked))
    marked = dealt(raw, plan.settings.seed)
    parts = [
        log.of_sessions(marked.filter(pl.col("protected") == protected))
        for log, protected in ((raw, False), (released, True))
    ]
    mixed = EventTable.joined([part for part in parts if len(part)])
    samples = SampleTable.singly(cut(mixed))
    is_protected = (
        mixed.sessions.select(SESSION)
        .join(marked, on=SESSION, how="left", maintain_order="left")["protected"]
        .gather(samples.pieces.frame["session"])
        .to_numpy()
    )
    person = np.array(samples.subject_ids, dtype=object)
    detector = ToolDetector(without=plan.without, seed=plan.settings.seed)
    odds = np.full(len(samples), np.nan)
    for taught, tested in _sides(people.background, people.enrolled, plan.settings.seed):
        learnt_on, met = (np.flatnonzero(np.isin(person, list(side))) for side in (taught, tested))
        learnt = detector.learn(samples.take(learnt_on), is_protected[learnt_on])
        odds[met] = learnt.score(samples.take(met))
    met = ~np.isnan(odds)
    samples.pieces.forget()
    return told_apart(odds[met], is_protected[met], person[met], plan.settings.seed)


def _both(attacked: Attacked) -> tuple[EventTable, EventTable]:
    """Return the raw log and the release, of the sessions that both hold."""
    released = attacked.log.events
    return attacked.raw.of_sessions(released.sessions), released.of_sessions(attacked.raw.sessions)


def _sides(
    background: Sequence[str], enrolled: Sequence[str], seed: int
) -> list[tuple[Sequence[str], Sequence[str]]]:
    """Return who teaches and who is tested: two ways round where there is no background."""
    if background:
        return [(background, enrolled)]
    order = [enrolled[place] for place in hashed_order(tuple(enrolled), seed, "taught to tell the tool")]
    halves = order[::2], order[1::2]
    return [(halves[0], halves[1]), (halves[1], halves[0])]


def told_apart(odds: FloatArray, is_protected: BoolArray, person: Array, seed: int) -> dict[str, Any]:
    """Return balanced accuracy and AUC of telling protected sessions from others, with intervals over people.

    Parameters
    ----------
    odds : float64 array of shape (n_sessions,)
        That a session is protected; above 0 it is taken for protected, at 0 by a coin.
    is_protected : bool array of shape (n_sessions,)
        Whether it is.
    person : array of shape (n_sessions,)
        Whose it is.
    seed : int
        Of the bootstrap over people.

    Notes
    -----
    A person's accuracy is the mean of that on protected sessions and of that on others, where the person has
    both. The AUC compares protected sessions with others of all people.
    """
    right = np.where(odds == 0, 0.5, (odds > 0) == is_protected).astype(np.float64)
    names, number = np.unique(person, return_inverse=True)
    of_kind = []
    for kind in (True, False):
        of = is_protected == kind
        n = np.bincount(number[of], minlength=names.size)
        with np.errstate(invalid="ignore"):
            of_kind.append(np.bincount(number[of], weights=right[of], minlength=names.size) / n)
    accuracy = np.nanmean(of_kind, axis=0)
    value = proportion_over_people(accuracy, np.arange(names.size), chance=0.5)
    return _found("balanced accuracy", 0.5, value.as_dict(), _auc(odds, is_protected, number, seed))


def _auc(odds: FloatArray, is_protected: BoolArray, person: Array, seed: int) -> dict[str, float] | None:
    if is_protected.all() or not is_protected.any():
        return None
    value = area_under_curve(odds[is_protected], odds[~is_protected])
    rng = Streams(seed, ("bootstrap",))("tool")
    rows_of = [np.flatnonzero(person == one) for one in range(int(person.max()) + 1)]
    drawn = []
    for _ in range(_REPLICATES):
        rows = np.concatenate([rows_of[one] for one in rng.integers(len(rows_of), size=len(rows_of))])
        marks = is_protected[rows]
        if marks.any() and not marks.all():
            drawn.append(area_under_curve(odds[rows][marks], odds[rows][~marks]))
    low, high = interval_from_variance(value, float(np.var(drawn, ddof=1)), len(rows_of))
    return {"value": value, "low": low, "high": high}
