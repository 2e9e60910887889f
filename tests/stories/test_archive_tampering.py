"""Whatever is done to a package, `archive verify` names the file; it needs no store, and follows nothing out of it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile

import pytest

from pmcs.duties.archive.bag import ALGORITHMS, Sums, manifest
from pmcs.store.git_process import require_git
from tests.stories.archive import files, in_autumn, no_pdf
from tests.stories.conftest import Office
from tests.stories.test_signing import Signed

A01 = "data/records/ticket/2026/10/05/T20261005-A01.yaml"


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """October's package, and the house that it is of."""
    root = tmp_path_factory.mktemp("original") / "records"
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("pmcs.reports.pdf._made", no_pdf)
        office = in_autumn(root, monkeypatch)
        office("archive", "build", "2026-10", "--with-exceptions")
        return office


@pytest.fixture
def package(tmp_path, monkeypatch, original):
    """A copy of the package in an empty folder, and how it is verified there."""
    shutil.copytree(original.root.parent / "YG-2026-10", tmp_path / "YG-2026-10")
    nobody = Office(tmp_path / "nothing", original.now, monkeypatch)
    nobody.root.mkdir()

    def findings(path=tmp_path / "YG-2026-10"):
        said = nobody.try_("archive", "verify", str(path), "--format", "json", by="nobody")
        assert said.code in (0, 1), said.errors
        found = {(row["file"], row["code"]) for row in json.loads(said.out)}
        assert said.code == bool(found)
        return found

    findings.folder = tmp_path / "YG-2026-10"
    findings.nobody = nobody
    return findings


def remade(folder) -> None:
    """The manifests made anew, as a forger makes them."""
    held = {
        path: Sums(len(data), hashlib.sha256(data).hexdigest(), hashlib.sha512(data).hexdigest())
        for path, data in files(folder).items()
    }
    payload = {path: sums for path, sums in held.items() if path.startswith("data/")}
    info = (folder / "bag-info.txt").read_text("utf-8").splitlines()
    oxum = f"Payload-Oxum: {sum(sums.size for sums in payload.values())}.{len(payload)}"
    info = [oxum if line.startswith("Payload-Oxum") else line for line in info]
    (folder / "bag-info.txt").write_text("".join(f"{line}\n" for line in info), "utf-8")
    for algorithm in ALGORITHMS:
        (folder / f"manifest-{algorithm}.txt").write_bytes(manifest(payload, algorithm))
    tags = {}
    for path, data in files(folder).items():
        if not path.startswith(("data/", "tagmanifest-")):
            tags[path] = Sums(len(data), hashlib.sha256(data).hexdigest(), hashlib.sha512(data).hexdigest())
    for algorithm in ALGORITHMS:
        (folder / f"tagmanifest-{algorithm}.txt").write_bytes(manifest(tags, algorithm))


def test_an_honest_package_gives_no_finding_in_an_empty_folder(package):
    assert package() == set()
    said = package.nobody("archive", "verify", str(package.folder), by="nobody")
    assert "阳光花园" in said
    assert hashlib.sha256((package.folder / "manifest-sha256.txt").read_bytes()).hexdigest() in said


@pytest.mark.parametrize(
    "path",
    [
        *(A01, "data/registers/staff/li.na.yaml", "data/regulation/2026-01-01/kinds/ticket.yaml", "data/pmcs.yaml"),
        *("data/README.md", "data/auditor.md", "data/exceptions.txt", "data/exceptions.json", "data/catalogue.csv"),
        *("data/catalogue.html", "data/catalogue.xlsx", "data/catalogue.json", "data/reports/2026-10.html"),
        *("data/reports/2026-10.json", "data/reports/2026-10.xlsx"),
    ],
)
def test_a_file_that_was_changed_is_named(package, path):
    place = package.folder / path
    place.write_bytes(place.read_bytes() + b"#\n")
    assert (path, "differs") in package()
    place.unlink()
    assert (path, "missing") in package()


@pytest.mark.parametrize("path", ["bagit.txt", "bag-info.txt", "manifest-sha256.txt"])
def test_a_tag_file_that_was_changed_is_named(package, path):
    place = package.folder / path
    place.write_bytes(place.read_bytes().replace(b"a", b"b"))
    assert path in {file for file, _ in package()}
    place.unlink()
    assert path in {file for file, _ in package()}


