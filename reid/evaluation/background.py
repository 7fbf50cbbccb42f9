"""From whom the attackers learn: people of the source, or those of another log."""

from reid.errors import LeakError, ParameterError
from reid.evaluation.modality import modalities_in, of_modality
from reid.evaluation.overlap import shared_recordings
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import People, choose_people
from reid.events.reading import ReadSource
from reid.events.table import EventTable

_BACKGROUND_PREFIX = "background/"


def with_background(
    raw: EventTable, background_from: EventTable | ReadSource | None, settings: SplitSettings
) -> tuple[EventTable, People]:
    """Return the events with those of the background log, whose people are renamed apart.

    Without such a log the background is drawn from the people of the source.

    Raises
    ------
    ParameterError
        The settings ask for another background too.
    LeakError
        The two logs share recordings.
    TooFewError
        There are too few people.
    """
    if background_from is None:
        return raw, choose_people(raw.subjects, settings)
    if settings.regime == "closed-set" or settings.background is not None:
        advice = "Leave out --background and --regime."
        must, found = "bring the only background", "another"
        raise ParameterError.of("--background-from", must=must, found=found, advice=advice)
    other = background_from.events if isinstance(background_from, ReadSource) else background_from
    if shared := shared_recordings(raw, other):
        advice = "Name a log of other people, or use --background N."
        message = (
            f"--background-from must hold other people than the source; found {shared} shared recordings."
        )
        raise LeakError(f"{message} {advice}")
    held = modalities_in(raw)
    other = other if len(held) > 1 else of_modality(other, held[0])
    renamed = other.renamed(lambda subject: _BACKGROUND_PREFIX + subject)
    return EventTable.concat([raw, renamed]), People(renamed.subjects, raw.subjects)
