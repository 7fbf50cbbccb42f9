"""``reid split``: who is enrolled and who is probed with what, for attackers that are not ours."""

from typing import Any

from reid.cli import options
from reid.cli.output import progress_bar, show_json, show_text
from reid.cli.sources import reads_source, require_other_file


@reads_source
def split(
    source: options.SourceArgument,
    out: options.SplitFileOption,
    *,
    reading: dict[str, Any],
    regime: options.RegimeOption = None,
    background: options.BackgroundOption = None,
    background_from: options.BackgroundFromOption = None,
    gallery_sessions: options.GallerySessionsOption = None,
    probe_sessions: options.ProbeSessionsOption = 1,
    sample: options.SampleOption = "session",
    modality: options.ModalityOption = "both",
    seed: options.SeedOption = 0,
    quiet: options.QuietOption = False,
    as_json: options.JsonOption = False,
) -> None:
    """List what an attacker of your own shall learn from, enrol and score.

    Divides SOURCE as 'reid audit' with the same options does, and writes one row per run of events: its
    role (train, gallery or probe), whose it is, the number of the sample, the session, and the first and
    last event and time in it. Score every probe against every person of the gallery, higher for more alike,
    as a CSV or Parquet file with the columns subject_id, sample, claimed_id and score, and give it to
    'reid audit --scores'. The list holds the names that SOURCE uses.
    """
    require_other_file(out, source, background_from)
    from reid.evaluation.handout import hand_out, require_list_name  # noqa: PLC0415  scikit-learn takes 2 s
    from reid.events.reading import read_source  # noqa: PLC0415

    require_list_name(out)
    with progress_bar(quiet=quiet) as progress:
        others = (
            None if background_from is None else read_source(background_from, **reading, progress=progress)
        )
        found = hand_out(
            read_source(source, **reading, progress=progress),
            regime=regime,
            background=background,
            background_from=others,
            gallery_sessions=gallery_sessions,
            probe_sessions=probe_sessions,
            sample=sample,
            modality=modality,
            seed=seed,
        )
        found.write(out)
    n_scores = found.n_people * found.n_probes
    if as_json:
        counts = {"people": found.n_people, "probes": found.n_probes, "comparisons": n_scores}
        show_json({"regime": found.regime, **counts, "file": out.name})
    else:
        told = f"{found.n_people:,} people enrolled, {found.n_probes:,} probes: {n_scores:,} scores to make."
        show_text(f"{told}\nThe list ({found.regime}): {out}", quiet=quiet)
