"""What the fields of a page tell of typing in a session replay: the text before and after."""

from collections.abc import Iterator
from typing import Any, Final

from reid.events.keys import UNIDENTIFIED

_MASK: Final = "*"
_TEXT_TAGS: Final = frozenset({"input", "textarea"})
_NO_TEXT: Final = frozenset({
    "button", "checkbox", "color", "date", "datetime-local", "file", "hidden", "image", "month", "radio",
    "range", "reset", "submit", "time", "week",
})  # fmt: skip
_ELEMENT: Final = 2  # kind of a node of a snapshot


class Fields:
    """The fields of a page as a replay goes on: which of them take text, and what stands in each.

    Neither key nor character is recorded, but the whole text of a field whenever it changes.
    """

    def __init__(self) -> None:
        self._text: dict[int, str] = {}
        self._other: set[int] = set()  # check boxes, lists and the like: nothing is typed there
        self.scrolled: dict[
            int, tuple[float, float]
        ] = {}  #: where each element was scrolled to, by snapshots

    def learn(self, node: object) -> None:
        """Take in the fields beneath a node of a snapshot."""
        for each in _nodes(node):
            number, attributes = each.get("id"), each.get("attributes")
            if (
                each.get("type") != _ELEMENT
                or not isinstance(number, int)
                or not isinstance(attributes, dict)
            ):
                continue
            left, top = attributes.get("rr_scrollLeft"), attributes.get("rr_scrollTop")
            if isinstance(left, int | float) or isinstance(top, int | float):
                self.scrolled[number] = (_finite(left), _finite(top))
            tag, kind, value = each.get("tagName"), attributes.get("type"), attributes.get("value")
            if tag == "select" or (tag == "input" and isinstance(kind, str) and kind.lower() in _NO_TEXT):
                self._other.add(number)
            elif isinstance(tag, str) and tag in _TEXT_TAGS:
                self._text[number] = value if isinstance(value, str) else ""

    def typed(self, number: int, text: str) -> tuple[str, str | None] | None:
        """Return class and character of the key that a change of a field's text stands for, None for no key.

        One character more is a key of the character's class, less text the class ``editing``. Where several
        characters came at once (pasted, completed, put together) or the text is masked the key is
        ``Unidentified``, and the character is not told.
        """
        before = self._text.get(number, "")
        if number in self._other or text == before:
            return None
        self._text[number] = text
        added, removed = _change(before, text)
        if not added:
            return ("editing", None) if removed else None
        if len(added) > 1 or not text.strip(_MASK):
            return UNIDENTIFIED, None
        return _class_of(added), added


def _class_of(char: str) -> str:
    if char.isspace():
        return "whitespace"
    if char.isalpha():
        return "letter"
    return "digit" if char.isdigit() else "punctuation"


def _change(before: str, after: str) -> tuple[str, str]:
    """Return what was added and what was removed between the ends that two texts share."""
    start = _shared(before, after, min(len(before), len(after)))
    most = min(len(before), len(after)) - start
    end = _shared(before[::-1], after[::-1], most)
    return after[start : len(after) - end], before[start : len(before) - end]


def _shared(one: str, other: str, most: int) -> int:
    """Return how many characters two texts share from the start, at most ``most``, by halving."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _nodes(node: object) -> Iterator[dict[str, Any]]:
    """Pass on a node and all beneath it, without a call for each level."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            beneath = each.get("childNodes")
            if isinstance(beneath, list):
                waiting += beneath


def _finite(value: object) -> float:
    return float(value) if isinstance(value, int | float) and abs(value) < 2**31 else 0.0
