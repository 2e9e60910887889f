from __future__ import annotations

import gettext
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pmcs.cli.words import CHINESE, ENGLISH, Words, in_words, install_click, language_from
from pmcs.errors import BadInput, NotFound, Sentence
from tests.cli import catalogues

ROOT = Path(__file__).resolve().parents[2]
PLACE = re.compile(r"\{\w+(?:![rs])?\}|%\(\w+\)s")
PLAIN_MARK = re.compile("[\u4e00-\u9fff][,;:!?()]|[,;!?][\u4e00-\u9fff]")
ON_ITS_OWN = """
import click
from pmcs.cli.words import install_click
install_click({language!r})

@click.group()
def office(): pass

@office.command()
@click.option("--place", required=True)
def visit(place): pass

office()
"""


@pytest.fixture
def click_as_before(monkeypatch):
    monkeypatch.setattr(gettext, "find", gettext.find)


# The language --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "language"),
    [("zh", "zh_CN"), ("zh_CN", "zh_CN"), ("zh-CN", "zh_CN"), ("en", "en"), ("en_US", "en"), (" EN ", "en")],
)
def test_a_language_may_be_spelled_as_people_spell_it(typed, language):
    assert language_from(typed, None, None) == language


def test_what_is_typed_goes_before_the_environment_and_that_before_the_office():
    assert language_from("en", "zh", "zh_CN") == ENGLISH
    assert language_from(None, "en", "zh_CN") == ENGLISH
    assert language_from(None, "", "en") == ENGLISH
    assert language_from(None, None, None) == CHINESE


def test_an_unknown_language_is_refused_and_the_sentence_says_where_it_came_from():
    with pytest.raises(BadInput) as refusal:
        language_from(None, "fr_FR", "zh_CN")
    assert str(refusal.value) == "There is no language fr_FR, which PMCS_LANG asks for; write zh_CN or en."


# The words -----------------------------------------------------------------------------------------------------------


def test_a_sentence_is_said_in_chinese_down_to_the_sentences_inside_it():
    said = Sentence(
        "There is no {what} {name}{near}.",
        what=Sentence("kind"),
        name="tikcet",
        near=Sentence(" (there are {names})", names=["ticket", "repair"]),
    )
    assert Words("zh_CN").sentence(said) == "没有名为 tikcet 的单据类别（现有 ticket、repair）。"
    assert Words("en").sentence(said) == "There is no kind tikcet (there are ticket, repair)."


def test_an_error_is_said_like_its_sentence():
    error = NotFound("{text} may mean {found}; type more of the number.", text="A0", found=["A01", "A02"])
    assert Words("zh_CN").sentence(error) == "A0 可能指：A01、A02；请多输几位单号。"


def test_what_the_catalogue_lacks_stays_as_it_is_and_nothing_stays_nothing():
    assert Words("zh_CN").gettext("No such words.") == "No such words."
    # gettext itself answers the empty text with the header of the catalogue.
    assert Words("zh_CN").gettext("") == ""


def test_a_label_is_taken_in_the_language():
    label = {"zh_CN": "工单", "en": "ticket"}
    assert Words("zh_CN").label(label) == "工单"
    assert Words("en").label(label) == "ticket"
    assert Words("en").label("报修") == "报修"


# click ---------------------------------------------------------------------------------------------------------------


def run_alone(language, arguments, environment):
    """As cron would start it: with nothing in the environment but what is given."""
    code = ON_ITS_OWN.format(language=language)
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, env=environment, capture_output=True, check=False
    )
    return (done.stdout + done.stderr).decode("utf-8")


def test_click_speaks_chinese_in_an_empty_environment():
    assert run_alone("zh_CN", ["--help"], {}).startswith("用法： -c")
    said = run_alone("zh_CN", ["visit"], {})
    assert "缺少选项 '--place'" in said
    assert "错误：" in said
    assert not {"Usage", "Missing", "Error", "Try"} & set(re.findall(r"\w+", said))


def test_click_speaks_english_where_it_is_asked_to_whatever_the_machine_says():
    said = run_alone("en", ["vist"], {"LANG": "zh_CN.UTF-8", "LANGUAGE": "zh_CN"})
    assert "Error: No such command 'vist'." in said


@pytest.mark.usefixtures("click_as_before")
def test_the_language_of_click_can_be_changed_and_a_plural_follows():
    command = click.Command("visit", params=[click.Option(["--score"], type=click.Choice(["1", "2"]))])
    install_click("zh_CN")
    install_click("zh_CN")
    assert "'9' 不在可选值 '1', '2' 之中。" in CliRunner().invoke(command, ["--score", "9"]).output
    assert "多出几个参数（a b）" in CliRunner().invoke(command, ["a", "b"]).output
    install_click("en")
    assert "'9' is not one of '1', '2'." in CliRunner().invoke(command, ["--score", "9"]).output


