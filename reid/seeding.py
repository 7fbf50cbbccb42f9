"""Named random streams grown from one root: seeded for measurement, secret for a release."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Self

import numpy as np
from randomgen import ChaCha

from reid.errors import ParameterError
from reid.typing import UInt64Array

_SECRET_BITS = 256


@dataclass(frozen=True, slots=True)
class Streams:
    """The generators of one step, one for each name, as in ``Streams(0, ("jitter",))("s002")``.

    A seeded instance repeats itself bit by bit and is for measurement only. One made by
    :meth:`from_system` draws its root from the operating system, never shows it, and runs on
    ChaCha20, so that what is seen of a release does not tell the rest of its noise.
    """

    root: int = field(repr=False)
    path: tuple[str | int, ...] = ()
    secret: bool = field(default=False, kw_only=True)  #: root came from the operating system

    @classmethod
    def from_system(cls) -> Self:
        """Return streams whose root comes from the operating system and is kept nowhere."""
        return cls(secrets.randbits(_SECRET_BITS), secret=True)

    def under(self, *name: str | int) -> "Streams":
        """Return the streams of a named sub-step."""
        return Streams(self.root, (*self.path, *name), secret=self.secret)

    def __call__(self, *name: str | int) -> np.random.Generator:
        """Return the generator of this name."""
        label = json.dumps([*self.path, *name]).encode()  # quoted, so ("a", "b-c") and ("a-b", "c") differ
        if self.secret:
            key = blake2b(label, digest_size=32, key=self.root.to_bytes(_SECRET_BITS // 8, "big")).digest()
            return np.random.Generator(ChaCha(key=int.from_bytes(key, "big"), rounds=20))
        words = np.frombuffer(blake2b(label, digest_size=16).digest(), dtype="<u4")
        return np.random.default_rng(np.random.SeedSequence(self.root, spawn_key=tuple(words.tolist())))

    def states(self, names: Sequence[str]) -> UInt64Array:
        """Return one random word for each of these names, with which small generators begin.

        They serve compiled loops over many streams, where making a generator for each would take longer
        than drawing from it. They are other streams than those of :meth:`__call__`.

        Returns
        -------
        uint64 array of shape (n_names,)

        Raises
        ------
        ParameterError
            The streams are secret: a generator of one word does not keep it.
        """
        if self.secret:
            raise ParameterError.of("streams of small generators", must="be seeded", found="secret ones")
        step = blake2b(json.dumps([self.root, *self.path]).encode(), digest_size=8)
        digests = []
        for name in names:
            own = step.copy()
            own.update(json.dumps(name).encode())
            digests.append(own.digest())
        return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def hashed_order(names: tuple[str, ...], seed: int, purpose: str) -> list[int]:
    """Return the positions of ``names`` in an order that depends on each name and the seed alone.

    Adding or moving other names never changes who comes before whom.
    """

    def digest(position: int) -> tuple[bytes, str]:
        label = json.dumps([seed, purpose, names[position]]).encode()
        return blake2b(label, digest_size=16).digest(), names[position]

    return sorted(range(len(names)), key=digest)
