"""The pages that links in messages lead to: plain, readable by anybody, without a script."""

from __future__ import annotations

import base64
import hashlib

from fastapi import Response
from markupsafe import Markup

from engine.alerts.alert import Alert
from engine.delivery.links import Claim

_STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem;"
    "color:#111;background:#fff}"
    "button{font:inherit;padding:.6rem 1.4rem;border:2px solid #111;border-radius:.4rem;background:#111;color:#fff}"
    "button:focus-visible{outline:3px solid #06c;outline-offset:2px}"
)
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
_PAGE = Markup(
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    "<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{main}\n</main>\n"
    "</body>\n</html>\n"
)
_ABOUT = Markup("<p>Alert: <strong>{title}</strong> ({severity}), opened {opened:%Y-%m-%d %H:%M} UTC.</p>\n")
_ASK = Markup(
    "<p>You do this as {who}. Nothing is done until you press the button.</p>\n"
    '<form method="post"><button type="submit">{label}</button></form>'
)
_SAY = Markup("<p>{said}</p>")


def asking(claim: Claim, alert: Alert) -> Response:
    """Return the page that says what a link does, with the button that does it."""
    return _page(claim.action.label, _about(alert) + _ASK.format(who=claim.who, label=claim.action.label), 200)


def saying(title: str, said: str, status: int, alert: Alert | None = None) -> Response:
    """Return a page that says something."""
    return _page(title, (_about(alert) if alert else Markup()) + _SAY.format(said=said), status)


def _about(alert: Alert) -> Markup:
    return _ABOUT.format(title=alert.title, severity=alert.severity, opened=alert.opened_at)


def _page(title: str, main: Markup, status: int) -> Response:
    # The style is ours, and must stay as it was hashed.
    text = _PAGE.format(title=title, style=Markup(_STYLE), main=main)  # noqa: S704
    return Response(str(text), status, HEADERS, "text/html; charset=utf-8")
