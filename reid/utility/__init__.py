"""What a released log can still be used for, by declared purpose."""

from reid.registry import Registry
from reid.utility.actions import ActionOrder, ClickTarget, NextActionDelay
from reid.utility.pauses import PauseStructure
from reid.utility.pointing import FittsThroughput, Hesitation, PathEfficiency
from reid.utility.protocol import Metric
from reid.utility.recognition import ActivityRecognition
from reid.utility.steps import StepDuration, StepOrder
from reid.utility.text import TypedText
from reid.utility.work import ActiveTime, Corrections, GroupSpeed, InputSpeed, SpeedOrder

__all__ = [
    "METRICS",
    "ActionOrder",
    "ActiveTime",
    "ActivityRecognition",
    "ClickTarget",
    "Corrections",
    "FittsThroughput",
    "GroupSpeed",
    "Hesitation",
    "InputSpeed",
    "Metric",
    "NextActionDelay",
    "PathEfficiency",
    "PauseStructure",
    "SpeedOrder",
    "StepDuration",
    "StepOrder",
    "TypedText",
]

METRICS: Registry[Metric] = Registry(
    "metric of utility",
    (
        TypedText,
        ClickTarget,
        ActionOrder,
        NextActionDelay,
        FittsThroughput,
        PathEfficiency,
        Hesitation,
        PauseStructure,
        InputSpeed,
        SpeedOrder,
        GroupSpeed,
        Corrections,
        ActiveTime,
        StepOrder,
        StepDuration,
        ActivityRecognition,
    ),
)
