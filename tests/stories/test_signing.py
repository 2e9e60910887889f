"""Who signs, with which key, until when; and plain git agrees (11.4)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stories.conftest import MONDAY, Office, program_environment


def keyed(folder: Path, name: str, *more: str) -> Path:
    file = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"{name}@desk", "-f", file, *more], check=True)
    return file


class Signed(Office):
    """An office whose people have keys: each git signs with its own."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(root, MONDAY, monkeypatch)
        self.keys = root.parent / "keys"
        self.keys.mkdir()

    def sit_down(self, person: str) -> None:
        super().sit_down(person)
        home = self.keys / person
        home.mkdir(exist_ok=True)
        self.monkeypatch.setenv("HOME", str(home))
        self.monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
        self.monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)

    def refused(self, *words: str, by: str = "li.na", code: int = 3) -> str:
        """The sentence in English."""
        return super().refused("--lang", "en", *words, by=by, code=code)

    def with_key(self, person: str, *more: str) -> str:
        """Give somebody a key that their git knows; return the public one."""
        self.sit_down(person)
        file = keyed(self.keys / person, "key", *more)
        (self.keys / person / ".gitconfig").write_text(f"[gpg]\nformat = ssh\n[user]\nsigningkey = {file}\n")
        return Path(f"{file}.pub").read_text()

    def marks(self) -> str:
        """What git says of each commit, the newest first."""
        return "".join(self.git("log", "--format=%G?").split())


@pytest.fixture
def signed(tmp_path, monkeypatch) -> Signed:
    office = Signed(tmp_path / "records", monkeypatch)
    office.with_key("li.na")
    said = office.try_("init", str(office.root), "--sign", folder=tmp_path)
    assert said.code == 0, said.errors
    return office


def add(office: Signed, person: str, *more: str) -> None:
    office("staff", "add", person, "--name", person, "--email", f"{person}@example.com", *more)


def test_a_signed_office_from_its_first_day(signed: Signed) -> None:
    signed("place", "add", "3-2-1201")
    add(signed, "zhao.min", "--posts", "post=service_officer,since=2026-11-23")
    public = signed.with_key("zhao.min")
    assert "not registered" in signed.refused(
        *("ticket", "new", "--category", "repair", "--place", "3-2-1201", "--summary", "漏水"), by="zhao.min"
    )
    signed("staff", "enrol", "zhao.min", "--key", public)
    signed.ticket(by="zhao.min")
    assert signed.marks() == "GGGGG"
    assert signed.git("log", "-1", "--format=%GS|%an|%cn").strip() == "zhao.min@example.com|赵敏|赵敏"
    assert signed.git("for-each-ref", "--format=%(refname)").split() == ["refs/heads/main"]
    signed.clean()


def test_cron_signs_with_the_stores_own_key_and_without_a_home(signed: Signed) -> None:
    signed("place", "add", "3-2-1201")
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": program_environment()["PYTHONPATH"]}
    done = subprocess.run(
        [sys.executable, "-m", "pmcs", "--store", signed.root, "audit", "checkpoint"],
        env=env,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert signed.marks()[0] == "G"
    assert signed.git("log", "-1", "--format=%GS").strip() == "system@pmcs.invalid"
    private = next((signed.root / ".git/pmcs").rglob("system_key"))
    assert private.stat().st_mode & 0o777 == 0o600
    signed.clean()


def test_a_counter_signs_with_the_key_in_pmcs_yaml(signed: Signed) -> None:
    signed("place", "add", "3-2-1201")
    config = signed.root / "pmcs.yaml"
    config.write_text(config.read_text().replace("counters: []", "counters: [counter@example.com]"))
    signed.sit_down("li.na")
    signed.git("commit", "-S", "-qam", "a counter")
    public = signed.with_key("counter")
    words = ("ticket", "new", "--category", "repair", "--place", "3-2-1201", "--summary", "漏水", "--as", "li.na")
    assert "not registered" in signed.refused(*words, by="counter")
    (signed.keys / "counter.pub").write_text(public)
    assert "pmcs.yaml" in signed("audit", "key", "counter@example.com", signed.keys / "counter.pub")
    signed(*words, by="counter")
    assert signed.marks()[:2] == "GG"
    assert signed.git("log", "-1", "--format=%ae|%ce").strip() == "li.na@example.com|counter@example.com"
    assert signed.git("log", "-1", "--format=%GS").strip() == "counter@example.com"


def test_who_left_and_whose_key_ran_out_sign_no_more(signed: Signed) -> None:
    signed("place", "add", "3-2-1201")
    public = signed.with_key("zhao.min")
    add(signed, "zhao.min", "--posts", "post=service_officer,since=2026-11-01")
    signed("staff", "enrol", "zhao.min", "--key", public, "--until", "2026-11-23")
    signed.ticket(by="zhao.min")
    signed.at("2026-11-24 09:00")
    words = ("ticket", "new", "--category", "repair", "--place", "3-2-1201", "--summary", "漏水")
    assert "not for this day" in signed.refused(*words, by="zhao.min")
    assert set(signed.marks()) == {"G"}
    assert 'valid-before="20261123155959Z"' in signed("audit", "signers")


@pytest.mark.parametrize("why", ["none", "passphrase", "gone", "no key"])
def test_without_a_key_that_signs_nothing_is_saved(signed: Signed, why: str) -> None:
    config = signed.keys / "li.na" / ".gitconfig"
    if why == "none":
        config.write_text("")
    elif why == "gone":
        (signed.keys / "li.na" / "key").unlink()
    elif why == "no key":
        config.write_text("[user]\nsigningkey = ABCDEF01\n")
    else:
        words = ["ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", signed.keys / "li.na" / "key"]
        subprocess.run(words, check=True, capture_output=True)
    said = signed.try_("place", "add", "3-2-1201", env={"PMCS_LANG": "en"})
    assert said.code in {3, 7}
    assert said.errors.count("\n") == 1
    told = {"none": "git knows no key", "gone": "could not sign", "no key": "no SSH key", "passphrase": "passphrase"}
    assert told[why] in said.errors
    assert signed.log() == ["init"]
    assert signed.dirt() == ""
    assert signed.git("for-each-ref", "--format=%(refname)").split() == ["refs/heads/main"]
    assert signed.try_("doctor").code == 0


def test_signing_is_switched_on_later_by_one_commit_that_is_signed(tmp_path, monkeypatch) -> None:
    office = Signed(tmp_path / "records", monkeypatch)
    office.sit_down("li.na")
    assert office.try_("init", str(office.root), folder=tmp_path).code == 0
    assert "git knows no key" in office.refused("audit", "sign")
    public = office.with_key("li.na")
    assert "not registered" in office.refused("audit", "sign")
    office("staff", "enrol", "li.na", "--key", public)
    office("audit", "sign")
    office("place", "add", "3-2-1201")
    assert office.marks() == "GGNN"
    assert office.git("show", "--stat", "--format=", "HEAD^").count("|") == 1
    assert "already" in office.refused("audit", "sign")
    office.clean()


def test_a_private_key_in_the_register_is_refused_and_not_shown(signed: Signed) -> None:
    secret = (signed.keys / "li.na" / "key").read_text()
    said = signed.try_("--lang", "en", "staff", "enrol", "li.na", "--key", secret)
    assert said.code == 2
    assert secret.splitlines()[1][:16] not in said.out + said.errors
    assert "private" in said.errors
