"""What must hold of a receiver, and of all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from engine.delivery.schemes import SCHEMES, Shape, scheme_of
from engine.delivery.spec import ADDRESS, OPERATORS, ReceiverSpec
from engine.located import Findings, Node
from engine.names import show, unknown

SOMEBODY = {Shape.MAIL: "somebody%40example.com", Shape.SHORT: "%2B447700900123", Shape.TEXT: "123456789"}
WEB = frozenset({"webhook", "slack", "teams"})


def check_receiver(spec: ReceiverSpec, node: Node, findings: Findings) -> None:
    """Report what of a receiver is missing or clashes."""
    where = node.get("url") or node
    if spec.kind in WEB and not is_web(spec.url or ""):
        findings.error(where, f"receiver {spec.name} needs a url that starts with http:// or https://")
    elif spec.kind == "apprise":
        _check_scheme(spec, where, findings)
    if spec.takes_address and ADDRESS in _place(spec.url or ""):
        findings.error(where, f"{ADDRESS} cannot stand in the host of a url; it goes into the path or the query")
    if spec.kind == "webhook" and not spec.secret:
        findings.error(node, f"receiver {spec.name} needs a secret to sign its messages, such as ${{WEBHOOK_SECRET}}")
    digest = node.get("digest_at")
    if digest and spec.budget is None:
        findings.error(digest, "digest_at says when what is over the budget is sent: give a budget as well")
    _check_customers(spec, node, findings)


def check_together(specs: Mapping[str, ReceiverSpec], nodes: Mapping[str, Node], findings: Findings) -> None:
    """Report what only shows beside the other receivers: fallbacks, and what ``operators`` must be."""
    for name, node in nodes.items():
        spec = specs[name]
        if name == OPERATORS and (spec.takes_address or spec.to_customer):
            findings.error(node, "operators get what nobody else does: give them an address of their own")
        if spec.fallback is not None:
            message = _wrong_fallback(spec, specs)
            if message:
                findings.error(node.get("fallback") or node, message)


def is_web(url: str) -> bool:
    """Return whether a URL is one that can be posted to."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # an open bracket, or a port that is none
        return False


def _check_scheme(spec: ReceiverSpec, where: Node, findings: Findings) -> None:
    scheme = scheme_of(spec.url or "")
    if spec.url is None:
        findings.error(where, f"receiver {spec.name} needs a url, such as mailtos://USER:PASSWORD@HOST?to={ADDRESS}")
    elif scheme not in SCHEMES:
        # The list is fixed: what Apprise can do beyond it, such as running programs, is not wanted here.
        named = unknown("scheme", scheme, SCHEMES)
        findings.error(where, f"{named}; Heedful sends to these over Apprise: {', '.join(sorted(SCHEMES))}")
    elif not findings.errors:
        _check_service(spec, SCHEMES[scheme], where, findings)


def _check_service(spec: ReceiverSpec, shape: Shape, where: Node, findings: Findings) -> None:
    """Report a URL that the service does not take, or that names several people: some of them would get it twice."""
    # Only here, and only for programs that send over it: it is large.
    from engine.delivery.others import service_of, targets_of

    service = service_of((spec.url or "").replace(ADDRESS, SOMEBODY[shape]))
    if service is None:
        findings.error(where, f"the url of receiver {spec.name} is not one that its service takes")
    elif targets_of(service) != 1:
        said = f"names {targets_of(service)} targets, and each needs a receiver of its own"
        findings.error(where, f"receiver {spec.name} {said}")


def _place(url: str) -> str:
    """Return scheme, user and host of a URL."""
    _, _, rest = url.partition("://")
    return rest.replace("?", "/").replace("#", "/").partition("/")[0]


def _check_customers(spec: ReceiverSpec, node: Node, findings: Findings) -> None:
    named = node.get("address_attribute")
    if named and not spec.to_customer:
        findings.error(named, "address_attribute says where a customer's address is: it needs to_customer: true")
    if spec.to_customer and spec.takes_address and spec.address_attribute is None:
        findings.error(node, f"receiver {spec.name} needs an address_attribute, which has the customer's address")
    if spec.to_customer and not spec.takes_address and spec.kind == "apprise":
        findings.error(node, f"receiver {spec.name} needs {ADDRESS} in its url, for the customer's address")
    if named and spec.to_customer and not spec.takes_address and spec.kind != "apprise":
        findings.error(named, f"the url has no {ADDRESS} for the address to stand in")


def _wrong_fallback(spec: ReceiverSpec, specs: Mapping[str, ReceiverSpec]) -> str | None:
    """Return what is wrong with a receiver's fallback, or None."""
    fallback = specs.get(spec.fallback or "")
    if fallback is None:
        return unknown("receiver", spec.fallback or "", specs)
    if fallback.to_customer or spec.to_customer:
        return "what is for customers has no fallback, and is none"
    if fallback.takes_address and not spec.takes_address:
        return f"{fallback.name} needs an address, which messages to {spec.name} do not have"
    way = [spec.name]
    while fallback is not None and fallback.fallback is not None and fallback.name not in way:
        way.append(fallback.name)
        fallback = specs.get(fallback.fallback)
    if fallback is not None and fallback.name in way:
        return f"fallbacks go round in a circle: {show(' -> '.join((*way, fallback.name)))}"
    return None
