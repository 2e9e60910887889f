"""Whether the commits are signed, and by whom, from the commit on that says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pmcs.core.world import SYSTEM
from pmcs.duties.audit.found import Found
from pmcs.duties.audit.states import Rules, Staff, States
from pmcs.errors import PmcsError, Sentence
from pmcs.store.store import CRON
from pmcs.store.walk import Commit

if TYPE_CHECKING:
    from pmcs.core.ssh_key import Signer
    from pmcs.store.signatures import Signers


class SignatureJudge:
    """Judges the signatures of one history, parents first; once switched on, signing stays so."""

    def __init__(self, states: States) -> None:
        self.states = states
        self._on: set[str] = set()
        self._signers: dict[tuple[tuple[int, int], ...], Signers] = {}

    def findings(self, commit: Commit) -> Iterator[Found]:
        """What is wrong with the signature of one commit."""
        before = any(oid in self._on for oid in commit.parents)
        now = self.states.at(commit.oid)[0].signing
        if not before and not now:
            return
        self._on.add(commit.oid)
        if not now and any(self.states.at(oid)[0].signing for oid in commit.parents):
            yield Found("unsigned", commit.oid, "", Sentence("Signing was switched off; it must stay on."))
        from pmcs.store.signatures import signature_of

        signed = signature_of(commit.raw)
        if signed is None:
            yield Found("unsigned", commit.oid, "", Sentence("The commit is not signed."))
            return
        try:
            wrong = self._who(commit).judged(*signed, commit.committer.email, commit.committed)
        except (PmcsError, ValueError):
            wrong = Sentence("the keys of that commit cannot be read")
        if wrong:
            yield Found("bad_signature", commit.oid, "", Sentence("The signature is not good: {reason}.", reason=wrong))

    def _who(self, commit: Commit) -> Signers:
        """Those who might sign, by what the parents say of keys: none vouches for itself but that of the founding."""
        from pmcs.store.signatures import Signers

        states = [*self.states.before(commit)]
        if not any(rules.files for rules, _ in states):
            states = [self.states.at(commit.oid)]
        key = tuple((rules.place, staff.place) for rules, staff in states)
        if key not in self._signers:
            self._signers[key] = Signers.of(_keys(states))
        return self._signers[key]


def _keys(states: Sequence[tuple[Rules, Staff]]) -> list[Signer]:
    from pmcs.core.ssh_key import Signer
    from pmcs.store.signing import staff_signers

    found: dict[Signer, None] = {}
    for rules, staff in states:
        zone = rules.config.zone
        for email, keys in rules.config.keys.items():
            found |= dict.fromkeys(Signer(CRON.email if email == SYSTEM else email, key) for key in keys)
        for person in staff.by_code.values():
            gone = person.left and person.left.astimezone(zone).date()
            found |= dict.fromkeys(staff_signers(person.record.fields, zone, gone))
    return [*found]
