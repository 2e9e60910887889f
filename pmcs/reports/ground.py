"""What the parts of a report are made from: each kind of the regulation read once, whichever parts ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pmcs.core.kind import shown
from pmcs.reports.hazard_figures import hazard_figures, pressing
from pmcs.reports.life_rows import stirring
from pmcs.reports.round_rows import read_rounds

if TYPE_CHECKING:
    from pmcs.core.kind import Kind
    from pmcs.reports.lives import Life, Span
    from pmcs.reports.round_figures import Round
    from pmcs.store.store import Store


@dataclass
class Ground:
    """One store and one month of it. Times on the pages are in the office's zone."""

    store: Store
    span: Span
    end: datetime

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """The kinds of the newest version, by name: an office may have deleted any of them."""
        return {kind.name: kind for kind in self.store.regulations.on(self.store.regulations.versions[-1]).kinds}

    @cached_property
    def inspections(self) -> list[Round]:
        """The rounds of the month."""
        return read_rounds(self.store, self.kinds["inspection"], self.span)

    @cached_property
    def hazards(self) -> list[Life]:
        """The hazards that have a part in the month."""
        return stirring(self.store, self.kinds["hazard"], self.span)

    @property
    def today(self) -> date:
        """The month's last day, or that of the last entry of a month that runs: by it dates are near or over."""
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
        """What choices and checklists are called, by `kind.field` and `checklists`."""
        regulation = self.store.regulations.on(self.store.regulations.versions[-1])
        found = {"checklists": {name: shown(label, language) for name, label in regulation.names("checklists").items()}}
        for kind in self.kinds.values():
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
