"""The redactor: what stands in place of personal data, in every field, and what stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feedback import Cue, Feedback, Part, Redaction, feedback_from_dict
from engine.intake import admit
from engine.privacy.erasing_intake import Wish, with_stored
from engine.privacy.policy import Action, Finding, Kind, Policy, policy_from_dict
from engine.privacy.pseudonym import Pseudonyms
from engine.privacy.redactor import PolicyRedactor
from engine.privacy.retention import Erasing
from engine.privacy.stand_ins import HIDDEN_CHARACTER, without_ours
from engine.program import Program
from engine.rules.words import words_of
from tests.support.clock import NOON
from tests.support.recognisers import KEY, PlainRecogniser, redactor_of

MAIL, PHONE = "ann@x.example", "07911 123456"
MASK, HASH, DROP, KEEP = Action.MASK, Action.HASH, Action.DROP, Action.KEEP
DIGEST = Pseudonyms(KEY).in_text


def record(text: str = "hello", **fields: Any) -> Feedback:
    return admit({"id": "f1", "text": text} | fields, Program(), NOON)


def one(policy: Policy, feedback: Feedback, **more: Any) -> Feedback:
    return redactor_of(policy, **more).redact([feedback])[0]


@pytest.mark.parametrize(
    ("action", "stands"),
    [
        pytest.param(MASK, "[PHONE_NUMBER]", id="mask"),
        pytest.param(HASH, f"[PHONE_NUMBER_{DIGEST(Kind.PHONE, PHONE)}]", id="hash"),
        pytest.param(DROP, "", id="drop"),
        pytest.param(KEEP, PHONE, id="keep"),
    ],
)
def test_what_stands_in_place_and_where(action: Action, stands: str) -> None:
    found = one(Policy({Kind.PHONE: action}), record(f"Call {PHONE} or {MAIL}!"))
    assert found.parts[0].text == f"Call {stands} or [EMAIL_ADDRESS]!"
    phone = [] if action is KEEP else [Redaction("parts.0.text", 5, 5 + len(stands), "phone", str(action))]
    begins = len(f"Call {stands} or ")
    assert list(found.redactions) == [*phone, Redaction("parts.0.text", begins, begins + 15, "email", "mask")]
    assert feedback_from_dict(found.as_dict()).redactions == found.redactions


def test_the_same_value_written_in_another_way_has_the_same_digest() -> None:
    texts = [f"call {PHONE}", "call (07911) 12-34-56", "call ٠٧٩١١ ١٢٣٤٥٦", "call 07911 123457"]
    digests = [DIGEST(Kind.PHONE, text.removeprefix("call ")) for text in texts]
    assert digests[0] == digests[1] == digests[2] != digests[3]
    assert DIGEST(Kind.EMAIL, "Ann.Lee@X.example") == DIGEST(Kind.EMAIL, "ann dot lee at x dot example")
    assert Pseudonyms(KEY[::-1]).in_text(Kind.PHONE, PHONE) != digests[0]


@pytest.mark.parametrize("action", [MASK, HASH])
def test_a_stand_in_is_one_word_and_no_word_that_a_rule_would_ask_for(action: Action) -> None:
    policy = Policy(dict.fromkeys(Kind, action))
    text = one(policy, record(f"{MAIL}, {PHONE}, ORD-12345")).parts[0].text
    words = words_of(text).words
    assert len(words) == 3
    assert not {"phone", "email", "order", "number", "address"} & set(words)


FIELDS = [
    pytest.param({"customer": MAIL}, {"customer"}, id="customer"),
    pytest.param({"employee": MAIL}, {"employee"}, id="employee"),
    pytest.param({"channel": f"mail of {MAIL}"}, {"channel"}, id="channel"),
    pytest.param({"attributes": {"note": f"to {MAIL}"}}, {"attributes.note"}, id="attribute"),
    pytest.param({"attributes": {"phone": 447911123456}}, {"attributes.phone"}, id="number"),
    pytest.param({"attributes": {MAIL: "x"}}, {"attribute_names.[EMAIL_ADDRESS]"}, id="name"),
    pytest.param(
        {"attributes": {MAIL: MAIL}}, {"attribute_names.[EMAIL_ADDRESS]", "attributes.[EMAIL_ADDRESS]"}, id="both"
    ),
]


@pytest.mark.parametrize(("fields", "places"), FIELDS)
def test_every_field_is_looked_at(fields: dict[str, Any], places: set[str]) -> None:
    found = one(Policy(), record(**fields))
    assert {redaction.field for redaction in found.redactions} == places
    assert MAIL not in str(found.as_dict())
    assert "447911123456" not in str(found.as_dict())


def test_questions_and_all_parts_are_looked_at_and_cues_move_along() -> None:
    said = Part(f"I am {MAIL} and I wait", f"Is {PHONE} yours?", cues=(Cue(0, 0, 1), Cue(7, 1, 2), Cue(19, 2, 3)))
    found = one(Policy(), replace(record(), parts=(said, Part(f"{PHONE} again", speaker="agent"))))
    assert [part.text for part in found.parts] == ["I am [EMAIL_ADDRESS] and I wait", "[PHONE_NUMBER] again"]
    assert found.parts[0].question == "Is [PHONE_NUMBER] yours?"
    assert [(cue.at, found.parts[0].text[cue.at :][:5]) for cue in found.parts[0].cues] == [
        (0, "I am "),
        (5, "[EMAI"),
        (21, "and I"),
    ]


def test_who_is_named_by_personal_data_stays_the_same_somebody() -> None:
    redactor = redactor_of()
    first, second = redactor.redact([record(customer=MAIL), record(customer=f" {MAIL.upper()} ")])
    assert first.customer == second.customer == redactor.customer(MAIL)
    assert str(first.customer).startswith("email-")
    assert len(str(first.customer)) == len("email-") + 16
    # What stands for somebody stands for them again.
    assert redactor.customer(str(first.customer)) == first.customer
    assert redactor.customer("C-77") == one(Policy(), record(customer="C-77")).customer == "C-77"
    two = redactor.redact([record(customer=f"Ann <{MAIL}>"), record(customer=f"Bob <{MAIL}>")])
    assert len({one.customer for one in two} | {first.customer}) == 3


@pytest.mark.parametrize(
    ("policy", "customer", "stored"),
    [
        pytest.param(Policy(fields={"customer": MASK}), MAIL, "[EMAIL_ADDRESS]", id="mask"),
        pytest.param(Policy(fields={"customer": DROP}), MAIL, None, id="drop"),
        pytest.param(Policy(fields={"customer": KEEP}), MAIL, MAIL, id="keep"),
        pytest.param(Policy(always={"customer": DROP}), "C-77", None, id="always drop"),
        pytest.param(Policy(always={"customer": MASK}), "C-77", "[HIDDEN_VALUE]", id="always mask"),
    ],
)
def test_what_a_program_says_of_customers(policy: Policy, customer: str, stored: str | None) -> None:
    assert one(policy, record(customer=customer)).customer == stored
    # Nobody must find, or erase, all who are stored as the same.
    assert redactor_of(policy).customer(customer) == customer


def test_customers_can_always_be_pseudonyms() -> None:
    redactor = redactor_of(Policy(always={"customer": HASH}))
    stored = [
        one.customer for one in redactor.redact([record(customer=who) for who in ("C-77", "C-77 ", "C-78", MAIL)])
    ]
    assert stored[0] == stored[1] == redactor.customer("C-77")
    assert len(set(stored)) == 3
    assert all(str(one).startswith("customer-") for one in stored)


def test_an_employee_who_is_known_is_a_reference() -> None:
    known = redactor_of(knows=lambda employee: employee == MAIL)
    assert known.redact([record(employee=MAIL)])[0].employee == MAIL
    assert known.redact([record(employee=f"x{MAIL}")])[0].employee != f"x{MAIL}"


@pytest.mark.parametrize(
    ("action", "value", "stored"),
    [
        pytest.param(MASK, "gold", {"x": "[HIDDEN_VALUE]"}, id="mask"),
        pytest.param(HASH, "gold", {"x": f"[HIDDEN_VALUE_{DIGEST(None, 'gold')}]"}, id="hash"),
        pytest.param(HASH, MAIL, {"x": f"[EMAIL_ADDRESS_{DIGEST(Kind.EMAIL, MAIL)}]"}, id="hash what is recognised"),
        pytest.param(DROP, "gold", {}, id="drop"),
        pytest.param(KEEP, MAIL, {"x": MAIL}, id="keep"),
        pytest.param(MASK, 3, {"x": "[HIDDEN_VALUE]"}, id="a number"),
        pytest.param(DROP, True, {}, id="a flag"),
    ],
)
def test_an_attribute_goes_as_a_whole_when_the_program_says_so(action: Action, value: Any, stored: Any) -> None:
    policy = Policy(fields={"attributes.x": action})
    assert one(policy, record(attributes={"x": value})).attributes == stored


def test_where_a_number_must_stand_nothing_stands_for_it() -> None:
    found = one(Policy(), record(attributes={"x": 447911123456, "y": 5}), typed=["x"])
    assert found.attributes == {"y": 5.0}
    assert found.redactions == (Redaction("attributes.x", 0, 0, "phone", "drop"),)


def test_attributes_whose_names_become_the_same_stay_apart() -> None:
    found = one(Policy(), record(attributes={"a@x.example": "1", "b@x.example": "2", "[EMAIL_ADDRESS] 2": "3"}))
    assert sorted(found.attributes.values()) == ["1", "2", "3"]


def test_what_the_service_wrote_itself_is_not_masked_again() -> None:
    redactor = redactor_of(Policy({Kind.PHONE: HASH}))
    stored = redactor.redact([record(f"call {PHONE}", customer=MAIL)])[0]
    texts = [stored.text, str(stored.customer), "al_0123456789ab", f"[PHONE_NUMBER] {PHONE}"]
    dots = "".join(c if c == " " else HIDDEN_CHARACTER for c in PHONE)
    assert redactor.mask(texts) == [*texts[:3], f"[PHONE_NUMBER] {dots}"]
    # A digest without a letter could be anybody's number.
    number = [Finding(14, 26, Kind.PHONE)]
    assert without_ours("[PHONE_NUMBER_079111234567]", number) == number
    assert without_ours("[PHONE_NUMBER_07911123456a]", number) == []


def test_what_is_redacted_stays_as_it_is_and_a_text_is_looked_at_once() -> None:
    recogniser = PlainRecogniser()
    redactor = PolicyRedactor(recogniser, Policy(), Pseudonyms(KEY))
    once = redactor.redact([record(f"call {PHONE}")] * 3 + [record(attributes={"store": "Leeds"})])
    assert recogniser.asked.count(f"call {PHONE}") == 1
    assert redactor.redact(once) == once
    assert len(recogniser.asked) == len(set(recogniser.asked))


def test_a_policy_is_the_same_when_it_is_read_again() -> None:
    policy = Policy({Kind.PHONE: DROP}, {"attributes.x": HASH}, {"customer": MASK}, names=True, keep_originals=True)
    assert policy_from_dict(policy.as_dict()) == policy


ACTIONS = st.sampled_from(Action)
POLICIES = st.builds(
    Policy,
    kinds=st.dictionaries(st.sampled_from(Kind), ACTIONS),
    fields=st.dictionaries(
        st.sampled_from(["text", "question", "customer", "employee", "channel", "attributes", "attributes.x"]), ACTIONS
    ),
    always=st.dictionaries(st.sampled_from(["customer", "channel"]), ACTIONS),
)
WORDS = st.lists(
    st.sampled_from([MAIL, PHONE, "ORD-12345", "hello", "[PHONE_NUMBER]", "é 🙂", ".", "1", ""]), max_size=8
)
TEXTS = WORDS.map(" ".join) | WORDS.map("".join)
VALUES = TEXTS.filter(bool) | st.booleans() | st.sampled_from([447911123456.0, 3.5])
RECORDS = st.builds(
    Feedback,
    id=st.just("f1"),
    parts=st.lists(
        st.builds(Part, text=TEXTS, question=st.none() | TEXTS.filter(bool), cues=st.just((Cue(0, 0, 1),))),
        min_size=1,
        max_size=3,
    ).map(tuple),
    attributes=st.dictionaries(st.sampled_from(["x", "y", MAIL, f"b{MAIL}", "[EMAIL_ADDRESS]"]), VALUES).map(
        lambda found: dict(sorted(found.items()))
    ),
    channel=st.none() | TEXTS.filter(bool),
    customer=st.none() | TEXTS.filter(bool),
    employee=st.none() | TEXTS.filter(bool),
)


@given(POLICIES, RECORDS, st.sampled_from([(), ("x",)]))
def test_what_was_taken_out_can_be_put_back(policy: Policy, feedback: Feedback, typed: tuple[str, ...]) -> None:
    taken = redactor_of(policy, typed=typed).take([feedback])[0]
    back = taken.original()
    assert replace(back.feedback, received=()) == feedback
    assert len(taken.values) == len(taken.feedback.redactions)
    for place, part in enumerate(taken.feedback.parts):
        kept = [one for one in taken.feedback.redactions if one.field == f"parts.{place}.text"]
        edges = [0, *(edge for one in kept for edge in (one.start, one.end)), len(part.text)]
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            old_start, old_end = back.span(place, start, end)
            assert part.text[start:end] in feedback.parts[place].text[old_start:old_end]
        assert back.span(place, 0, len(part.text))[1] == len(feedback.parts[place].text)


@pytest.mark.parametrize("customer", ["C-77", MAIL, PHONE, f"Ann <{MAIL}>"])
@pytest.mark.parametrize(
    "before",
    [
        pytest.param(Policy(), id="by kind"),
        pytest.param(Policy(always={"customer": HASH}), id="always"),
        pytest.param(Policy(fields={"customer": KEEP}, always={"customer": HASH}), id="always, kinds kept"),
        pytest.param(Policy(fields={"customer": KEEP}), id="kept"),
    ],
)
def test_a_customer_is_found_by_what_an_earlier_policy_stored(before: Policy, customer: str) -> None:
    now = redactor_of(Policy(fields={"customer": DROP}))
    wish = with_stored(Wish(customer, Erasing.DELETE, "me"), now)
    assert one(before, record(customer=customer)).customer in (wish.customer, *wish.stored)
    # Who is named by more than that is somebody else.
    assert one(before, record(customer=f"Bob {customer}")).customer not in (wish.customer, *wish.stored)
