"""What each figure of the page of people means; printed on it."""

from __future__ import annotations

from pmcs.errors import Translate
from pmcs.reports.definitions import listed_terms, of_dates, of_nothing, of_span


def people_definitions(_: Translate) -> list[dict[str, str]]:
    """Terms and meanings of the page of people."""
    return listed_terms(
        [
            of_span(_),
            (
                _("Staff"),
                _(
                    "At the start + joined − left + returned = at the end. Joined and left: entered as such in the "
                    "month. Who holds several posts is counted at each."
                ),
            ),
            (
                _("Undertakings missing"),
                _("On the staff at the end, and no undertaking of confidentiality signed by then."),
            ),
            (
                _("Trainings on schedule"),
                _(
                    "Held no later than the planned day ÷ planned for a day of the month and by the last entry held or "
                    "past it. What was cancelled is not due; what was held late or not at all stays in the denominator."
                ),
            ),
            (
                _("Coverage"),
                _(
                    "Came ÷ should have come, over the trainings held in the month, as they are entered by now. The "
                    "mean score is that of the scores given to those who came."
                ),
            ),
            (
                _("Not trained within a year"),
                _("On the staff at the end, and present at no training held in the 365 days before it."),
            ),
            (
                _("Praise and blame"),
                _(
                    "Open at the start + proposed − ended = open at the end; ended is what became final, was withdrawn "
                    "on appeal or taken back. By sort and clause: those proposed and those announced in the month."
                ),
            ),
            (
                _("Appeals"),
                _("Made in the month; upheld and dismissed are those decided in it, whenever they were made."),
            ),
            (
                _("Assessments"),
                _(
                    "Those of the month, and those confirmed in it; points are those of the confirmed ones. Each "
                    "person is counted at one post: of those held at the end the one held longest, else the last held."
                ),
            ),
            (
                _("Distribution"),
                _("By total points; each band up to the next one's beginning, the last up to 100 inclusive."),
            ),
            of_dates(_),
            of_nothing(_),
        ]
    )
