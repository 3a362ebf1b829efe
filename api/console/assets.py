"""The console's own script, style and icon: small, local, and kept by browsers until they change."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import PurePath

from fastapi import Response

from api.console.palette import tokens
from engine.errors import NotFoundError

STATIC = files("api.console").joinpath("static")
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
KINDS = {one.name: TYPES[PurePath(one.name).suffix] for one in STATIC.iterdir() if PurePath(one.name).suffix in TYPES}


@cache
def content(name: str) -> bytes:
    """Return what an asset says."""
    text = STATIC.joinpath(name).read_text("utf-8")
    return ((tokens() + "\n" if name == "console.css" else "") + text).encode()


@cache
def address(name: str) -> str:
    """Return the address of an asset, another one whenever it says something else."""
    return f"/_console/{name}?v={hashlib.sha256(content(name)).hexdigest()[:12]}"


def asset(name: str) -> Response:
    """Return an asset.

    Raises
    ------
    NotFoundError
        If there is none of that name.
    """
    if name not in KINDS:
        raise NotFoundError("there is no such file")
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(content(name), 200, headers, f"{KINDS[name]}; charset=utf-8")
