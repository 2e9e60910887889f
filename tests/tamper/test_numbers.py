"""Numbers used twice, left out, or of a desk and a day that they are not of."""

from __future__ import annotations

from tests.tamper.forging import Forged, said

OPEN = "T20261201-A01"


def opened(forged: Forged, id_: str, path: str) -> str:
    event = forged.events(OPEN)[0]._replace(at=forged.later(minutes=5).now.replace(microsecond=0))
    message = said(id_, "new", "li.na", "manager", "7.1")
    return forged.commit({path: forged.folded(id_, [event])}, message, when=event.at)


def test_a_number_left_out(forged: Forged) -> None:
    opened(forged, "T20261201-A03", forged.path(OPEN).replace("A01", "A03"))
    assert [code for code, _, _ in forged.found()] == ["gap"]
    assert "A02" in forged.verify().out


def test_a_commit_dropped_and_its_number_with_it(forged: Forged) -> None:
    """What came after it is written anew; its signatures are not of it."""
    gone = forged.of("T20261123-A04", "new")
    path = forged.path("T20261123-A04")
    after = forged.git("rev-list", "--reverse", "--topo-order", f"{gone}..HEAD").split()[0]
    above = forged.git("rev-parse", f"{gone}^").strip().encode()
    news = forged.rewritten(
        after, lambda _, raw: raw.replace(b"parent " + gone.encode(), b"parent " + above), {path: lambda _: None}
    )
    forged.tells("bad_signature", news[after])
    assert any(code == "gap" for code, _, _ in forged.found())


def test_a_number_used_again_for_another_story(forged: Forged) -> None:
    path = forged.path(OPEN)
    bad = opened(forged, OPEN, path)
    forged.tells("rewritten", bad, path)


def test_a_number_of_a_day_to_come(forged: Forged) -> None:
    path = "ticket/2026/12/25/T20261225-A01.yaml"
    bad = opened(forged, "T20261225-A01", path)
    forged.tells("not_allowed", bad, path)


def test_a_record_opened_twice_in_its_own_file(forged: Forged) -> None:
    event = forged.events(OPEN)[0]._replace(at=forged.later(minutes=5).now.replace(microsecond=0))
    bad = forged.entered(OPEN, event, clause="7.1")
    forged.tells("not_allowed", bad, forged.path(OPEN))
