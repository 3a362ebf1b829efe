"""Public sets with labels of their own schemes: a table of what maps to the default trees.

Only what maps is taken, and of that only the labels that the set decides: a leaf that a row may or may not deserve is
unknown there and does not train. A set that is absent from the folder is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.taxonomy import Taxonomy
from training.data import Labelled, Labels, refuse_benchmarks

Paths = Mapping[str, Sequence[str]]


@dataclass(frozen=True, eq=False)
class MappedSet:
    """A set and what its labels mean here.

    Parameters
    ----------
    path
        Under the folder of data sets.
    labels
        For each of its labels that maps: the leaves that hold, by task. A task that is named is judged.
    doubtful
        Leaves, by task, that rows of this set leave open where they are not named to hold.
    """

    title: str
    path: Path
    licence: str
    labels: Mapping[str, Paths]
    doubtful: Paths = field(default_factory=dict)


def _each(names: str, **leaves: Sequence[str]) -> dict[str, Paths]:
    return dict.fromkeys(names.split(), leaves)


_ASKING = ("question", "complaint", "defect", "repeat-contact", "contact-request", "refund-request", "churn")
_FEES = (
    "card_payment_fee_charged cash_withdrawal_charge transfer_fee_charged exchange_charge"
    " top_up_by_bank_transfer_charge top_up_by_card_charge"
)
_WRONG = (
    "transaction_charged_twice wrong_amount_of_cash_received card_payment_wrong_exchange_rate"
    " wrong_exchange_rate_for_cash_withdrawal extra_charge_on_statement"
)
_FAILED = (
    "declined_card_payment pending_card_payment card_not_working failed_transfer declined_transfer top_up_failed"
    " top_up_reverted pending_top_up pending_transfer declined_cash_withdrawal contactless_not_working"
    " virtual_card_not_working"
)
_ACCESS = "passcode_forgotten verify_my_identity unable_to_verify_identity why_verify_identity pin_blocked"

SETS = (
    MappedSet(
        "Banking77",
        Path("clean/banking77/train.jsonl"),
        "CC BY 4.0",
        {
            **_each(_FEES, topic=["price/fees"]),
            **_each(_WRONG, topic=["billing/accuracy"]),
            **_each(_FAILED, topic=["billing/payment"]),
            **_each(_ACCESS, topic=["digital/access"]),
            **_each("Refund_not_showing_up", topic=["billing/refunds"], intent=["question"]),
            **_each("request_refund", topic=["billing/refunds"], intent=["refund-request"]),
            **_each("terminate_account", intent=["churn"]),
            **_each("card_arrival card_delivery_estimate", topic=["delivery/speed"]),
            **_each("compromised_card", topic=["policy/fraud"]),
            **_each("age_limit", topic=["policy/terms"], intent=["question"]),
        },
        {
            "intent": [name for name in _ASKING if name not in ("refund-request", "churn", "contact-request")],
            "topic": [
                "billing/accuracy",
                "billing/payment",
                "price/fees",
                "policy/fraud",
                "policy/privacy",
                "policy/terms",
                "delivery/tracking",
                "booking/changes",
                "digital/reliability",
                "digital/ease-of-use",
                "product/quality",
                "communication/proactivity",
            ],
        },
    ),
    MappedSet(
        "NLU++",
        Path("clean/nlupp/train.jsonl"),
        "CC BY 4.0",
        {
            **_each("handoff", intent=["contact-request"]),
            **_each("thank", emotion=["joy/gratitude"]),
            **_each("fees_interests", topic=["price/fees"]),
            **_each("parking gym swimming_pool spa", topic=["premises/comfort"]),
        },
        {
            "intent": _ASKING,
            "topic": [
                "booking/process",
                "booking/changes",
                "billing/payment",
                "billing/accuracy",
                "product/availability",
            ],
            "emotion": ["neutral/neutral", "joy/approval"],
        },
    ),
    MappedSet(
        "DSTC11 NatCS",
        Path("clean/dstc11_natcs/train.jsonl"),
        "CDLA-Permissive-2.0",
        {
            **_each("CancelPlan", intent=["churn"], topic=["booking/changes"]),
            **_each("ResetPassword CreateAccount", topic=["digital/access"]),
            **_each("PayBill CheckPaymentStatus UpdatePaymentPreference", topic=["billing/payment"]),
            **_each("ReportBillingIssue", topic=["billing/accuracy"]),
        },
        {
            "intent": [name for name in _ASKING if name != "churn"],
            "topic": ["billing/accuracy", "billing/payment", "booking/process", "digital/ease-of-use", "price/fees"],
        },
    ),
    MappedSet(
        "CLINC150",
        Path("clean/clinc150/train.jsonl"),
        "CC BY 3.0",
        {
            **_each("report_fraud", topic=["policy/fraud"]),
            **_each("account_blocked", topic=["digital/access"]),
            **_each("card_declined pay_bill", topic=["billing/payment"]),
            **_each("how_busy", topic=["premises/queues"]),
            **_each("order_status", topic=["delivery/tracking"]),
            **_each("redeem_rewards rewards_balance", topic=["price/offers"]),
            **_each("international_fees", topic=["price/fees"]),
            **_each("thank_you", emotion=["joy/gratitude"]),
        },
        {
            "topic": ["delivery/speed", "billing/accuracy", "premises/comfort", "product/availability"],
            "emotion": ["joy/approval", "joy/joy"],
        },
    ),
    MappedSet(
        "MAMS",
        Path("clean/mams_acsa/train.jsonl"),
        "Apache-2.0",
        {
            **_each("price", topic=["price/value"]),
            **_each("ambience", topic=["premises/comfort"]),
            **_each("food", topic=["product/quality"]),
            **_each("negative", intent=["complaint"]),
            **_each("positive", intent=["praise"]),
        },
        {
            # Staff, service, menu and place have no leaf of their own: which one holds stays open.
            "topic": [
                "staff/attitude",
                "staff/competence",
                "staff/availability",
                "premises/queues",
                "premises/comfort",
                "premises/cleanliness",
                "product/availability",
                "product/quality",
                "price/value",
                "delivery/speed",
                "delivery/condition",
                "support/resolution",
                "booking/process",
                "brand/trust",
            ],
            "intent": ["suggestion", "question"],
        },
    ),
)


def mapped_sets(folder: Path, taxonomy: Taxonomy) -> dict[MappedSet, list[Labelled]]:
    """Return what maps of each set that is in the folder; none for trees that lack the default leaves.

    Raises
    ------
    DataError
        If a set may only be measured on.
    """
    return {one: list(_mapped(folder / one.path, one, taxonomy)) for one in SETS if (folder / one.path).exists()}


def _mapped(path: Path, one: MappedSet, taxonomy: Taxonomy) -> Iterator[Labelled]:
    refuse_benchmarks(path)
    names = Labels(taxonomy)
    with path.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            polarities = {polarity for _, polarity in row.get("aspects", ())}
            found = [one.labels[label] for label in [*row["labels"], *polarities] if label in one.labels]
            if found:
                yield _labelled(row, found, one.doubtful, names)


def _labelled(row: Mapping[str, str], found: Sequence[Paths], doubtful: Paths, names: Labels) -> Labelled:
    labels = np.zeros((1, len(names.taxonomy.columns)), np.float32)
    known = np.zeros_like(labels)
    for task in {task for paths in found for task in paths}:
        known[:, names.taxonomy.slices[task]] = 1
        for name in doubtful.get(task, ()):
            known[:, names.column(task, name)] = 0
    for task, leaves in ((task, leaves) for paths in found for task, leaves in paths.items()):
        for name in leaves:
            labels[:, names.column(task, name)] = known[:, names.column(task, name)] = 1
    return Labelled(row["id"], row["text"], ((0, len(row["text"])),), labels, known)
