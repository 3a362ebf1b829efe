"""A small identity provider on this machine: OpenID Connect with codes, PKCE and signed tokens."""

from __future__ import annotations

import base64
import hashlib
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "heedful", "a-secret-of-the-client"


@dataclass
class IdentityProvider:
    """A provider; what it says of the next visitor, and where it lies, is set by tests."""

    issuer: str = ""
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    claims: dict[str, Any] = field(default_factory=dict)
    token: dict[str, Any] = field(default_factory=dict)
    description: dict[str, Any] = field(default_factory=dict)
    signing_key: Any = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def describe() -> dict[str, Any]:
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "response_types_supported": ["code"],
                "id_token_signing_alg_values_supported": ["RS256"],
            } | self.description

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            return {"keys": [self.key.as_dict(private=False)]}

        @app.get("/authorize")
        def authorize(request: Request) -> RedirectResponse:
            asked = dict(request.query_params)
            assert asked["code_challenge_method"] == "S256"
            code = secrets.token_urlsafe(16)
            self.codes[code] = asked
            return RedirectResponse(
                f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}", 302
            )

        @app.post("/token")
        async def give(request: Request) -> JSONResponse:
            said = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
            asked = self.codes.pop(said["code"], None)
            given = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            challenge = hashlib.sha256(said["code_verifier"].encode()).digest()
            is_right = asked is not None and request.headers["authorization"] == f"Basic {given}"
            if not is_right or base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() != asked["code_challenge"]:
                return JSONResponse({"error": "invalid_grant"}, 400)
            now = int(time.time())
            claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
            signed = jwt.encode(
                {"alg": "RS256", "kid": "k1"}, claims | self.claims | self.token, self.signing_key or self.key
            )
            return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": signed})

        return app


@contextmanager
def provided() -> Iterator[IdentityProvider]:
    """Run a provider."""
    listening = socket.create_server(("127.0.0.1", 0))
    found = IdentityProvider(f"http://127.0.0.1:{listening.getsockname()[1]}")
    server = uvicorn.Server(uvicorn.Config(found.app(), log_level="warning"))
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]))
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield found
    finally:
        server.should_exit = True
        thread.join(10)
