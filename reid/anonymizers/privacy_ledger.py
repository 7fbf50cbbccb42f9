"""What a differentially private release costs in all: epsilon by event, by session and by person."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Context
from typing import Final, Self

import numpy as np

from reid.typing import FloatArray, IntArray

DELTA: Final = 1e-6
_ORDERS: Final = 1 + np.geomspace(1e-3, 1e6, 145)  # every order gives a valid bound; the least is taken
_ROUNDING: Final = 4e-16  # of sums of logarithms
_UPWARDS: Final = Context(prec=4, rounding=ROUND_CEILING)
_CHANGED_BY_EVENT: Final = 2  # the latency up to an event and the one from it on


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyLedger:
    """The largest epsilon of any event, session and person of a release with noise on each latency.

    Neighbouring logs differ in the times of one event, of one session or of one person. The plain
    figures hold with delta 0; those ``at_delta`` hold with delta :data:`DELTA`.
    """

    event: float
    session: float
    person: float
    session_at_delta: float
    person_at_delta: float

    @classmethod
    def of(cls, epsilon: FloatArray, n_latencies: IntArray, person: IntArray) -> Self:
        """Compose the epsilons of single latencies.

        Parameters
        ----------
        epsilon : float64 array of shape (n_sessions,)
            What each latency of the session costs by itself, above 0.
        n_latencies : int64 array of shape (n_sessions,)
            How many there are; a session of one event has none.
        person : int64 array of shape (n_sessions,)
            Number of the person, from 0.

        Notes
        -----
        With delta 0 the epsilons of independent noises add up, and for Laplace noise nothing less holds. With
        a delta, each latency is no worse than randomised response of its epsilon; that law's Renyi
        divergences add up ([1]_) and are turned into epsilon by [2]_, proposition 12, at the best of
        145 orders. Where the plain sum is less, it stands.

        References
        ----------
        .. [1] Mironov (2017). Renyi Differential Privacy. CSF 2017.
        .. [2] Canonne, Kamath, Steinke (2020). The Discrete Gaussian for Differential Privacy. NeurIPS 2020.
        """
        epsilon = epsilon.astype(np.float64)
        of_session = n_latencies * epsilon
        of_person = np.bincount(person, of_session)
        # What is alike is worked out once: sessions of one length, and all of one person with one epsilon.
        distinct, which = np.unique(epsilon, return_inverse=True)
        _, alike = np.unique(which + n_latencies * distinct.size, return_index=True)
        shares, share_of = np.unique(which + person * distinct.size, return_inverse=True)
        n_in_share = np.bincount(share_of, n_latencies)
        session_at_delta, person_at_delta = of_session[alike], of_person.copy()
        for order in _ORDERS:
            divergence = _randomised_response(order, distinct)
            of_alike = n_latencies[alike] * divergence[which[alike]]
            of_shares = np.bincount(shares // distinct.size, n_in_share * divergence[shares % distinct.size])
            for best, total in ((session_at_delta, of_alike), (person_at_delta, of_shares)):
                np.minimum(best, np.maximum(total + _price_of_delta(order), 0), out=best)
        return cls(
            event=float(np.max(np.minimum(n_latencies, _CHANGED_BY_EVENT) * epsilon)),
            session=float(of_session.max()),
            person=float(of_person.max()),
            session_at_delta=float(session_at_delta.max()),
            person_at_delta=float(person_at_delta.max()),
        )

    def beside(self, other: "PrivacyLedger") -> "PrivacyLedger":
        """Return the ledger of two releases of different people together: the larger of each figure."""
        return PrivacyLedger(
            **{name: max(value, other.as_dict()[name]) for name, value in self.as_dict().items()}
        )

    def as_dict(self) -> dict[str, float]:
        """Return the figures by name."""
        return {name: getattr(self, name) for name in PrivacyLedger.__slots__}

    def sentence(self) -> str:
        """Return the figures side by side, rounded up."""
        event, session, person, session_at_delta, person_at_delta = map(at_most, self.as_dict().values())
        return (
            f"In all, epsilon is at most {event} per event, {session} per session and {person} per person;"
            f" with delta {DELTA:g}, {session_at_delta} per session and {person_at_delta} per person."
        )


def at_most(epsilon: float) -> str:
    """Return a figure in four digits, rounded up.

    Examples
    --------
    >>> at_most(1.0), at_most(0.1), at_most(62.00001), at_most(123456.0)
    ('1', '0.1', '62.01', '123500')
    """
    return f"{_UPWARDS.create_decimal(f'{epsilon:.12g}').normalize():f}"


def _randomised_response(order: float, epsilon: FloatArray) -> FloatArray:
    """Return the Renyi divergence between the two answers of randomised response, rounded up."""
    log_sum = np.logaddexp(order * epsilon, (1 - order) * epsilon) - np.logaddexp(0, epsilon)
    result: FloatArray = (log_sum + _ROUNDING * (1 + order * epsilon)) / (order - 1)
    return result


def _price_of_delta(order: float) -> float:
    """Return what is added to a divergence of this order to give an epsilon with :data:`DELTA`."""
    return float(np.log1p(-1 / order) - (np.log(DELTA) + np.log(order)) / (order - 1))
