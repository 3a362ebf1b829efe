"""What the patterns find, what they leave, and that hostile text gets neither through nor in the way."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ports import Recogniser
from engine.privacy.policy import Finding, Kind
from tests.support.personal import planted

SPOKEN = "oh seven seven double two nine hundred one two three"
FOUND = {
    "email with a sentence after it": ("Write to Jane@Example.com. It broke", "Jane@Example.com", Kind.EMAIL),
    "email of a company's own": ("ask bob@corp.local now", "bob@corp.local", Kind.EMAIL),
    "email in full width": ("mail jane＠example．com ok", "jane＠example．com", Kind.EMAIL),
    "email hidden": ("jane [at] x [dot] com ok", "jane [at] x [dot] com", Kind.EMAIL),
    "email spoken": ("it's jane dot doe at example dot com yeah", "jane dot doe at example dot com", Kind.EMAIL),
    "email after its cue": ("my email is jane doe six at gmail dot com", "jane doe six at gmail dot com", Kind.EMAIL),
    "phone with zero in brackets": ("ring +44 (0) 7700 900123 now", "+44 (0) 7700 900123", Kind.PHONE),
    "phone with extension": ("(212) 555-0123 ext 4 please", "(212) 555-0123 ext 4", Kind.PHONE),
    "phone spoken": ("it's oh seven seven double two nine hundred one two three ok", SPOKEN, Kind.PHONE),
    "phone over a line's end": ("07700\n900123", "07700\n900123", Kind.PHONE),
    "phone with joiners inside": ("0\u200b7\u200b700 900123\u200b", "0\u200b7\u200b700 900123\u200b", Kind.PHONE),
    "phone in Arabic digits": ("رقم ٠٧٧٠٠٩٠٠١٢٣", "٠٧٧٠٠٩٠٠١٢٣", Kind.PHONE),
    "card before its expiry": ("4111 1111 1111 1111 12/26 123", "4111 1111 1111 1111", Kind.CARD),
    "card glued to words": ("card4111111111111111exp", "4111111111111111", Kind.CARD),
    "iban before a count": ("to DE89 3704 0044 0532 0130 00 2 days ago", "DE89 3704 0044 0532 0130 00", Kind.IBAN),
    "iban with a wrong digit": ("IBAN DE88370400440532013000", "DE88370400440532013000", Kind.IBAN),
    "social security": ("536-22-1234", "536-22-1234", Kind.NATIONAL_ID),
    "national insurance": ("it is ab 12 34 56 c", "ab 12 34 56 c", Kind.NATIONAL_ID),
    "passport": ("my passport number, the new one, is 123456789", "123456789", Kind.NATIONAL_ID),
    "sort code": ("sort code 20-00-00", "20-00-00", Kind.ACCOUNT),
    "account a few words on": ("my account number with you is 44712290", "44712290", Kind.ACCOUNT),
    "order before a count": ("order number 12345 2 weeks ago", "12345", Kind.ORDER),
    "order spelled": ("order number a b one two three four", "a b one two three four", Kind.ORDER),
    "order said in four digits": ("yeah hi order four four seven one", "four four seven one", Kind.ORDER),
    "booking code without digits": ("booking reference QWERTY please", "QWERTY", Kind.ORDER),
    "address of Britain": ("at 12 Park Lane, Leeds LS1 4AP since", "12 Park Lane, Leeds LS1 4AP", Kind.ADDRESS),
    "address of Germany": ("Hauptstraße 5, 10115 Berlin!", "Hauptstraße 5, 10115 Berlin", Kind.ADDRESS),
    "address of France": ("au 14 rue de la Paix, 75002 Paris.", "14 rue de la Paix, 75002 Paris", Kind.ADDRESS),
    "long number": ("what is 578273645546 doing here", "578273645546", Kind.ACCOUNT),
}  # fmt: skip


@pytest.mark.parametrize(("text", "value", "kind"), FOUND.values(), ids=FOUND)
def test_what_is_personal_is_found(recogniser: Recogniser, text: str, value: str, kind: Kind) -> None:
    [found] = recogniser.find([text])
    assert [(text[one.start : one.end], one.kind) for one in found] == [(value, kind)]


LEFT = {
    "price": "I paid £1,299.99 and then 1.250.000 COP and $45000 for it",
    "amount": "lost 4000 points, 12 000 miles and 3,500,000 subscribers",
    "date": "on 12/05/2024, 2024-06-03, 3.6.24, 14 March 2024 and March 3rd, 2023",
    "date and time": "2024-06-03 10:30:45 until 2024-06-03T18:00",
    "years": "we came in 2019, 2020, 2021, 2022 and 2023",
    "version": "version 10.3.2 on iOS 17.4.1 and v2.0.11",
    "rating": "5/5, then 10 out of 10, now 2/10",
    "flight": "flight BA1234 to JFK and LH 404",
    "product": "the WH-1000XM4 and an RTX 3080 with KB2000",
    "counting": "1 2 3 4 5 6 7 8 9 10 11 12",
    "said amounts": "twenty two minutes, one or two times, three hundred people",
    "at a shop": "bought at amazon.com, look at bbc.co.uk, meet at dot com towers",
    "at this point": "sent by mail. At this point to be fair",
    "way down the road": "5 minutes down the road, 2 way street, 10 minute drive",
    "ordinary capitals": "Great Service From Anna In Leeds, Thanks A Lot",
    "order counts": "order 3 times, booked 12 nights, account for 20 years, policy of 2019",
    "shouting": "REFUND MY ORDER PLEASE, THIS REFERENCE IS USELESS",
    "placeholder": "my order [ORDER 3f9a0c12d4e5] and [PHONE] and [CARD 0123456789ab]",
    "empty": "",
    "nothing seen": "\u200b\u200b \n",
}


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_what_is_not_personal_is_left(recogniser: Recogniser, text: str) -> None:
    [found] = recogniser.find([text])
    assert [(text[one.start : one.end], one.kind) for one in found] == []


def test_sixteen_digits_in_a_placeholder_are_a_card(recogniser: Recogniser) -> None:
    [found] = recogniser.find(["[CARD 4111111111111111]"])
    assert [one.kind for one in found] == [Kind.CARD]


PIECES = st.sampled_from(
    [
        "jane",
        "@",
        "x.com",
        " at ",
        " dot ",
        "[at]",
        "4111 1111 1111 1111",
        "07700 900123",
        "order number ",
        "AB123456C",
        "12 Park Lane",
        "one ",
        "double two ",
        "seven ",
        "\u200b",
        "é",
        "é",
        "９",
        "٣",
        "①",
        "㏂",
        "ﬁ",
        "İ",
        "\n",
        "[ORDER 3f9a0c12d4e5]",
        "DE89 3704 0044 0532 0130 00",
        "£12.50",
        "12/05/2024",
        " and 44556",
        "\x1a",
        "😀",
        "#",
        "-",
        ".",
        ",",
        " ",
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=14).map("".join)


@settings(max_examples=200)
@given(texts=st.lists(TEXTS, max_size=4))
def test_findings_are_sorted_apart_and_the_same_alone(recogniser: Recogniser, texts: list[str]) -> None:
    together = recogniser.find(texts)
    assert together == [recogniser.find([text])[0] for text in texts]
    for text, found in zip(texts, together, strict=True):
        edges = [edge for one in found for edge in (one.start, one.end)]
        assert edges == sorted(edges)
        assert all(0 <= one.start < one.end <= len(text) and 0 < one.score <= 1 for one in found)


def masked(text: str, found: list[Finding], digest: str) -> str:
    for one in reversed(found):
        text = f"{text[: one.start]}[{one.kind.value.upper()}{digest}]{text[one.end :]}"
    return text


@pytest.mark.parametrize("digest", ["", " 3f9a0c12d4e5"], ids=["masked", "hashed"])
def test_what_was_masked_is_not_found_again(recogniser: Recogniser, digest: str) -> None:
    texts = [row.text for row in planted(300, 9)]
    once = [masked(text, found, digest) for text, found in zip(texts, recogniser.find(texts), strict=True)]
    assert [text for text, found in zip(once, recogniser.find(once), strict=True) if found] == []


# What took longest of seventy repeated pieces, and those that patterns backtrack over as a rule.
HOSTILE = (
    "1-", "1 ", "123-", "1.", "+1 ", "(1) ", "12 Park Lane, ", "DE89 ", "a@", "a at b dot ", "one uh ",
    "order number is ", "a", "١",
)  # fmt: skip


def seconds(recogniser: Recogniser, text: str) -> float:
    started = time.process_time()
    recogniser.find([text])
    return time.process_time() - started


@pytest.mark.parametrize("piece", HOSTILE, ids=repr)
def test_hostile_text_takes_no_more_time_than_its_length(recogniser: Recogniser, piece: str) -> None:
    text = piece * (20_000 // len(piece))
    assert seconds(recogniser, text) < 5