def test_a_list_of_tag_files_that_was_changed_is_found(package):
    place = package.folder / "tagmanifest-sha512.txt"
    place.write_bytes(place.read_bytes().replace(b"a", b"b"))
    assert ("history.bundle", "differs") in package()
    place.unlink()
    assert ("tagmanifest-sha512.txt", "manifest") in package()


def test_a_file_too_many_is_named(package):
    for path in ("data/more.txt", "notes.txt", "data/records/ticket/2026/10/05/T20261005-A09.yaml", "fetch.txt"):
        (package.folder / path).write_bytes(b"more\n")
    found = package()
    assert {"data/more.txt", "notes.txt", "fetch.txt"} <= {file for file, code in found if code == "extra"}


@pytest.mark.parametrize(
    ("path", "before", "after", "code"),
    [
        (A01, "厨房水管漏水", "厨房水管不漏", "not_committed"),
        ("data/registers/staff/li.na.yaml", "manager", "leader", "not_committed"),
        ("data/regulation/2026-01-01/retention.yaml", "D10", "D30", "not_committed"),
        ("data/pmcs.yaml", "阳光花园", "月光花园", "not_committed"),
        ("data/catalogue.json", "KF-100001", "KF-100009", "catalogue"),
        ("data/catalogue.json", '"D10"', '"D30"', "catalogue"),
        ("data/package.json", '"pieces": 4', '"pieces": 3', "facts"),
        ("data/package.json", "T20261005-A03", "T20261005-A05", "facts"),
        ("data/package.json", '"period": "2026-10"', '"period": "2026-11"', "facts"),
        ("data/package.json", '"office": "阳光花园"', '"office": "\\ud800"', "facts"),
    ],
)
def test_with_manifests_made_anew_the_history_still_tells(package, path, before, after, code):
    place = package.folder / path
    text = place.read_text("utf-8")
    assert before in text
    place.write_text(text.replace(before, after), "utf-8")
    remade(package.folder)
    assert (path, code) in package()


def test_a_record_left_out_or_put_in_with_its_manifest_is_named(package):
    (package.folder / A01).unlink()
    invented = A01.replace("A01", "A07")
    (package.folder / invented).write_bytes(b"id: T20261005-A07\n")
    remade(package.folder)
    assert {(A01, "missing"), (invented, "extra")} <= package()


def test_another_history_is_named(package, original, tmp_path):
    root = tmp_path / "forged"
    shutil.copytree(original.root, root)
    record = next(root.rglob("T20261005-A01.yaml"))
    record.write_text(record.read_text("utf-8").replace("厨房水管漏水", "厨房水管不漏"), "utf-8")
    run = ("git", "-c", "user.name=x", "-c", "user.email=x@example.com")
    subprocess.run([*run, "commit", "-qam", "mine"], cwd=root, check=True)
    (package.folder / "history.bundle").unlink()
    subprocess.run(
        [*run, "bundle", "create", "-q", str(package.folder / "history.bundle"), "HEAD", "main"], cwd=root, check=True
    )
    remade(package.folder)
    assert ("history.bundle", "history") in package()
    (package.folder / "history.bundle").write_bytes(b"# v2 git bundle\nnonsense")
    remade(package.folder)
    assert ("history.bundle", "history") in package()
    (package.folder / "history.bundle").unlink()
    assert ("history.bundle", "history") in package()


@pytest.mark.parametrize(
    "line", ["../outside", "/etc/passwd", "data/../../x", "~/x", "data/a\\b", "C:/x", "data//x", "data/%0A/../x"]
)
def test_a_manifest_that_leads_elsewhere_is_refused(package, line):
    place = package.folder / "manifest-sha256.txt"
    with place.open("a", encoding="utf-8") as file:
        file.write(f"{'0' * 64}  {line}\n")
    assert ("manifest-sha256.txt", "manifest") in package() or (line, "missing") in package()


def test_links_pipes_and_what_is_huge_are_named_and_not_read(package):
    outside = package.folder.parent / "outside"
    outside.write_bytes(b"secret\n")
    (package.folder / "data/link").symlink_to(outside)
    (package.folder / "data/folder").symlink_to(package.folder.parent)
    os.mkfifo(package.folder / "data/pipe")
    with (package.folder / "data/huge").open("wb") as file:
        file.truncate(9 << 30)
    found = package()
    assert {("data/link", "kind"), ("data/folder", "kind"), ("data/pipe", "kind"), ("data/huge", "name")} <= found


def tar_of(package, change=lambda members: members):
    place = package.folder.parent / "made.tar"
    with tarfile.open(place, "w") as archive:
        members = [(f"YG-2026-10/{path}", data) for path, data in files(package.folder).items()]
        for name, data in change(members):
            member = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return place


