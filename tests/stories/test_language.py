"""Chinese first, English second: --lang, PMCS_LANG, pmcs.yaml; identifiers and json stay what they are."""

from __future__ import annotations

import re

CHINESE = re.compile("[\u4e00-\u9fff]")


def test_chinese_unless_told_otherwise(office):
    assert "工单" in office("ticket", "new", "--category", "repair", "--place", "3", "--summary", "leak")
    assert "用法" in office("ticket", "--help")


def test_english_by_option_anywhere_on_the_line(office):
    for words in (("--lang", "en", "today"), ("today", "--lang", "en"), ("today", "--lang=en")):
        said = office(*words)
        assert "Overdue (0)" in said
        assert not CHINESE.search(said)


def test_english_by_environment_and_the_option_wins(office):
    english = {"PMCS_LANG": "en"}
    assert "Overdue" in office.try_("today", env=english).out
    assert "已超期" in office.try_("today", "--lang", "zh_CN", env=english).out


def test_errors_are_in_the_language_too(office):
    said = office.refused("ticket", "new", "--lang", "en", code=2)
    assert said.startswith("Error: ")
    assert "--category" in said
    assert office.refused("ticket", "new", code=2).startswith("错误：")
    said = office.refused("ticket", "show", "--lang", "en", code=2)
    assert not CHINESE.search(said)


def test_by_the_store_s_own_setting(office):
    file = office.root / "pmcs.yaml"
    file.write_text(file.read_text("utf-8").replace("language: zh_CN", "language: en"), "utf-8")
    office.git("commit", "-qam", "English")
    assert "Overdue" in office("today")


def test_a_language_that_is_not_there(office):
    said = office.try_("today", "--lang", "fr")
    assert said.code == 2
    assert "fr" in said.errors
    assert "zh_CN" in said.errors


def test_a_store_may_be_founded_in_english(office, tmp_path):
    said = office.try_("init", str(tmp_path / "other"), "--office", "Sun Garden", "--lang", "en", folder=tmp_path)
    assert said.code == 0, said.errors
    assert "language: en" in (tmp_path / "other" / "pmcs.yaml").read_text("utf-8")
