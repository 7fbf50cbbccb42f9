"""How many people must be tested before a risk can be called small."""

from scipy.special import betaincinv
from scipy.stats import binom

from reid.errors import ParameterError

_MOST_PEOPLE = 10**9


def upper_bound(n_found: int, n_people: int, confidence: float = 0.95) -> float:
    """Return the exact one-sided upper bound of a risk (Clopper and Pearson).

    Parameters
    ----------
    n_found : int
        People who were recognised.
    n_people : int
        People who were tested, at least 1.
    confidence : float
        In (0, 1).

    Examples
    --------
    >>> round(upper_bound(0, 100), 4)
    0.0295
    """
    if n_people < 1 or not 0 <= n_found <= n_people:
        found = f"{n_found} of {n_people}"
        raise ParameterError.of("people recognised", must="be some of one or more people", found=found)
    _check_share("confidence", confidence)
    if n_found == n_people:
        return 1.0
    return float(betaincinv(n_found + 1, n_people - n_found, confidence))


def people_needed(risk: float, *, n_found: int = 0, confidence: float = 0.95) -> int:
    """Return how many people must be tested to show that the risk is below ``risk``.

    Parameters
    ----------
    risk : float
        Share of people who are recognised, in (0, 1).
    n_found : int
        How many of those tested are recognised, 0 or more.
    confidence : float
        How sure the statement shall be, one-sided, in (0, 1).

    Returns
    -------
    int
        The fewest people of whom ``n_found`` leave the exact upper bound at or below ``risk``. With
        nobody recognised that is some ``3 / risk`` at 95 %, the rule of three.

    Raises
    ------
    ParameterError
        A number makes no sense, or more than a thousand million people would be needed.

    Examples
    --------
    >>> people_needed(0.09), people_needed(0.01), people_needed(0.09, n_found=2)
    (32, 299, 68)
    """
    _check_share("risk", risk)
    _check_share("confidence", confidence)
    if n_found < 0:
        raise ParameterError.of("people recognised", must="be at least 0", found=n_found)
    enough = n_found + 1
    while upper_bound(n_found, enough, confidence) > risk:
        enough *= 2
        if enough > _MOST_PEOPLE:
            must, advice = f"be shown by at most {_MOST_PEOPLE:,} people", "Choose a larger risk."
            raise ParameterError.of("risk", must=must, found=risk, advice=advice)
    too_few = max(enough // 2, n_found)
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        if upper_bound(n_found, middle, confidence) > risk:
            too_few = middle
        else:
            enough = middle
    return enough


def people_to_plan(
    risk: float, *, expected: float, confidence: float = 0.95, power: float = 0.9
) -> tuple[int, int]:
    """Return how many people to test so that the risk is likely shown to be below ``risk``.

    Parameters
    ----------
    risk : float
        What is to be shown, in (0, 1).
    expected : float
        What the risk is believed to be, in [0, 1), below ``risk``.
    confidence : float
        How sure the statement shall be, one-sided, in (0, 1).
    power : float
        How likely a test of so many people shall succeed, if the belief is right, in (0, 1).

    Returns
    -------
    n_people : int
        The fewest that :func:`people_needed` names for any number recognised and that succeed so often.
    n_found : int
        How many of them may be recognised.

    Raises
    ------
    ParameterError
        A number makes no sense, or ``expected`` is not below ``risk``.

    Examples
    --------
    >>> people_to_plan(0.09, expected=0.0), people_to_plan(0.09, expected=0.02)
    ((32, 0), (84, 3))
    """
    _check_share("power", power)
    if not 0 <= expected < risk:
        advice = "A risk cannot be shown to lie below what it is."
        raise ParameterError.of("expected risk", must=f"lie below {risk:g}", found=expected, advice=advice)
    n_found = 0
    while True:
        n_people = people_needed(risk, n_found=n_found, confidence=confidence)
        if binom.cdf(n_found, n_people, expected) >= power:
            return n_people, n_found
        n_found += 1 + n_found // 50  # exact where few are found, and within 2 % of it beyond


def _check_share(name: str, value: float) -> None:
    if not 0 < value < 1:
        raise ParameterError.of(name, must="lie between 0 and 1", found=value)
