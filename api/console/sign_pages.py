"""The pages of signing in: plain forms that work without a script."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import quote

from fastapi import Response
from markupsafe import Markup

from api.console.palette import tokens

_STYLE = (
    tokens() + "*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;"
    "font:1rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground)}"
    "main{width:100%;max-width:24rem;background:var(--surface);border:1px solid var(--line);border-radius:.75rem;"
    "padding:2rem}h1{font-size:1.4rem;margin:0 0 1rem}p{margin:0 0 1rem}label{display:block;font-weight:600}"
    "input{width:100%;font:inherit;padding:.6rem .7rem;margin:.25rem 0 1rem;border:1px solid var(--edge);"
    "border-radius:.4rem;background:var(--ground);color:var(--ink)}"
    "button,.button{display:block;width:100%;font:inherit;font-weight:600;text-align:center;padding:.65rem 1rem;"
    "border:1px solid var(--accent);border-radius:.4rem;background:var(--accent);color:var(--on-accent);"
    "cursor:pointer;text-decoration:none}.button{background:none;color:var(--accent);margin-top:1rem}"
    ":focus-visible{outline:3px solid var(--accent);outline-offset:2px}"
    "[role=alert]{padding:.6rem .8rem;border-radius:.4rem;border:1px solid var(--bad);color:var(--bad)}"
)
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
# Forms tell where they come from: no-referrer would make browsers hide it.
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; frame-ancestors 'none'; img-src 'self'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
_PAGE = Markup(
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" '
    'content="light dark">\n<link rel="icon" href="/favicon.ico">\n<title>{title} - Heedful</title>\n'
    "<style>{style}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{main}\n</main>\n</body>\n</html>\n"
)
_PROBLEM = Markup('<p role="alert">{said}</p>\n')
_FORM = Markup(
    '<form method="post" action="/sign-in">\n<input type="hidden" name="next" value="{wanted}">\n'
    '<label for="email">E-mail</label>\n'
    '<input id="email" name="email" type="email" autocomplete="username" required maxlength="200" value="{email}"'
    "{focus}>\n"
    '<label for="password">Password</label>\n'
    '<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="400">\n'
    '<button type="submit">Sign in</button>\n</form>\n'
)
_PROVIDER = Markup('<a class="button" href="/sign-in/provider?next={wanted}">Sign in with {name}</a>\n')
_LINK = Markup(
    "<p>You sign in as <strong>{name}</strong> ({email}). The link works once.</p>\n"
    '<form method="post"><button type="submit">Sign in</button></form>\n'
)
_SAY = Markup("<p>{said}</p>\n")
_BACK = Markup('<p><a class="button" href="/sign-in">Sign in another way</a></p>\n')


def form(wanted: str, *, email: str = "", said: str = "", provider: str | None = None, status: int = 200) -> Response:
    """Return the page with the form.

    Parameters
    ----------
    wanted
        Where somebody goes next; it must be a path of this service.
    said
        What was wrong with the last try.
    provider
        The name of the identity provider, where there is one.
    """
    focus = Markup(" autofocus") if not email else Markup()
    main = _PROBLEM.format(said=said) if said else Markup()
    main += _FORM.format(wanted=wanted, email=email, focus=focus)
    if provider is not None:
        main += _PROVIDER.format(wanted=quote(wanted, safe=""), name=provider)
    return _page("Sign in", main, status)


def link(name: str, email: str) -> Response:
    """Return the page of a link that signs in: looking at it does nothing, its button does."""
    return _page("Sign in", _LINK.format(name=name, email=email), 200)


def saying(title: str, said: str, status: int) -> Response:
    """Return a page that says something, and leads to the form."""
    return _page(title, _SAY.format(said=said) + _BACK, status)


def _page(title: str, main: Markup, status: int) -> Response:
    # The style is ours, and must stay as it was hashed.
    text = _PAGE.format(title=title, style=Markup(_STYLE), main=main)  # noqa: S704
    return Response(str(text), status, HEADERS, "text/html; charset=utf-8")
