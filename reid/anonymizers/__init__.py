"""Transformations that trade detail of an event table for privacy."""

from reid.anonymizers.action_reduction import ActionReduction
from reid.anonymizers.browser_clocks import Chrome, Firefox
from reid.anonymizers.bucket_latencies import BucketLatencies
from reid.anonymizers.composition import Chain, Strategy
from reid.anonymizers.delay_mix import DelayMix
from reid.anonymizers.dp_times import DpTimes
from reid.anonymizers.drop_keys import DropKeys
from reid.anonymizers.drop_release import DropRelease
from reid.anonymizers.endpoints_only import EndpointsOnly
from reid.anonymizers.fixed_rate import FixedRate
from reid.anonymizers.identity import Identity
from reid.anonymizers.interval_mix import IntervalMix
from reid.anonymizers.key_classes import KeyClasses
from reid.anonymizers.keyboard_privacy import KeyboardPrivacy
from reid.anonymizers.kloak import Kloak
from reid.anonymizers.microaggregate import Microaggregate
from reid.anonymizers.pixel_grid import PixelGrid
from reid.anonymizers.protocol import Anonymizer
from reid.anonymizers.redact import Redact
from reid.anonymizers.release import Claim, Release
from reid.anonymizers.resample_latencies import ResampleLatencies
from reid.anonymizers.simplify import Simplify
from reid.anonymizers.time_grid import TimeGrid
from reid.anonymizers.time_jitter import TimeJitter
from reid.registry import Registry

__all__ = [
    "ANONYMIZERS",
    "ActionReduction",
    "Anonymizer",
    "BucketLatencies",
    "Chain",
    "Chrome",
    "Claim",
    "DelayMix",
    "DpTimes",
    "DropKeys",
    "DropRelease",
    "EndpointsOnly",
    "Firefox",
    "FixedRate",
    "Identity",
    "IntervalMix",
    "KeyClasses",
    "KeyboardPrivacy",
    "Kloak",
    "Microaggregate",
    "PixelGrid",
    "Redact",
    "Release",
    "ResampleLatencies",
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
        IntervalMix,
        BucketLatencies,
        ResampleLatencies,
        DpTimes,
        DropRelease,
        KeyClasses,
        DropKeys,
        Redact,
        ActionReduction,
        Microaggregate,
        PixelGrid,
        Simplify,
        FixedRate,
        EndpointsOnly,
        Kloak,
        KeyboardPrivacy,
        Chrome,
        Firefox,
    ),
)