def test_the_help_of_a_command_is_said_in_the_language_and_the_command_itself_stays():
    @click.group(help="The regulation: its clauses, versions and interpretations.")
    def regulation():
        pass

    @regulation.command()
    @click.argument("clause")
    @click.option("--stdout", is_flag=True, help="Print it and write nothing.")
    def show(clause, stdout):
        """One clause with its interpretations, or all of them."""

    chinese = in_words(regulation, Words("zh_CN"))
    assert "制度：条款、版本和解释。" in CliRunner().invoke(chinese, ["--help"]).output
    help_of_show = CliRunner().invoke(chinese, ["show", "--help"]).output
    assert "查看一条条款及其解释，或全部条款。" in help_of_show
    assert "只输出，不写入。" in help_of_show
    assert "Print it and write nothing." in CliRunner().invoke(regulation, ["show", "--help"]).output


@pytest.mark.usefixtures("click_as_before")
def test_other_programs_words_are_looked_up_as_before():
    install_click("zh_CN")
    assert gettext.find("messages", "/nowhere", ["zh_CN"]) is None
    assert gettext.dgettext("no-such-domain", "Usage:") == "Usage:"


# The catalogues ------------------------------------------------------------------------------------------------------


def pairs(catalogue):
    """Every message with its Chinese; a plural gives one pair a form."""
    for message in catalogue:
        if message.id:
            ids = [message.id] if isinstance(message.id, str) else message.id
            texts = [message.string] if isinstance(message.string, str) else message.string
            yield from zip(ids, texts, strict=True)


BOTH = pytest.mark.parametrize(
    ("path", "messages"),
    [(catalogues.OURS, catalogues.ours), (catalogues.CLICKS, catalogues.clicks)],
    ids=["pmcs", "click"],
)


@BOTH
def test_every_message_has_its_chinese(path, messages):
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in catalogues.read(path)}
    wanted = {message if isinstance(message, str) else message[0] for message in messages()}
    absent = sorted(wanted - known)
    empty = [english for english, chinese in pairs(catalogues.read(path)) if not chinese]
    assert not absent, "run make catalogues; not yet in the catalogue:\n" + "\n".join(absent)
    assert not empty, f"write the Chinese in {path.relative_to(ROOT)}:\n" + "\n".join(empty)


@BOTH
def test_the_places_of_a_sentence_are_the_same_in_both_languages(path, messages):
    wrong = [
        (english, chinese)
        for english, chinese in pairs(catalogues.read(path))
        # A month is written with its name or with its number.
        if english not in {"{name} {year}", "{short_name}"}
        and chinese
        and set(PLACE.findall(english)) != set(PLACE.findall(chinese))
    ]
    assert wrong == []


@BOTH
def test_chinese_text_has_full_width_punctuation(path, messages):
    wrong = [chinese for _, chinese in pairs(catalogues.read(path)) if PLAIN_MARK.search(chinese)]
    # What a file shows of YAML and what is typed stays as it is typed.
    assert [text for text in wrong if "{{" not in text and ": " not in text] == []


@BOTH
def test_what_is_compiled_is_what_is_written(path, messages):
    with path.with_suffix(".mo").open("rb") as file:
        found = gettext.GNUTranslations(file)._catalog
    expected = gettext.GNUTranslations(catalogues.opened(catalogues.read(path)))._catalog
    assert {key: found[key] for key in found if key} == {key: expected[key] for key in expected if key}, (
        "run make catalogues"
    )


def test_the_wheel_ships_the_catalogues():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    shipped = {path for glob in declared["package-data"]["pmcs.cli"] for path in (ROOT / "pmcs" / "cli").glob(glob)}
    assert {path.with_suffix(".mo") for path in (catalogues.OURS, catalogues.CLICKS)} <= shipped


def test_a_message_is_found_in_every_spelling():
    source = '''
        raise BadInput("one {a}.", a=Sentence("two"))
        reader.problem((*path, key(1)), "three " "and more", near=nearest(x))
        self.reader.known(path, name, kinds(x), "four")
        words.gettext("five" if late else "six")
        @click.option("--note", help="seven")
        def add():
            """Not a help."""
        @group.command()
        def drop():
            """Eight.

            And more.
            """
        template = "nine" if late else "ten"
        HELP = {"a": "eleven"}
        Sentence(template); click.Command(name, help=HELP[name])
        Sentence(variable); Sentence(""); self.known("no")
    '''
    lines = [line.removeprefix(" " * 8) for line in source.splitlines()]
    assert catalogues.messages_of("\n".join(lines)) == [
        *(
            "one {a}.",
            "two",
            "three and more",
            "four",
            "five",
            "six",
            "seven",
            "Eight.\n\nAnd more.",
            "nine",
            "ten",
            "eleven",
        ),
    ]
