"""What results are made with: this package's own code, and the libraries that decide their bits."""

from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Final

_LIBRARIES: Final = ("reid-risk", "numpy", "scipy", "numba", "polars", "scikit-learn")


@lru_cache(maxsize=1)
def code_mark() -> str:
    """Return a mark of this package's own code: what other code found is not taken over."""
    package = Path(__file__).parent
    mark = blake2b(digest_size=16)
    for name, path in sorted((path.relative_to(package).as_posix(), path) for path in package.rglob("*.py")):
        content = path.read_bytes()
        mark.update(f"{name} {len(content)}\n".encode())
        mark.update(content)
    return mark.hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of this package and of the libraries that it computes with, by name."""
    return {name: version(name) for name in _LIBRARIES}
