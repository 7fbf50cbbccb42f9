"""What all synthetic populations share: numbered people whose typical values are jointly Gaussian."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import polars as pl

from reid.errors import ParameterError
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.typing import FloatArray, IntArray, Progress


def subject_ids(n_people: int) -> tuple[str, ...]:
    """Return the pseudonyms of so many people: s001, s002, ..."""
    width = max(3, len(str(n_people)))
    return tuple(f"s{number + 1:0{width}d}" for number in range(n_people))


def chosen_people(people: Sequence[int] | None, n_people: int) -> Sequence[int]:
    """Return the numbers of the people to make; all of ``n_people`` where none are named.

    Raises
    ------
    ParameterError
        There is no person, or one with a number outside ``0 .. n_people - 1``.
    """
    chosen = range(n_people) if people is None else people
    if not len(chosen) or min(chosen) < 0 or max(chosen) >= n_people:
        must = f"hold numbers from 0 to {n_people - 1}"
        raise ParameterError.of("people", must=must, found=list(chosen)[:3])
    return chosen


def session_rows(n_people: int, n_sessions: int, people: Sequence[int]) -> pl.DataFrame:
    """Return the sessions table of these people: every session is a sitting of its own."""
    ids = subject_ids(n_people)
    return pl.DataFrame(
        [
            {
                "subject_id": ids[person],
                "session_id": f"{ids[person]}-{session + 1}",
                "session_order": session,
            }
            for person in people
            for session in range(n_sessions)
        ]
    ).with_columns(sitting="session_order")


def loaded_root(sd: FloatArray, common: FloatArray) -> FloatArray:
    """Return a root of the covariance of components that have traits in common.

    Parameters
    ----------
    sd : float64 array of shape (n_components,)
        Standard deviation of each component.
    common : float64 array of shape (n_components, n_common)
        Loading of each component on the common traits; what is left, so that the squares of a row sum
        to 1, is a trait of the component's own.

    Returns
    -------
    float64 array of shape (n_components, n_common + n_components)
        Times its transpose it is the covariance.
    """
    own = np.sqrt(1 - (common**2).sum(axis=1))
    return np.asarray(sd[:, None] * np.hstack([common, np.diag(own)]), dtype=np.float64)


def gaussian_means(
    mean: FloatArray,
    root: FloatArray,
    drift: FloatArray,
    n_sessions: int,
    streams: Streams,
    people: Sequence[int],
) -> FloatArray:
    """Draw what sessions are like on average: float64, (n_people, n_sessions, n_components).

    A person's vector and a session's shift come from streams of their own, so neither the number of people
    nor the number of sessions changes what another one is like.

    Parameters
    ----------
    mean : float64 array of shape (n_components,)
        Mean over people.
    root, drift : float64 arrays of shape (n_components, n_traits)
        Roots of the covariance of people and of the shifts of sessions.
    n_sessions : int
        Sessions per person.
    streams : Streams
        Where the randomness comes from.
    people : sequence of int
        Numbers of the people.
    """
    n_components, n_traits = root.shape
    means = np.empty((len(people), n_sessions, n_components))
    for place, person in enumerate(people):
        # One product per vector: the bits of a larger product would depend on how many there are.
        vector = mean + root @ streams("person", person).standard_normal(n_traits)
        for session in range(n_sessions):
            shift = drift @ streams("shift", person, session).standard_normal(n_traits)
            means[place, session] = vector + shift
    return means


def whole_us(log_us: FloatArray) -> IntArray:
    """Return times, given as logs of microseconds, in whole microseconds, at least 1: int64, same shape."""
    return np.maximum(np.rint(np.exp(log_us)), 1).astype(np.int64)


def in_parts(
    make: Callable[[Sequence[int]], EventTable], n_people: int, n_people_a_part: int, progress: Progress
) -> Iterator[EventTable]:
    """Make people so many at a time, in order; ``make`` is given their numbers."""
    for start in range(0, n_people, n_people_a_part):
        progress("synthetic people", start, n_people)
        yield make(range(start, min(start + n_people_a_part, n_people)))
    progress("synthetic people", n_people, n_people)
