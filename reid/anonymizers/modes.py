"""Settings that are one word of a few."""

from collections.abc import Sequence

from reid.errors import ParameterError


def one_of(name: str, value: str, words: Sequence[str]) -> None:
    """Refuse a setting that is none of the words.

    Raises
    ------
    ParameterError
        The value is another word, or no word.
    """
    if value not in words:
        raise ParameterError.of(name, must=f"be one of {', '.join(words)}", found=repr(value))
