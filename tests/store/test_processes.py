"""Copies of a process that share its work: in order, no more at once than needed, and missed when they die."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.stories.conftest import program_environment

# Forks, so each is a process of its own.
BEGUN = """
import os, signal, time
os.cpu_count = lambda: 2
from pmcs.errors import Broken, PmcsError
from pmcs.store.processes import answered

held = []

def asks():
    for number in range(9):
        held.append(number)
        yield number

def begin():
    return answer

def told():
    most = 0
    for number, answer in enumerate(answered(asks(), begin)):
        assert answer == (number, "x" * 300_000)
        most = max(most, len(held) - number)
    return most
"""


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", BEGUN + code], env=program_environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def test_answers_come_in_order_and_only_a_few_questions_are_held():
    code = """
def answer(number):
    time.sleep(0.02 * (number % 3))
    return number, "x" * 300_000

print(told())
"""
    assert int(run(code)) <= 4


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "A process that read records was stopped"),
        ("raise Broken('{file} is broken.', file='posts.yaml')", "posts.yaml is broken"),
        ("raise OSError(28, 'No room')", "No room"),
        ("raise KeyError('13800138000')", "pmcs has a defect (KeyError at <string>:"),
    ],
)
def test_a_copy_that_dies_or_refuses_is_not_waited_for(ends, said):
    code = f"""
def answer(number):
    if number == 5:
        {ends}
    return number, "x" * 300_000

try:
    told()
except (PmcsError, OSError) as error:
    print(error)
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("nobody is left")
"""
    told = run(code)
    assert said in told
    assert "nobody is left" in told
    assert "13800138000" not in told


def test_a_copy_that_cannot_begin_says_why():
    code = """
def begin():
    raise Broken('{file} is broken.', file='posts.yaml')

class Slow:
    # The copy has long ended when this is sent.
    def __reduce__(self):
        time.sleep(0.3)
        return int, (1,)

try:
    next(answered([Slow()], begin))
except PmcsError as error:
    print(error)
"""
    assert run(code) == "posts.yaml is broken."


def test_the_copies_of_a_killed_process_end_by_themselves():
    code = """
def answer(number):
    if number == 3:
        os.kill(os.getppid(), signal.SIGKILL)
        print(os.getpid(), flush=True)
    return number, "x" * 300_000

reader, writer = os.pipe()
if os.fork() == 0:
    os.close(reader)
    told()
os.close(writer)
os.wait()
# The other end is closed when the last of the copies has ended.
assert os.read(reader, 1) == b""
print("ended")
"""
    assert run(code).endswith("ended")
