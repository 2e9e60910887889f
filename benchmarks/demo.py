"""`make demo`: an office is set up, a call goes through article 7, a list is imported, people are trained and assessed,
the last months are reported, one goes to the archive; and a larger property has lived a fortnight of rounds, services
and accidents.

    python benchmarks/demo.py [FOLDER]

Without FOLDER, build/demo of this clone, made anew each time. What is typed here is what the office types; the people
are made up, and their git identity is given to each command, so that nobody's git configuration is read or written.
The last line on standard output is the path of the report's page.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from quarter.premises import PUMPS
from quarter.run import live

from pmcs.cli.app import App
from pmcs.cli.main import main as pmcs

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = "tests/data/sample"
TIME = "%Y-%m-%d %H:%M"
TIMES = re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d\b")
REFUSED = 3

LI_NA = ("李娜", "li.na@example.com")
ZHANG_MIN = ("张敏", "zhang.min@example.com")
WANG_QIANG = ("王强", "wang.qiang@example.com")
SUN_PING = ("孙萍", "sun.ping@example.com")
STAFF = ((ZHANG_MIN, "service_officer"), (WANG_QIANG, "facility_keeper"), (SUN_PING, "order_keeper"))

COLOURED = sys.stdout.isatty() and os.environ.get("TERM") != "dumb" and "NO_COLOR" not in os.environ


def painted(text: str, code: str) -> str:
    return f"\033[{code}m{text}\033[0m" if COLOURED else text


def quoted(word: str) -> str:
    """A word as one would type it."""
    return f"'{word}'" if re.search(r"[\s;&|<>()$`\"*?#~]", word) else word


def environment(who: tuple[str, str]) -> dict[str, str]:
    """This clone's program and somebody's git identity; what else git and Python were told to do is not heard."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PMCS_", "PYTHON"))}
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return kept | own | identity(who)


def identity(who: tuple[str, str]) -> dict[str, str]:
    """Somebody, as git hears of them."""
    parts = dict(zip(("NAME", "EMAIL"), who, strict=True))
    return {f"GIT_{role}_{part}": text for role in ("AUTHOR", "COMMITTER") for part, text in parts.items()}


