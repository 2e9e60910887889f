"""What the parts of a report are made from: each kind of the regulation read once, whichever parts ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pmcs.core.kind import shown
from pmcs.errors import Translate, untranslated
from pmcs.reports.hazard_figures import hazard_figures, pressing
from pmcs.reports.life_rows import register, stirring
from pmcs.reports.round_rows import read_rounds

if TYPE_CHECKING:
    from pmcs.core.kind import Kind
    from pmcs.reports.lives import Life, Span
    from pmcs.reports.round_figures import Round
    from pmcs.store.store import Store


@dataclass
class Ground:
    """One store and one month or year of it. Times on the pages are in the office's zone."""

    store: Store
    span: Span
    end: datetime
    say: Translate = untranslated

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """The kinds of the newest version, by name: an office may have deleted any of them."""
        return {kind.name: kind for kind in self.store.regulations.on(self.store.regulations.versions[-1]).kinds}

    @cached_property
    def inspections(self) -> list[Round]:
        """The rounds of the span."""
        return read_rounds(self.store, self.kinds["inspection"], self.span)

    @cached_property
    def hazards(self) -> list[Life]:
        """The hazards that have a part in the span."""
        return stirring(self.store, self.kinds["hazard"], self.span)

    @cached_property
    def staff(self) -> list[Life]:
        """All who ever were on the staff."""
        return register(self.store, self.kinds["staff"]) if "staff" in self.kinds else []

    @property
    def days(self) -> tuple[str, str]:
        """The first day of the span, and of the next."""
        start = datetime.fromtimestamp(self.span.start, self.end.tzinfo)
        return start.date().isoformat(), self.end.date().isoformat()

    @property
    def periods(self) -> tuple[str, str]:
        """Two texts between which the span stands as a period, and all periods within it."""
        first, last = self.days
        year = first.endswith("-01-01") and last.endswith("-01-01")
        period = first[:4] if year else first[:7]
        return period, f"{period}~"

    @property
    def today(self) -> date:
        """The last day, or that of the last entry of a span that runs: by it dates are near or over."""
        judged = min(self.end - timedelta(microseconds=1), datetime.fromtimestamp(self.span.judged, self.end.tzinfo))
        return judged.date()

    def local(self, at: float) -> str:
        """A moment as it is written in json."""
        return datetime.fromtimestamp(at, self.store.config.zone).isoformat()

    def hazard_part(self, hazards: list[Life]) -> dict[str, Any]:
        """Figures of hazards, with those that press: major or overdue, by name."""
        rows = [
            {
                **{name: item.life.fields.get(name) for name in ("place", "what", "level", "owner")},
                "id": item.life.id,
                "deadline": None if item.due is None else self.local(item.due),
                "late_hours": None if item.late is None else item.late / 3600,
            }
            for item in pressing(hazards, self.span)
        ]
        return {**hazard_figures(hazards, self.span), "pressing": rows}

    def labels(self, language: str) -> dict[str, dict[str, str]]:
        """What choices, states, clocks, checklists and posts are called: `kind.field`, `kind.state`, `posts`, ..."""
        regulation = self.store.regulations.on(self.store.regulations.versions[-1])
        found = {
            among: {name: shown(label, language) for name, label in regulation.names(among).items()}
            for among in ("checklists", "posts")
        }
        for kind in self.kinds.values():
            found[f"{kind.name}.clock"] = {name: shown(clock.label, language) for name, clock in kind.clocks.items()}
            found[f"{kind.name}.state"] = {name: shown(state.label, language) for name, state in kind.states.items()}
            for item in kind.fields.values():
                if item.values:
                    texts = {name: shown(choice.label, language) for name, choice in item.values.items()}
                    found[f"{kind.name}.{item.name}"] = texts
                for column in (item, *(item.rows or {}).values()):
                    if column.warns:
                        name = item.name if column is item else f"{item.name}.{column.name}"
                        found.setdefault("fields", {})[f"{kind.name}.{name}"] = shown(item.label, language)
        return found

    def unreadable(self, kinds: Iterable[str], translate: Any) -> list[dict[str, str]]:
        """The files of these kinds that are not counted, and why."""
        return [
            {"file": broken.path, "reason": broken.reason.render(translate)}
            for kind in kinds
            for broken in self.store.queries.broken(kind)
        ]