def test_without_git_nothing_is_said_of_the_package(package, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    require_git.cache_clear()
    said = package.nobody.try_("archive", "verify", str(package.folder), by="nobody")
    assert (said.code, said.out) == (7, "")


def test_a_tar_is_verified_where_it_lies(package):
    assert package(tar_of(package)) == set()
    assert sorted(path.name for path in package.folder.parent.iterdir()) == ["YG-2026-10", "made.tar", "nothing"]


def linked(name, kind, target):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member, b""


@pytest.mark.parametrize(
    "more",
    [
        ("YG-2026-10/../../../evil", b"x"),
        ("/tmp/evil", b"x"),
        ("../evil", b"x"),
        ("evil", b"x"),
        ("other/evil", b"x"),
        ("YG-2026-10/data/README.md", b"twice"),
        linked("YG-2026-10/data/evil", tarfile.SYMTYPE, "/etc/passwd"),
        linked("YG-2026-10/data/evil", tarfile.LNKTYPE, "YG-2026-10/data/README.md"),
        linked("YG-2026-10/data/evil", tarfile.CHRTYPE, ""),
        linked("YG-2026-10/data/evil", tarfile.FIFOTYPE, ""),
    ],
)
def test_a_tar_leads_nowhere(package, more):
    before = set(package.folder.parent.parent.rglob("evil"))
    found = package(tar_of(package, lambda members: [*members, more]))
    assert found != set()
    assert {code for _, code in found} <= {"name", "kind", "extra"}
    assert set(package.folder.parent.parent.rglob("evil")) == before


def test_what_is_no_package_is_one_sentence(package, tmp_path):
    broken = tmp_path / "broken.tar"
    broken.write_bytes(b"no tar at all" * 100)
    (tmp_path / "empty").mkdir()
    for path in (broken, tmp_path / "none", tmp_path / "empty"):
        said = package.nobody.try_("archive", "verify", str(path), by="nobody")
        assert said.code in (4, 5)
        assert said.errors.count("\n") == 1
    whole = tar_of(package).read_bytes()
    broken.write_bytes(whole[: len(whole) // 2])
    said = package.nobody.try_("archive", "verify", str(broken), by="nobody")
    assert said.code in (1, 5)


@pytest.fixture
def signed(tmp_path, monkeypatch):
    """The package of a store whose commits are signed, with a checkpoint after the end of the month."""
    monkeypatch.setattr("pmcs.reports.pdf._made", no_pdf)
    office = Signed(tmp_path / "records", monkeypatch)
    office.at("2026-10-05 09:00").with_key("li.na")
    said = office.try_("init", str(office.root), "--sign", "--office", "阳光花园", "--code", "YG", folder=tmp_path)
    assert said.code == 0, said.errors
    office("place", "add", "3-2-1201")
    office("ticket", "close", office.ticket(), "--force", "--note", "已换")
    office.at("2026-11-01 01:00")("report", "monthly", "2026-10")
    office("audit", "checkpoint")
    office("archive", "build", "2026-10", "--with-exceptions")
    return office


def test_the_checkpoint_in_a_package_is_judged_by_the_keys_in_it(signed):
    folder = signed.root.parent / "YG-2026-10"

    def findings():
        return {(row["file"], row["code"]) for row in json.loads(signed.try_(*words).out)}

    words = ("archive", "verify", str(folder), "--format", "json")
    assert findings() == set()
    exceptions = json.loads((folder / "data/exceptions.json").read_bytes())
    assert {row["code"] for row in exceptions} == {"left_out"}
    keys = folder / "data/checkpoint/allowed_signers"
    by_ssh = ["ssh-keygen", "-Y", "verify", "-f", str(keys), "-I", "system@pmcs.invalid", "-n", "pmcs-checkpoint"]
    one = folder / "data/checkpoint/0001.yaml"
    done = subprocess.run([*by_ssh, "-s", f"{one}.sig"], input=one.read_bytes(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    for path, change in ((one, b"# more\n"), (one.with_name("0001.yaml.sig"), b"x"), (keys, b"x@example.com ssh-x\n")):
        before = path.read_bytes()
        path.write_bytes(before + change)
        remade(folder)
        found = {file for file, _ in findings()}
        assert path.relative_to(folder).as_posix() in found
        path.write_bytes(before)
    remade(folder)
    assert findings() == set()
