from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmcs.core.private import Private, extract_private, find_private, has_private, mask_text, mask_value

# The two numbers that GB 11643 itself works through; the others below are counted out by hand in `check_digit`.
STANDARD = "11010519491231002X"
STANDARD_DIGITS = "440524188001010014"


def check_digit(first: str) -> str:
    """ISO 7064 MOD 11-2 by its recursive definition, not by a table of weights."""
    rest = 0
    for digit in first:
        rest = (rest + int(digit)) * 2 % 11
    value = (12 - rest) % 11
    return "X" if value == 10 else str(value)


def values(text: str) -> list[str]:
    return [text[found.start : found.end] for found in find_private(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("业主来电,电话13812345678,说3号楼漏水", ["13812345678"]),
        ("请回电138 1234 5678或138-1234-5679", ["138 1234 5678", "138-1234-5679"]),
        ("+8613812345678 / +86 13812345678 / 8613812345678", ["+8613812345678", "+86 13812345678", "8613812345678"]),
        ("+86-138-1234-5678", ["+86-138-1234-5678"]),
        ("008613812345678", ["008613812345678"]),
        ("物业前台010-12345678,分机801;苏州0512-1234567", ["010-12345678", "0512-1234567"]),
        ("+86 010-12345678", ["+86 010-12345678"]),
        ("０１０－１２３４５６７８", ["０１０－１２３４５６７８"]),
        ("１３８１２３４５６７８", ["１３８１２３４５６７８"]),
        ("3-2-1201 13812345678", ["13812345678"]),
        ("房号1201 138 1234 5678", ["138 1234 5678"]),
        (f"身份证{STANDARD}已核对", [STANDARD]),
        (STANDARD.lower(), [STANDARD.lower()]),
        ("１１０１０５１９４９１２３１００２Ｘ", ["１１０１０５１９４９１２３１００２Ｘ"]),
        (STANDARD_DIGITS, [STANDARD_DIGITS]),
        (f"{STANDARD} 13812345678", [STANDARD, "13812345678"]),
    ],
)
def test_what_people_type_is_found_where_it_stands(text, expected):
    assert values(text) == expected
    assert has_private(text)
    assert find_private(mask_text(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "电梯异响",
        "101001240754",
        "订单 202611230000012345",
        "2026-11-23",
        "2026-11-23T09:12:04+08:00",
        "3-2-1201",
        "T20261123-A01",
        "F-2026-3-2-1201",
        "12,345,678.90 元",
        "¥1234567.00",
        "12812345678",  # no mobile number begins with 12
        "138 1234 56789",
        "138  1234 5678",
        "138 12345 678",
        "138-1234-5678-9",
        "6222 1381 2345 6789",
        "2026-010-12345678",
        "010-123456",
        "010-123456789",
        "10-12345678",
        "110105194912310021",  # the last digit should be X
        "110105194913310021",
        "1101051949123100",
        "87654321",
    ],
)
def test_other_numbers_are_left_alone(text):
    assert find_private(text) == []
    assert not has_private(text)
    assert mask_text(text) == text
    assert extract_private(text) == (text, [])


def test_a_finding_says_where_and_what():
    assert find_private(f"电话13812345678,证件{STANDARD}") == [
        Private(2, 13, "phone"),
        Private(16, 34, "id_number"),
    ]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13812345678。", "电话138****5678。"),
        ("138 1234 5678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("+86 13812345678", "+86 138****5678"),
        ("010-12345678转801", "010-****5678转801"),
        ("0512-1234567", "0512-*****67"),
        (STANDARD.lower(), "1****************X"),
        ("13812340512-1234567", "138****0512-*****67"),  # masking the one uncovers the other
    ],
)
def test_masks_leave_enough_to_recognise_and_no_more(text, masked):
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("", ""),
        ("  ", ""),
        ("张", "张**"),
        ("张三丰", "张**"),
        ("欧阳修", "欧**"),
        ("13812345678", "138****5678"),
        (" 13812345678 ", "138****5678"),
        ("010-12345678", "010-****5678"),
        (STANDARD, "1****************X"),
        ("张三 13812345678", "张** 138****5678"),
        ("张三13812345678(妻李四)", "张** 138****5678 **"),
        ("13812345678 张三", "138****5678 **"),
        ("87654321", "8**"),
    ],
)
def test_a_sealed_value_on_the_screen(value, shown):
    assert mask_value(value) == shown


