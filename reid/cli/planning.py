"""``reid people-needed``: how many people a test needs."""

from typing import Annotated

import typer

from reid.cli import options
from reid.cli.output import aligned, show_json, show_text

_SHOWN_FOUND = (0, 1, 2, 5, 10)


def show_people_needed(
    risk: Annotated[
        float,
        typer.Option(
            "--risk", metavar="RATE", help="Show that the risk is below it, as 0.09.", show_default=False
        ),
    ],
    *,
    confidence: Annotated[
        float, typer.Option("--confidence", metavar="RATE", help="How sure the statement shall be.")
    ] = 0.95,
    expected: Annotated[
        float | None,
        typer.Option("--expected", metavar="RATE", help="What the risk is believed to be; plan for that."),
    ] = None,
    power: Annotated[
        float,
        typer.Option(
            "--power", metavar="RATE", help="How likely the test shall succeed if it is --expected."
        ),
    ] = 0.9,
    quiet: options.QuietOption = False,
    as_json: options.JsonOption = False,
) -> None:
    """Say how many people must be tested to show that a risk is low.

    Exact, by Clopper and Pearson, one-sided, over people who are each attacked once: if none of so many is
    recognised (or only a few), the risk of people of the same kind lies below RATE, as sure as --confidence.
    An audit's interval has two sides; its upper end is as sure as --confidence 0.975. The risk is that of
    the attackers run and of a list as long as the one tested.
    """
    from reid.metrics.people_needed import people_needed, people_to_plan  # noqa: PLC0415  brings scipy

    needed = {
        n_found: people_needed(risk, n_found=n_found, confidence=confidence) for n_found in _SHOWN_FOUND
    }
    plan = None
    if expected is not None:
        plan = people_to_plan(risk, expected=expected, confidence=confidence, power=power)
    if as_json:
        record = {"risk": risk, "confidence": confidence}
        rows = [{"recognised": n_found, "people": n_people} for n_found, n_people in needed.items()]
        planned = plan and {
            "expected": expected,
            "power": power,
            "people": plan[0],
            "recognised_at_most": plan[1],
        }
        show_json({**record, "needed": rows, "planned": planned})
        return
    lines = [f"To show with {100 * confidence:g} % confidence that the risk is below {100 * risk:g} %:"]
    cells = [("recognised", "people to test"), *((f"{found:,}", f"{n:,}") for found, n in needed.items())]
    lines.append(aligned(cells, indent="  "))
    if plan is not None and expected is not None:
        lines.append(
            f"If it is {100 * expected:g} %, test {plan[0]:,} people: at most {plan[1]:,} of them may be "
            f"recognised, which then happens in at least {100 * power:g} % of such tests."
        )
    show_text("\n".join(lines), quiet=quiet)
