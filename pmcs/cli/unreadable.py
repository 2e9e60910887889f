"""What every listing names beside its rows: files that cannot be read, or that somebody changed by hand."""

from __future__ import annotations

from collections.abc import Sequence

from pmcs.cli.app import App
from pmcs.errors import PmcsError, Sentence


def tell_broken(app: App, kind: str | None, ids: Sequence[str]) -> None:
    """Every file of the kind, or of all, that cannot be read, and what was changed by hand."""
    for broken in app.store.queries.broken(kind):
        app.warn(Sentence("{file} cannot be read: {reason}", file=broken.path, reason=broken.reason))
    for path, _ in app.store.queries.edited(ids=ids):
        if kind is None or path.startswith(app.store.path(f"{kind}/")):
            app.warn(_by_hand(app, path))


def _by_hand(app: App, path: str) -> Sentence:
    try:
        app.store.parse(path, app.store.read(path))
    except PmcsError as error:
        return Sentence("{file} cannot be read: {reason}", file=path, reason=error.sentence)
    return Sentence(
        "{file} was changed by hand and is shown as last committed; use pmcs edit, or git checkout.", file=path
    )
