"""Arguments and options, each declared once for all commands.

Values are checked where they are used, in the library, so that a command and a Python call refuse the
same input in the same words.
"""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

SourceArgument: TypeAlias = Annotated[
    Path,
    typer.Argument(
        metavar="SOURCE", help="Log to read: a publisher's archive, a folder or a table.", show_default=False
    ),
]

# How a source is read; those that say what a table means stand where they are used.
FormatOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="NAME", help="Format of SOURCE, see 'reid list formats'; else recognised."
    ),
]
MapOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--map", metavar="FILE.toml", help="Columns, units and words of a table, as the options below."
    ),
]
TaskOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--task", metavar="own|foreign|all", help="Whose cards were typed in (kmt); own if absent."),
]
TypistsOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--typists",
        metavar="FILE.csv",
        help="Who typed the foreign cards (kmt); false_data_typists.csv beside SOURCE if absent.",
    ),
]
StrictOption: TypeAlias = Annotated[
    bool, typer.Option("--strict", help="Refuse a source with any row at fault.")
]
MaxFaultsOption: TypeAlias = Annotated[
    float, typer.Option("--max-faults", metavar="SHARE", help="Largest share of rows at fault, 0 to 1.")
]

# Where results go.
ReportFolderOption: TypeAlias = Annotated[
    Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for the page, its numbers and its figures.")
]
StudyFolderOption: TypeAlias = Annotated[
    Path,
    typer.Option("--out", "-o", metavar="DIR", help="Folder for the declaration, the results and each cell."),
]
StudyArgument: TypeAlias = Annotated[
    Path, typer.Argument(metavar="DIR", help="Folder of a finished study.", show_default=False)
]
EventsOption: TypeAlias = Annotated[
    Path,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE.parquet|DIR",
        help="Where the event table shall stand; any other name: a folder of recordings in SOURCE's format.",
        show_default=False,
    ),
]
WritingOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--as", metavar="FORMAT", help="Write recordings in this format; that of SOURCE if absent."),
]
SplitFileOption: TypeAlias = Annotated[
    Path,
    typer.Option(
        "--out", "-o", metavar="FILE.csv|FILE.parquet", help="Where the list shall stand.", show_default=False
    ),
]
KeyFileOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--key",
        metavar="KEY.parquet",
        help="Also write who is who, readable by the owner only. Keep it apart.",
    ),
]

# What is released and how it is attacked.
StrategiesOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--with", metavar="STRATEGY", help="Audit the release made by it beside the raw log; may be repeated."
    ),
]
StrategyOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--with",
        metavar="STRATEGY",
        help="How to protect, as in 'time-grid(step_ms=100) | key-classes'.",
        show_default=False,
    ),
]
RawOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--raw", metavar="SOURCE", help="The log of which SOURCE is a release, read like a SOURCE."),
]
KeyOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", help="Who is who in SOURCE: what 'reid anonymize --key' wrote."),
]
RegimeOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--regime",
        metavar="population|closed-set",
        help="Learn the attack on other people, or on the enrolled; population from 60 people on if absent.",
    ),
]
BackgroundOption: TypeAlias = Annotated[
    int | None,
    typer.Option("--background", metavar="N", help="People the attacker learns from; half of all if absent."),
]
BackgroundFromOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--background-from", metavar="SOURCE", help="Learn from the people of another log, read like SOURCE."
    ),
]
GallerySessionsOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--gallery-sessions", metavar="N", help="Sessions enrolled per person; the first half if absent."
    ),
]
HeldOutSessionsOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--held-out-sessions", metavar="N", help="Probe each person's last N sessions, enrol all before them."
    ),
]
ProbeSessionsOption: TypeAlias = Annotated[
    int, typer.Option("--probe-sessions", metavar="N", help="Sessions pooled in one probe.")
]
SampleOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--sample", metavar="session|trial|events=N|strokes=N|seconds=N", help="What one sample is."
    ),
]
ComparisonsOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--comparisons",
        metavar="published|FILE",
        help="Make these declared comparisons instead of a regime's.",
    ),
]
SplitOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--split",
        metavar="chronological|random",
        help="random shows besides what pieces dealt at random, sessions leaking, would give.",
    ),
]
ModalityOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--modality",
        metavar="keyboard|pointer|both",
        help="What the attackers may look at; both is what the log holds.",
    ),
]
AttackersOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--attacker",
        metavar="NAME",
        help="Attack with this one only, see 'reid list attackers'; may be repeated.",
    ),
]
ScoresOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--scores",
        metavar="FILE",
        help="Judge these scores of another attacker, named outside, beside ours; see 'reid split --help'.",
    ),
]
WithoutOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--without",
        metavar="CHANNEL",
        help="Leave out hold, flight, content, path, click, schedule, device or layout; may be repeated.",
    ),
]

ThreatOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--threat",
        metavar="NAME",
        help="Show besides what a public, colleague, model-vendor or employer attacker can do; ladder: all.",
    ),
]
ChannelsOption: TypeAlias = Annotated[
    bool,
    typer.Option("--channels", help="Show besides what each channel gives alone, and all but each."),
]
EffortOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--effort",
        metavar="fixed|adaptive",
        help="adaptive: choose features and settings of the attackers anew for each log; takes minutes more.",
    ),
]
AmountsOption: TypeAlias = Annotated[
    bool,
    typer.Option("--amounts", help="Show besides how much has to be seen of a person, and enrolled."),
]
GamesOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--games",
        help="Show besides, of each release: protected against true self, twice, two people, tool or none.",
    ),
]
ReleasesOption: TypeAlias = Annotated[
    int,
    typer.Option(
        "--releases", metavar="N", help="Draw N releases of a strategy that draws noise, and average them."
    ),
]
PopulationOption: TypeAlias = Annotated[
    int | None,
    typer.Option("--population", metavar="N", help="Also carry the risk over to N people of the same kind."),
]
FarOption: TypeAlias = Annotated[
    bool, typer.Option("--far", help="Allow a --population of more than 10 times the people attacked.")
]
InPartsOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--in-parts",
        help="Read a folder of parts one by one and match block by block: more people than memory holds.",
    ),
]
ClusterOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="tcp://HOST:PORT",
        help="Dask scheduler whose workers do the work; they must see the source under the same path.",
        show_default=False,
    ),
]
AdequacyOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--adequacy",
        metavar="none|quick|full",
        help="Check that the attackers could have succeeded; full: everybody seeks what is planted.",
    ),
]

# What is compared.
ComparedOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="STRATEGY",
        help="Compare this one; a list stands for several: 'time-grid(step_ms=[16, 50])'. May be repeated.",
    ),
]
PurposesOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--purpose", metavar="NAME|FILE.toml", help="What a release shall be good for; may be repeated."
    ),
]
PurposeOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--purpose", metavar="NAME", help="What the release is for; the study's only one if absent."
    ),
]
MaxRiskOption: TypeAlias = Annotated[
    float,
    typer.Option("--max-risk", "--risk", metavar="SHARE", help="Largest share of people that may be named."),
]
AmongOption: TypeAlias = Annotated[
    int,
    typer.Option("--among", metavar="2|10|50", help="Judge the risk had only so many people been listed."),
]

# How the work is done and what is said of it.
SeedOption: TypeAlias = Annotated[int, typer.Option("--seed", metavar="N", help="Root of all random draws.")]
ReleaseSeedOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--seed",
        metavar="N",
        help="Repeatable noise, for measurement only: whoever has the seed can subtract it.",
        show_default=False,
    ),
]
JobsOption: TypeAlias = Annotated[
    int, typer.Option("--jobs", "-j", metavar="N", help="Processes that work at once; -1: one per core.")
]
QuietOption: TypeAlias = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print nothing but errors, and JSON if asked for.")
]
JsonOption: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print one JSON object and nothing else.")
]
