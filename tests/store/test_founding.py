"""`pmcs init`: a new office's first commit, in an empty folder or in a repository that is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmcs.errors import BadInput
from pmcs.regulation.shipped import starter_dir
from pmcs.store.founding import founder_code, starter
from pmcs.store.git_stream import Identity
from pmcs.store.store import Store
from tests.check.office import MANAGER, Office


def test_a_new_store_is_one_commit_that_holds_everything_and_leaves_nothing_over(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.do(["init", "s", "--office", "阳光花园", "--code", "YGHY"])
    office.root = tmp_path / "s"
    assert office.git("log", "--format=%s|%an|%ae").splitlines() == ["init 阳光花园|李娜|li.na@example.com"]
    assert office.git("status", "--porcelain", "--ignored") == ""
    assert office.git("symbolic-ref", "HEAD") == "refs/heads/main\n"
    tracked = office.git("ls-tree", "-r", "--name-only", "HEAD").splitlines()
    assert {name.partition("/")[0] for name in tracked} == {"pmcs.yaml", "regulation", "staff"}
    assert "office: 阳光花园\n" in (office.root / "pmcs.yaml").read_text("utf-8")
    assert "This clone is desk A." in office.do("desk")
    assert office.errors() == []
    assert "manager" in office.do("staff show li.na --format json")


def test_a_new_store_has_every_checklist_of_the_starter(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.do("init s")
    office.root = tmp_path / "s"
    shipped = starter_dir() / "regulation/2026-01-01/checklists"
    copied = office.root / "regulation/2026-01-01/checklists"
    files = {path.name: path.read_bytes() for path in copied.iterdir()}
    assert files == {path.name: path.read_bytes() for path in shipped.iterdir()}
    assert "lift_yearly.yaml" in files
    office.do("regulation check")


def test_there_is_no_second_store_in_one_folder(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.do("init s")
    before = office.clock.now
    code, _, errors = office.run("init s")
    assert code == 3
    assert "already" in errors
    assert Office(tmp_path / "s", before).git("rev-list", "--count", "HEAD") == "1\n"


def test_a_file_in_the_way_is_not_overwritten(tmp_path: Path) -> None:
    kept = tmp_path / "s/regulation/2026-01-01/posts.yaml"
    kept.parent.mkdir(parents=True)
    kept.write_text("mine\n", "utf-8")
    code, _, errors = Office(tmp_path).run("init s")
    assert code == 3
    assert "posts.yaml is in the way" in errors
    assert kept.read_text("utf-8") == "mine\n"
    assert not (tmp_path / "s/pmcs.yaml").exists()
    (tmp_path / "file").touch()
    assert Office(tmp_path).run("init file/s")[0] == 7


@pytest.mark.parametrize("email", ["13812345678@example.com", "李 娜@example.com", "/etc@example.com", "@example.com"])
def test_an_e_mail_that_makes_no_code_is_refused_before_anything_is_made(tmp_path: Path, email: str) -> None:
    with pytest.raises(BadInput) as refusal:
        founder_code(Identity("李娜", email))
    assert "13812345678" not in str(refusal.value)
    code, _, errors = Office(tmp_path).run("init s", ("李娜", email))
    assert code == 2
    assert "13812345678" not in errors
    assert not (tmp_path / "s/pmcs.yaml").exists()


def test_settings_are_written_as_they_were_given(tmp_path: Path) -> None:
    office = r'C:\阳光 "花园": #1'
    text = starter({"office": office, "time_zone": "Asia/Urumqi"})["pmcs.yaml"].decode()
    assert text.count("office:") == text.count("time_zone:") == 1
    shown = Office(tmp_path)
    shown.do(["init", "s", "--office", office, "--time-zone", "Asia/Urumqi"], MANAGER)
    config = Store(tmp_path / "s").config
    assert (config.office, config.zone.key) == (office, "Asia/Urumqi")


def test_no_such_zone(tmp_path: Path) -> None:
    code, _, errors = Office(tmp_path).run("init s --time-zone Mars/Olympus")
    assert code == 2
    assert "Asia/Shanghai" in errors
    assert not (tmp_path / "s").exists()