@pytest.mark.parametrize(
    ("text", "rest", "taken"),
    [
        ("业主来电,电话13812345678,说漏水", "业主来电,电话,说漏水", ["13812345678"]),
        ("漏水,13812345678", "漏水", ["13812345678"]),
        ("13812345678,漏水", "漏水", ["13812345678"]),
        ("电话:13812345678。", "电话。", ["13812345678"]),
        ("张先生(13812345678)报修", "张先生报修", ["13812345678"]),
        ("call 13812345678 today", "call today", ["13812345678"]),
        ("漏水\n电话 13812345678\n急", "漏水\n电话\n急", ["13812345678"]),
        ("１３８１２３４５６７８", "", ["13812345678"]),
        (f"证件{STANDARD},电话138 1234 5678", "证件,电话", [STANDARD, "138 1234 5678"]),
        ("138 13912345678 1234 5678", "", ["13912345678", "138 1234 5678"]),
    ],
)
def test_a_phone_is_taken_out_of_a_summary(text, rest, taken):
    assert extract_private(text) == (rest, taken)


DIGITS = st.text("0123456789０１２３４５６７８９", min_size=1)
MOBILE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
ID_NUMBER = st.from_regex(r"[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}", fullmatch=True)
WORDS = st.text("电话漏水 ,，。：:()（）-+\nTax", max_size=8)
TYPED = st.lists(
    st.one_of(WORDS, DIGITS, MOBILE, ID_NUMBER.map(lambda first: first + check_digit(first))), max_size=8
).map("".join)


@settings(max_examples=40)
@given(ID_NUMBER)
def test_every_true_check_digit_is_found_and_every_other_is_not(first):
    right = check_digit(first)
    assert [last for last in "0123456789X" if has_private(first + last)] == [right]


@given(before=st.text("0123456789", max_size=9), number=MOBILE, after=st.text("0123456789", max_size=9))
def test_a_longer_run_of_digits_is_no_phone(before, number, after):
    run = before + number + after
    found = find_private(run)
    if before in {"", "86", "0086"} and not after:
        assert found == [Private(0, len(run), "phone")]
    else:
        # Only a whole run may be something: a mobile number with its prefix, or an ID number by accident.
        assert all((start, end) == (0, len(run)) and end in {11, 13, 15, 18} for start, end, _ in found)


@given(TYPED)
def test_masked_text_holds_nothing_to_find(text):
    found = find_private(text)
    assert has_private(text) == bool(found)
    assert all(one.end <= following.start for one, following in pairwise(found))
    for start, end, _ in found:
        assert find_private(text[start:end]) == [Private(0, end - start, find_private(text[start:end])[0].what)]
        assert not (text[start - 1 : start] + text[end : end + 1]).isdecimal()
    masked = mask_text(text)
    assert find_private(masked) == []
    assert mask_text(masked) == masked
    assert not has_private(mask_value(text))
    rest, values_taken = extract_private(text)
    assert not has_private(rest)
    assert len(values_taken) >= len(found)
    assert (rest == text) == (not found)


@pytest.mark.parametrize("length", [40, 64])
def test_a_digest_is_no_phone_though_one_in_a_hundred_has_the_digits(length):
    digest = ("ab13812345678cd" + "0f" * 30)[:length]
    assert find_private(digest) == []
    assert mask_text(f"提交 {digest}。") == f"提交 {digest}。"
    assert not has_private(f"sha256:{digest}")


def test_what_only_looks_like_a_digest_hides_nothing():
    assert values("ab13812345678cd") == ["13812345678"]
    assert values("ab13812345678cd" + "0f" * 30) == ["13812345678"]
    digest = "e" * 40
    assert values(f"{digest} 13812345678") == ["13812345678"]
