"""`pmcs check` looks, prints, and leaves everything as it was."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

from tests.check.office import Office

A02 = "ticket/2026/11/23/T20261123-A02.yaml"


def stand(root: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Everything about every file and folder, .git too, but the time it was last read."""
    found = {}
    for path in (root, *root.rglob("*")):
        status = path.lstat()
        data = path.read_bytes() if path.is_file() else b""
        found[str(path.relative_to(root))] = (status.st_mode, status.st_mtime_ns, status.st_ino, data)
    return found


def test_nothing_is_touched(office: Office) -> None:
    before = stand(office.root)
    office.findings()
    office.run("check")
    assert stand(office.root) == before


def test_nothing_is_touched_where_local_state_is_missing_or_behind(office: Office) -> None:
    shutil.rmtree(office.root / ".git/pmcs")
    before = stand(office.root)
    assert office.findings() == []
    assert stand(office.root) == before
    office.do("ticket list")
    path = office.root / A02
    path.write_text(path.read_text("utf-8").replace("state: closed", "state: visited"), "utf-8")
    office.commit_by_hand()
    before = stand(office.root)
    assert office.errors() == [("fold", A02, 3)]
    assert stand(office.root) == before


def test_what_a_killed_command_left_is_not_mended_by_looking(office: Office) -> None:
    journal = office.root / ".git/pmcs/root/journal.json"
    journal.write_bytes(b"half")
    office.findings()
    assert journal.read_bytes() == b"half"


def test_it_works_where_no_byte_can_be_written(office: Office) -> None:
    shutil.rmtree(office.root / ".git/pmcs/root/compiled")
    (office.root / ".git/pmcs/root/index.sqlite").unlink()

    done = subprocess.run(
        [sys.executable, "-m", "pmcs", "check", "--format", "json"],
        cwd=office.root,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )
    findings = json.loads(done.stdout)
    assert all(finding["severity"] == "warning" and finding["code"] == "future" for finding in findings)
    assert done.stderr == b""


def test_only_what_is_named_is_checked(office: Office) -> None:
    for name in ("ticket/2026/11/23/T20261123-A01.yaml", A02):
        path = office.root / name
        path.write_text(path.read_text("utf-8").replace("category: complaint", "category: repair", 1), "utf-8")
    office.commit_by_hand()
    assert office.errors(A02) == [("fold", A02, 4)]
    assert [file for _, file, _ in office.errors("ticket")] == ["ticket/2026/11/23/T20261123-A01.yaml", A02]
    assert office.errors("place", "staff") == []
    assert office.errors(str(office.root)) == office.errors()


def test_a_path_that_is_not_there_or_not_the_stores_is_refused(office: Office) -> None:
    for word in ("nowhere", str(office.root.parent)):
        code, out, errors = office.run(["check", word])
        assert (code, out) == (2, "")
        assert word in errors


def test_on_a_screen_each_finding_is_a_line_that_editors_understand(office: Office) -> None:
    path = office.root / A02
    path.write_text(path.read_text("utf-8").replace("state: closed", "state: visited"), "utf-8")
    office.commit_by_hand()
    code, out, errors = office.run("check")
    assert (code, errors) == (1, "")
    assert out.splitlines() == [f"{A02}:3: error: state is not what the history says.", "1 errors, 0 warnings."]


def test_a_clone_without_the_ring_finds_the_same(office: Office) -> None:
    (office.root / ".git/pmcs/root/keys.sqlite").unlink()
    assert office.findings() == []
