"""What stands in every document: words explained, methods, limits and references."""

from typing import Final

from reid.reports.comparison import LINE
from reid.reports.document.blocks import Block, Bullets, Heading, Paragraph, Terms

LOWER_BOUND: Final = (
    "\u201cAt least\u201d, because an attack bounds the risk from below: it is what the attackers tried here "
    "achieved, and a better one may achieve more. A low number is the absence of a successful attack, no "
    "proof of protection."
)

_WORDS: Final = (
    (
        "rank-1",
        (
            "The attacker compares a recording with all enrolled people and names the most alike. Rank-1 is "
            "how often that is the right one. It falls as more people are enrolled, so it means little "
            "without their number."
        ),
    ),
    ("chance", "What guessing blindly would give. Risk matters as far as it lies above that."),
    (
        "gallery, probe",
        (
            "The gallery is what the attacker already holds of each person, under their name: they are "
            "enrolled. A probe is a recording under a pseudonym whose person is looked for."
        ),
    ),
    (
        "equal error rate (EER)",
        (
            "The attacker asks of two recordings whether they are from one person. At the threshold where it "
            "errs equally often both ways, EER is how often: 0 % is perfect recognition, 50 % is guessing. "
            "With a threshold for each person it is lower than with one for all; the two are not comparable. "
            "A low average can hide people who are recognised far more easily than others."
        ),
    ),
    (
        "AUC",
        (
            "How often a comparison within one person scores above one across two people: 1 is perfect, 0.5 "
            "is guessing."
        ),
    ),
    (
        "at least",
        "Measured risk is a lower bound. That these attackers failed does not mean that others will.",
    ),
    (
        "95 % interval",
        (
            "How far the number could move had other people of the same kind been measured. It says nothing "
            "about other kinds of people, devices or tasks."
        ),
    ),
    ("9 % line", LINE),
)

_METHODS: Final = (
    (
        "What is enrolled was recorded before what is looked for, unless a publisher's own list of "
        "comparisons was used. What lies between the two is said under \u201cWhat weakens this answer\u201d."
    ),
    (
        "Features, settings and the attacker that speaks for all are learnt on other people than those whose "
        "risk is reported: on background people, or in a closed set by cross-fitting over people. The "
        "largest rate of all attackers stands beside it, with an interval that holds for all of them at once."
    ),
    (
        "Intervals are of 95 % and run over people, since people are what a claim is about: Wilson or "
        "Clopper-Pearson where each person counts as named or not, bootstrap over people elsewhere. Two "
        "settings are compared by the interval of their difference on the same people."
    ),
    "A tie of t people counts as 1 of t. A comparison that fails ranks last and is counted.",
    "Each number is rounded as its interval allows: intervals outwards, so that none shrinks.",
    "The seed stands with the settings; the same seed gives the same numbers whatever the order of the work.",
)

_LIMITS: Final = (
    (
        "People: the intervals speak of people of the same kind, with the same devices and tasks. They say "
        "nothing of others."
    ),
    "Time: nothing is known of recordings further apart than those compared here.",
    "Attackers: those run are named. Any other may be stronger, now or later.",
    (
        "Knowledge: whoever holds other data of a person, such as times of logging in, may need no attack of "
        "this kind at all."
    ),
    "Law: whether a log counts as personal data is decided by lawyers and not by a number.",
)

_REFERENCES: Final = (
    "Article 29 Data Protection Working Party (2014). Opinion 05/2014 on Anonymisation Techniques, WP216.",
    (
        "European Medicines Agency (2014, 2018). Policy 0070 on publication of clinical data, and its "
        "external guidance."
    ),
    "Health Canada (2019). Public Release of Clinical Information: guidance document.",
    "ISO/IEC 19795-1:2021. Biometric performance testing and reporting, part 1.",
    "ISO/IEC 24745:2022. Biometric information protection.",
    (
        "Clopper, Pearson (1934). The use of confidence or fiducial limits illustrated in the case of the "
        "binomial. Biometrika 26."
    ),
    "Wilson (1927). Probable inference, the law of succession, and statistical inference. JASA 22.",
    (
        "Gomez-Barrero, Galbally, Rathgeb, Busch (2018). General framework to evaluate unlinkability in "
        "biometric template protection systems. IEEE TIFS 13."
    ),
    (
        "Giomi, Boenisch, Wehmeyer, Tasn\u00e1di (2023). A unified framework for quantifying privacy risk in "
        "synthetic data. PoPETs 2023."
    ),
    (
        "Hanisch, Todt, Patino, Evans, Strufe (2024). A False Sense of Privacy: Towards a Reliable "
        "Evaluation Methodology for the Anonymization of Biometric Data. PoPETs 2024."
    ),
)


def words_explained() -> tuple[Block, ...]:
    """Return how to read the numbers."""
    return (
        Heading("How to read this", anchor="reading"),
        Terms(tuple((word, (meaning,)) for word, meaning in _WORDS)),
    )


def methods() -> tuple[Block, ...]:
    """Return how the numbers were made, as far as that is always so."""
    return (Bullets(_METHODS),)


def limits() -> tuple[Block, ...]:
    """Return what no document of this kind can say."""
    return (Heading("Limits", anchor="limits"), Bullets(_LIMITS))


def references(sources: tuple[str, ...] = ()) -> tuple[Block, ...]:
    """Return what is leant on; ``sources`` are those of what the releases claim."""
    return (Heading("References", anchor="references"), Bullets((*_REFERENCES, *sources)))


def three_kinds(measured: str, declared: str, combined: str) -> tuple[Block, ...]:
    """Return what of the numbers was measured, what somebody declared, and what follows from both."""
    return (
        Heading("Measured, declared, combined", anchor="kinds"),
        Paragraph(measured, opening="Measured by attack:"),
        Paragraph(declared, opening="Declared by the user:"),
        Paragraph(combined, opening="What follows from both:"),
    )
