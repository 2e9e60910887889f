"""What each figure of the monthly report means; printed on it."""

from __future__ import annotations

from pmcs.errors import Translate


def definitions(_: Translate) -> list[dict[str, str]]:
    """Terms and meanings in the language of the translator."""
    pairs = [
        (
            _("Month"),
            _(
                "From its first moment to that of the next month, in the office's time zone; tickets that are "
                "void do not count."
            ),
        ),
        (_("Received"), _("Opened in the month; an imported ticket on the day it was first reported.")),
        (
            _("Resolved"),
            _(
                "Transitions of the month into a finished state: resolved, invalid, merged, closed by force, "
                "imported as closed. A later reopening does not unmake one."
            ),
        ),
        (_("Reopened"), _("Transitions of the month out of a finished state; a low score does that too.")),
        (_("Open at the end"), _("Opened before the month's end and not finished before it.")),
        (
            _("Balance"),
            _(
                "Open at the start + received − resolved + reopened = open at the end; tickets closed in a month "
                "before they were opened are named beside it."
            ),
        ),
        (_("On-time rate"), _("Resolved no later than promised ÷ resolved with a promise.")),
        (_("Overdue and open"), _("Of those open at the end, the promised time lay before the month's end.")),
        (
            _("Median, nine in ten"),
            _(
                "Wall hours from opening to resolution, by linear interpolation; negative durations are kept and "
                "listed."
            ),
        ),
        (
            _("Visit rate"),
            _(
                "Resolved in the month, owing a return visit and reached ÷ resolved in the month and owing a "
                "return visit."
            ),
        ),
        (_("Satisfaction rate"), _("Scores of 4 and 5 ÷ all scores of those reached.")),
        ("—", _("There is nothing to divide by.")),
    ]
    return [{"term": term, "meaning": meaning} for term, meaning in pairs]
