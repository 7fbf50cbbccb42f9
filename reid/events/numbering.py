"""The numbers under which people stand where pseudonyms must not be told."""

from hashlib import blake2b

from reid.events.table import EventTable


def numbers_of(events: EventTable) -> dict[str, int]:
    """Return the number of each person, from 1, in an order that follows from what each recorded.

    Who holds the list of pseudonyms alone cannot tell whose number is which; and no setting of a study or
    of an audit changes a number, so that what was found can be compared person by person.
    """
    order = []
    for (person,), frame in events.frame.group_by("subject_id", maintain_order=True):
        digest = blake2b(frame["time_us"].to_numpy().tobytes(), digest_size=16).digest()
        order.append((digest, str(person)))
    return {person: number for number, (_, person) in enumerate(sorted(order), 1)}
