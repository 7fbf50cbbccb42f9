"""Strategies compared on one log, in one call: the study that it declares, and its run."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from reid.errors import ParameterError, UnknownNameError
from reid.study.declaration import Input, Study
from reid.study.finished import FinishedStudy
from reid.study.run import run_study
from reid.typing import Progress, silent


def compare(
    source: str | Path,
    strategies: Sequence[str],
    out: str | Path,
    *,
    n_jobs: int = 1,
    progress: Progress = silent,
    **declared: Any,
) -> FinishedStudy:
    """Compare strategies on one log: what each leaves of risk, and of use.

    Parameters
    ----------
    source : str or Path
        The log.
    strategies : sequence of str
        As in ``"time-grid(step_ms=[16, 50])"``, which is two.
    out : str or Path
        Folder of the study. What is there of the same study is not done again.
    n_jobs : int
        Workers; -1 for one per core. Changes no bit of the tables.
    progress : Progress
        Told what is done.
    **declared
        Entries of the study, such as ``purposes=["agent-training"]``, or of its input, such as
        ``background=500``, by the names that ``study.toml`` has for them.

    Returns
    -------
    FinishedStudy
        One tidy row for each cell and measure in ``results``, the risk of each person in ``people``.

    Raises
    ------
    DeclarationError
        Something is not declared as it must be; each fault has a line.
    ParameterError, UnknownNameError
        There is no strategy, or no such setting.
    OutputError
        The folder holds something else or cannot be written, or another run is at work in it.
    ReidError
        The log cannot be read or attacked.

    Examples
    --------
    >>> import reid
    >>> study = reid.compare(
    ...     "data_samples/keyboard.parquet", ["key-classes"], "study", purposes=["productivity"]
    ... )  # doctest: +SKIP
    >>> study.results.filter(measure="rank_1")  # doctest: +SKIP
    """
    return run_study(study_of(source, strategies, **declared), Path(out), n_jobs=n_jobs, progress=progress)


def study_of(source: str | Path, strategies: Sequence[str], **declared: Any) -> Study:
    """Return the study that compares strategies on one log.

    Raises
    ------
    DeclarationError
        Something is not declared as it must be; each fault has a line.
    ParameterError, UnknownNameError
        There is no strategy, or no such setting.
    """
    if not strategies:
        raise ParameterError.of("strategies (--with)", must="name one strategy or more", found="none")
    of_input = {field.name for field in fields(Input)} - {"name", "source"}
    known = sorted(of_input | {field.name for field in fields(Study)} - {"inputs", "strategies", "folder"})
    for name in declared:
        if name not in known:
            raise UnknownNameError.of("setting of a study", name, known)
    told = {name: str(value) if isinstance(value, Path) else value for name, value in declared.items()}
    told = {name: value for name, value in told.items() if value is not None}
    one = {name: value for name, value in told.items() if name in of_input}
    rest = {name: value for name, value in told.items() if name not in one}
    return Study.checked(
        {"inputs": [{"source": str(source), **one}], "strategies": list(strategies), **rest}, Path()
    )
