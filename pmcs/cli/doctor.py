"""`pmcs doctor`: where things are, and what should be seen to."""

from __future__ import annotations

from pmcs.cli.app import App
from pmcs.errors import PmcsError, Sentence
from pmcs.store.backups import known, still_holds


def report(app: App) -> None:
    """Print one line a thing; what needs a hand is marked with !."""
    store = app.store
    good, bad = "  ", "! "

    def tell(mark: str, template: str, **details: object) -> None:
        app.say(mark + app.words.sentence(Sentence(template, **details)))

    tell(good, "Store: {folder} ({office})", folder=store.root, office=store.config.office)
    desk = store.local.read_desk()
    if desk:
        tell(good, "Desk: {desk}", desk=desk)
    else:
        tell(bad, "Desk: none; this clone issues no numbers (pmcs desk B).")
    ring = store.local.shared / "keys.sqlite"
    backups = known(store.local)
    if ring.exists() and any(item.whole(ring) for item in backups):
        tell(good, "Key ring: {file}.", file=ring)
    elif ring.exists():
        tell(bad, "Key ring: {file}. Back it up: without it no private value can ever be read again.", file=ring)
    else:
        tell(good, "Key ring: {file} (made with the first private value; then it must be backed up).", file=ring)
    for sentence in store.vault.warnings():
        app.say(bad + app.words.sentence(sentence))
    erased = store.erased()
    for backup in backups:
        if count := still_holds(backup, erased):
            tell(
                bad,
                "Backup of the key ring: {file}, of {made}, still holds {count} keys that were destroyed; make a new"
                " one and destroy this.",
                file=backup.path,
                made=backup.made,
                count=count,
            )
        else:
            tell(good, "Backup of the key ring: {file}, of {made}", file=backup.path, made=backup.made)
    try:
        head = store.repository.ready()
        tell(
            good,
            "git: {branch}, {commit}",
            branch=(head.ref or "").removeprefix("refs/heads/"),
            commit=(head.oid or "")[:12],
        )
    except PmcsError as error:
        app.say(bad + app.words.sentence(error))
    _tell_signing(app, good, bad)
    tell(good, "Index: {file}", file=store.index.path)
    for broken in store.queries.broken():
        tell(bad, "{file} cannot be read: {reason}", file=broken.path, reason=broken.reason)
    now = app.now()
    regulation = store.regulations.on(now.date())
    tell(
        good, "Regulation: in force since {since}; kinds: {kinds}", since=regulation.since, kinds=regulation.kind_names
    )
    for year in (now.year, now.year + 1):
        if year not in regulation.calendar.years:
            tell(
                bad,
                "Calendar: the holidays of {year} are not in {file} yet.",
                year=year,
                file=f"regulation/{regulation.since}/calendar.yaml",
            )
    try:
        actor = app.actor()[0]
        posts = [regulation.posts[name].label for name in sorted(actor.posts) if name in regulation.posts]
        tell(good, "You: {person} ({posts})", person=actor.code, posts=[app.words.label(label) for label in posts])
    except PmcsError as error:
        app.say(bad + app.words.sentence(error))


def _tell_signing(app: App, good: str, bad: str) -> None:
    """Whether commits are signed, and whether this clone's own key counts."""
    from pmcs.store.signing import SYSTEM_KEY, key_of

    store = app.store
    if not store.config.signing:
        app.say(good + app.words.sentence(Sentence("Signing: off; pmcs audit sign switches it on.")))
        return
    app.say(good + app.words.sentence(Sentence("Signing: on.")))
    try:
        key_of(store, store.repository.author(), app.now())
        app.say(good + app.words.sentence(Sentence("Your signing key: registered.")))
    except PmcsError as error:
        app.say(bad + app.words.sentence(error))
    if (store.local.shared / SYSTEM_KEY).exists():
        app.say(good + app.words.sentence(Sentence("Key for what is done by itself: this clone has one.")))
