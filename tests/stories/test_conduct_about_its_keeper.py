"""Praise and blame of those who could turn it: the manager, and whoever takes over a proposal (12)."""

from __future__ import annotations


def penalty(office, person, by):
    facts = ("--type", "penalty", "--basis", "11.2", "--facts", "迟到", "--amount", "200")
    return office.json("conduct", "new", "--person", person, *facts, by=by)["id"]


def test_the_manager_cannot_correct_or_void_his_own_penalty_nor_lay_it_to_another(office):
    id_ = penalty(office, "li.na", by="zhao.min")
    office.refused("conduct", "correct", id_, "--type", "praise", "--note", "写错")
    office.refused("conduct", "correct", id_, "--person", "wang.qiang", "--note", "写错")
    office.refused("conduct", "void", id_, "--note", "误登")
    office("staff", "appoint", "wang.qiang", "--post", "manager", "--since", "2026-11-23")
    office("conduct", "correct", id_, "--amount", "100", "--note", "写错", by="wang.qiang")
    office.clean()


def test_a_proposal_is_not_handed_over_to_whom_it_is_about(office):
    id_ = penalty(office, "li.na", by="zhao.min")
    assert id_ in office.refused("staff", "leave", "zhao.min", "--successor", "li.na")
    office("staff", "leave", "zhao.min", "--successor", "chen.lei")
    office("conduct", "hear", id_, "--statement", "堵车")
    office("conduct", "submit", id_, by="chen.lei")
    office.refused("conduct", "approve", id_, by="chen.lei")
    office.clean()


def test_whoever_inherits_a_proposal_under_approval_does_not_approve_it(office):
    id_ = penalty(office, "wang.qiang", by="zhao.min")
    office("conduct", "hear", id_, "--statement", "堵车", by="wang.qiang")
    office("conduct", "submit", id_, by="zhao.min")
    office("staff", "leave", "zhao.min", "--successor", "chen.lei")
    assert "chen.lei" in office.refused("conduct", "approve", id_, by="chen.lei")


def test_what_anyone_may_propose_or_order_only_its_author_edits(office):
    id_ = penalty(office, "wang.qiang", by="zhao.min")
    office.refused("conduct", "edit", id_, "--facts", "旷工")
    office("conduct", "edit", id_, "--facts", "迟到十分钟", by="zhao.min")
    office("conduct", "correct", id_, "--amount", "100", "--note", "金额写错")
    task = office.json("task", "new", "--what", "修门", "--owner", "wang.qiang", "--deadline", "2026-12-01 18:00")["id"]
    office.refused("task", "edit", task, "--what", "修窗", by="wang.qiang")
    office("task", "edit", task, "--what", "修窗")
    office.clean()
