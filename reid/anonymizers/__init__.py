"""Transformations that trade detail of an event table for privacy."""

from reid.anonymizers.composition import Chain, Strategy
from reid.anonymizers.delay_mix import DelayMix
from reid.anonymizers.dp_times import DpTimes
from reid.anonymizers.drop_release import DropRelease
from reid.anonymizers.fixed_rate import FixedRate
from reid.anonymizers.identity import Identity
from reid.anonymizers.key_classes import KeyClasses
from reid.anonymizers.pixel_grid import PixelGrid
from reid.anonymizers.protocol import Anonymizer
from reid.anonymizers.release import Claim, Release
from reid.anonymizers.simplify import Simplify
from reid.anonymizers.time_grid import TimeGrid
from reid.anonymizers.time_jitter import TimeJitter
from reid.registry import Registry

__all__ = [
    "ANONYMIZERS",
    "Anonymizer",
    "Chain",
    "Claim",
    "DelayMix",
    "DpTimes",
    "DropRelease",
    "FixedRate",
    "Identity",
    "KeyClasses",
    "PixelGrid",
    "Release",
    "Simplify",
    "Strategy",
    "TimeGrid",
    "TimeJitter",
]

ANONYMIZERS: Registry[Anonymizer] = Registry(
    "strategy",
    (
        Identity,
        TimeGrid,
        TimeJitter,
        DelayMix,
        DpTimes,
        DropRelease,
        KeyClasses,
        PixelGrid,
        Simplify,
        FixedRate,
    ),
)