class Demo:
    """The office's store, and what its people type there."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.now = datetime.now(ZoneInfo("Asia/Shanghai"))

    def yesterday(self, time: str) -> str:
        return f"{self.now - timedelta(days=1):%Y-%m-%d} {time}"

    def tomorrow(self, time: str) -> str:
        return f"{self.now + timedelta(days=1):%Y-%m-%d} {time}"

    def tell(self, text: str) -> None:
        print(f"\n{painted(text, '1;36')}", flush=True)

    def type(self, who: tuple[str, str], *words: str, code: int = 0) -> None:
        """One command of somebody's, as typed, and what it answered; any other exit code ends the demo."""
        print(painted(f"{who[0]} $ ", "32") + painted(" ".join(map(quoted, words)), "1"), flush=True)
        program = [sys.executable, "-m", "pmcs"] if words[0] == "pmcs" else [words[0]]
        run = subprocess.run(
            [*program, *words[1:]],
            cwd=self.store,
            env=environment(who),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        answer = run.stdout.decode("utf-8", "replace").rstrip()
        if answer:
            print(answer, flush=True)
        if run.returncode != code:
            sys.exit(f"演示中断:上面的命令不应以 {run.returncode} 结束。 / The demo stops: exit {run.returncode}.")


def set_up(demo: Demo) -> None:
    demo.tell("一、建档案库:制度、岗位、人员、房屋、住户(第一至四条、第六条)")
    demo.type(LI_NA, "git", "init", "--quiet", "-b", "main")
    demo.type(LI_NA, "pmcs", "init", ".", "--office", "阳光花园", "--code", "YG")
    since = f"{demo.now - timedelta(days=365):%Y-%m-%d}"
    for (name, email), post in STAFF:
        code = email.partition("@")[0]
        words = ("pmcs", "staff", "add", code, "--name", name, "--email", email)
        demo.type(LI_NA, *words, "--posts", f"post={post},since={since}")
    demo.type(LI_NA, "pmcs", "place", "add", "3-2-1201")
    demo.type(
        LI_NA,
        *("pmcs", "resident", "add", "--name", "欧阳建国", "--phone", "13811112222"),
        *("--place", "3-2-1201", "--relation", "owner"),
    )
    demo.type(LI_NA, "pmcs", "resident", "list")


def take_call(demo: Demo) -> None:
    demo.tell("二、昨天来了一个电话,今天补录,按第七条逐步办到结案")
    demo.type(
        ZHANG_MIN,
        *("pmcs", "ticket", "new", "--category", "repair", "--subject", "water.leak", "--place", "3-2-1201"),
        *("--resident", "RA0001", "--summary", "楼上漏水,卫生间顶板滴水", "--at", demo.yesterday("15:12")),
    )
    demo.type(ZHANG_MIN, "pmcs", "ticket", "inform", "A01", "--told-by", "phone", "--at", demo.yesterday("15:15"))
    demo.type(ZHANG_MIN, "pmcs", "ticket", "triage", "A01", "--verdict", "valid", "--at", demo.yesterday("15:40"))
    demo.type(ZHANG_MIN, "pmcs", "ticket", "assign", "A01", "--assignee", "wang.qiang", "--at", demo.yesterday("15:45"))
    demo.type(WANG_QIANG, "pmcs", "ticket", "start", "A01", "--at", demo.yesterday("16:20"))

    demo.tell("7.3 请别的部门协办:协办未完,工单不能办结")
    demo.type(
        WANG_QIANG,
        *("pmcs", "ticket", "involve", "A01", "--task", "--what", "陪同进入1301室,关闭进水阀", "--owner", "sun.ping"),
        *("--deadline", demo.tomorrow("18:00")),
    )
    demo.type(WANG_QIANG, "pmcs", "ticket", "resolve", "A01", "--note", "已换角阀", code=REFUSED)
    demo.type(SUN_PING, "pmcs", "task", "accept", "A01")
    demo.type(SUN_PING, "pmcs", "task", "finish", "A01", "--note", "水阀已关,业主在场")
    demo.type(WANG_QIANG, "pmcs", "task", "confirm", "A01")

    demo.tell("7.2 等配件时挂起,办结时限随之暂停;配件到了恢复,办结")
    demo.type(
        WANG_QIANG,
        *("pmcs", "ticket", "wait", "A01", "--waiting-for", "parts", "--resume-by", demo.tomorrow("18:00")[:10]),
        *("--waits-on", "wang.qiang"),
    )
    demo.type(WANG_QIANG, "pmcs", "ticket", "resume", "A01")
    demo.type(WANG_QIANG, "pmcs", "ticket", "resolve", "A01", "--note", "更换1301室角阀,试水无渗漏")

    demo.tell("7.6 回访由另一个人做,然后结案")
    visit = ("pmcs", "ticket", "visit", "A01", "--outcome", "reached", "--score", "5")
    demo.type(WANG_QIANG, *visit, code=REFUSED)
    demo.type(ZHANG_MIN, *visit)
    demo.type(ZHANG_MIN, "pmcs", "ticket", "close", "A01")
    demo.type(ZHANG_MIN, "pmcs", "ticket", "show", "A01")
    # Whoever audits needs nothing but git.
    clauses = "--format=%h %an %s %(trailers:key=Clause,separator=%x20)"
    demo.type(ZHANG_MIN, "git", "--no-pager", "log", "-5", clauses, "--", "ticket")


def lay_out_list(folder: Path, now: datetime) -> tuple[str, str]:
    """The sample and its map beside the store, and its last two months.

    By a clock that has not come to the list's end yet, the list is of so many whole weeks earlier.
    """
    text = (ROOT / SAMPLE / "requests.csv").read_text(encoding="utf-8-sig")
    last = max(datetime.fromisoformat(found).replace(tzinfo=now.tzinfo) for found in TIMES.findall(text))
    back = timedelta(weeks=max(0, -((now - last) // timedelta(weeks=1))))
    text = TIMES.sub(lambda found: f"{datetime.fromisoformat(found[0]) - back:{TIME}}", text)
    (folder / "requests.csv").write_text(text, encoding="utf-8")
    shutil.copy(ROOT / SAMPLE / "requests.map.yaml", folder)
    # The second column is when it was taken.
    months = sorted({found[:7] for found in re.findall(r"^[^,\n]+,(\d{4}-\d\d-\d\d \d\d:\d\d),", text, re.MULTILINE)})
    return months[-2], months[-1]


def bring_list(demo: Demo) -> None:
    demo.tell("三、导入旧工单表:一次提交;再导一次,什么也不增加")
    words = ("pmcs", "ticket", "import", "../requests.csv", "--map", "../requests.map.yaml")
    demo.type(LI_NA, *words)
    demo.type(LI_NA, *words)
    demo.type(LI_NA, "pmcs", "ticket", "list", "--limit", "5")
    demo.type(LI_NA, "pmcs", "search", "漏水", "--limit", "3")
    demo.type(LI_NA, "pmcs", "today", "--limit", "3")


def people(demo: Demo, month: str) -> None:
    """A training, the undertakings, and the assessments of a month that is over."""
    demo.tell("四、人员:培训、保密承诺、考核(第六条、第十至十四条)")
    today = f"{demo.now:%Y-%m-%d}"
    codes = [email.partition("@")[0] for _, email in (LI_NA, *(who for who, _ in STAFF))]
    demo.type(
        LI_NA,
        *("pmcs", "training", "new", "--subject", "接待礼仪", "--basis", "11.1", "--planned", today, "--hours", "2"),
        *("--trainer", "李娜", *(word for code in codes for word in ("--attendance", code))),
    )
    demo.type(LI_NA, "pmcs", "training", "hold", "A01")
    for code in codes:
        demo.type(LI_NA, "pmcs", "training", "mark", "A01", "--person", code, "--attended", "came", "--score", "90")
        demo.type(LI_NA, "pmcs", "staff", "undertake", code, "--undertaking", today)
    demo.type(LI_NA, "pmcs", "training", "close", "A01")
    demo.type(LI_NA, "pmcs", "assessment", "open", month)
    id_ = f"KH-{month}-zhang.min"
    demo.type(LI_NA, "pmcs", "assessment", "mark", id_, "--item", "manner", "--points", "95", "--reason", "耐心,无投诉")
    demo.type(LI_NA, "pmcs", "assessment", "score", id_, code=REFUSED)
    demo.type(ZHANG_MIN, "pmcs", "report", "assessment", id_)
    demo.type(LI_NA, "pmcs", "assessment", "verify", month)
    demo.type(LI_NA, "pmcs", "staff", "duties", "zhang.min")


def report(demo: Demo, months: tuple[str, str]) -> Path:
    demo.tell("五、月报:写入 reports/ 并提交")
    for month in months:
        demo.type(LI_NA, "pmcs", "report", "monthly", month)
    demo.tell("六、检查:每个文件、每条经过、每个单号")
    demo.type(LI_NA, "pmcs", "check")
    demo.type(LI_NA, "git", "status", "--short", "--branch")
    return demo.store / "reports" / months[-1] / "tickets.html"


def copied(demo: Demo) -> Demo:
    """A copy of the store as it stands."""
    copy = Demo(demo.store.parent / "next-month")
    demo.type(LI_NA, "git", "clone", "--quiet", ".", f"../{copy.store.name}")
    return copy


def pack(demo: Demo, copy: Demo) -> None:
    """The history is audited; and the month of the call goes to the archive, in a copy, on the first of the next."""
    demo.tell("七、审计:核查全部历史(5.9)")
    demo.type(LI_NA, "pmcs", "audit", "verify")
    demo.tell("归档:在只有第一张工单的副本里,时钟拨到下月一日;定时任务记检查点,出月报,装归档包")
    first = (demo.now.replace(day=1) + timedelta(days=32)).replace(day=1, hour=7)
    month = f"{demo.now:%Y-%m}"
    os.environ.update(environment(LI_NA))
    for words in (
        ["audit", "checkpoint"],
        ["report", "monthly", month],
        ["archive", "build", month, "--with-exceptions"],
    ):
        print(painted("系统 $ ", "32") + painted(f"pmcs {' '.join(words)}", "1"), flush=True)
        app = App(environment={}, folder=copy.store, clock=lambda: first, out=sys.stdout, errors=sys.stdout)
        if pmcs(words, app):
            sys.exit("演示中断。 / The demo stops.")
    copy.type(LI_NA, "pmcs", "archive", "verify", f"../YG-{month}")


def fortnight(demo: Demo) -> list[Path]:
    """Lives fifteen days of the larger property, and types what comes next; answers with the report's pages."""
    demo.tell("八、另一处物业:12 部电梯、3 间泵房、40 个巡更点,已按计划运行十五天(第八、九条)")
    # Its last night is over, wherever the clock stands.
    first = demo.now.date() - timedelta(days=15 if demo.now.hour > 5 else 16)
    os.environ.update(environment(LI_NA))
    # A repository of its own, as the clone around it is one as well.
    demo.store.mkdir()
    demo.type(LI_NA, "git", "init", "--quiet", "-b", "main")
    desk = live(demo.store, first, 15, "翠湖园")
    print(f"已记 {len(desk.ledger)} 笔。", flush=True)
    demo.tell("早晨,定时任务生成当天的单据;再看今天要办什么")
    demo.type(LI_NA, "pmcs", "schedule", "run")
    demo.type(LI_NA, "pmcs", "today", "--limit", "3")
    demo.tell("8.1 巡一间泵房:超出范围即为异常,异常须有去处才能完成")
    id_ = f"X-{demo.now:%Y%m%d}T0800-PUMPS-{PUMPS[0]}"
    demo.type(WANG_QIANG, "pmcs", "inspection", "start", id_)
    measured = {"2": "24", "3": "0.25", "4": "0.52", "5": "80", "8": "55", "9": "3"}
    rows = [
        f"item={item},{f'value={measured[item]}' if item in measured else 'result=normal'}"
        for item in map(str, range(1, 15))
    ]
    demo.type(WANG_QIANG, "pmcs", "inspection", "record", id_, *(word for row in rows for word in ("--items", row)))
    demo.type(WANG_QIANG, "pmcs", "inspection", "finish", id_, code=REFUSED)
    demo.type(WANG_QIANG, "pmcs", "inspection", "record", id_, "--item", "4", "--repair")
    demo.type(WANG_QIANG, "pmcs", "inspection", "finish", id_)
    demo.tell("9.4 电梯困人,当时的时间线;两名被困者的姓名已加密")
    demo.type(LI_NA, "pmcs", "incident", "show", f"E{first + timedelta(days=13):%Y%m%d}-A01")
    demo.tell("8、9 的月报")
    month = f"{first + timedelta(days=14):%Y-%m}"
    demo.type(LI_NA, "pmcs", "report", "monthly", month)
    demo.type(LI_NA, "pmcs", "check")
    return [demo.store / "reports" / month / f"{part}.html" for part in ("facilities", "safety")]


def main(folder: Path | None) -> None:
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    top = folder or ROOT / "build" / "demo"
    if folder is None:
        shutil.rmtree(top, ignore_errors=True)
    elif folder.exists() and any(folder.iterdir()):
        sys.exit(f"{folder} 不是空文件夹,请另选一个。 / {folder} is not empty; choose another folder.")
    store = top.resolve() / "records"
    store.mkdir(parents=True)
    demo = Demo(store)
    months = lay_out_list(store.parent, demo.now)
    set_up(demo)
    take_call(demo)
    copy = copied(demo)
    bring_list(demo)
    people(demo, months[0])
    page = report(demo, months)
    pack(demo, copy)
    larger = Demo(top.resolve() / "larger")
    pages = [page.with_name("matrix.html"), *fortnight(larger), page]
    for one in pages:
        if not one.is_file():
            sys.exit(f"没有写出 {one}。 / There is no {one}.")
    demo.tell("月报页面,用浏览器打开:")
    print(*pages, sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)
