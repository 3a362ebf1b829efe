"""Signing in with an identity provider that runs beside the console, and with one that lies."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey

from api.console.oidc import provider_of
from engine.accounts import Account
from engine.errors import SignInError
from engine.scope import Role
from tests.console.browsing import Console, served
from tests.console.provider import CLIENT, SECRET, IdentityProvider, provided

ANN = {"sub": "a1", "email": "ann@corp.example", "email_verified": True, "name": "Ann Lee", "groups": ["voc", "agents"]}
ROLES = {"bosses": "admin", "agents": "agent", "voc": "viewer"}


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    with provided() as found:
        yield found


@pytest.fixture(scope="module")
def desk(provider: IdentityProvider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    settings = {
        "public_url": "http://voc.example",
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_name": "Corp <b>",
        "oidc_role_claim": "groups",
        "oidc_roles": ROLES,
        "oidc_unit_claim": "unit",
        "oidc_person_claim": "staff_id",
    }
    with served(tmp_path_factory.mktemp("oidc"), None, settings=settings) as found:
        yield found


@pytest.fixture(autouse=True)
def honest(provider: IdentityProvider) -> Iterator[None]:
    yield
    provider.claims, provider.token, provider.description, provider.signing_key = {}, {}, {}, None


@pytest.fixture
def visitor(desk: Console) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=desk.base) as found:
        yield found


def come(visitor: httpx.Client, desk: Console, wanted: str = "/account", **change: str) -> httpx.Response:
    """Go to the provider and back, as a browser does."""
    leaves = visitor.get("/sign-in/provider", params={"next": wanted})
    assert leaves.status_code == 302, leaves.text
    back = httpx.get(leaves.headers["location"])
    url = httpx.URL(back.headers["location"].replace("http://voc.example", desk.base))
    return visitor.get(url.copy_merge_params(change))


def account(desk: Console, email: str) -> Account:
    return desk.service.store.accounts.by_email(email)[0]


def test_somebody_new_gets_the_role_and_unit_that_the_provider_says(
    provider: IdentityProvider, desk: Console, visitor: httpx.Client
) -> None:
    assert "Sign in with Corp &lt;b&gt;" in visitor.get("/sign-in").text
    provider.claims = ANN | {"unit": "emea/uk", "staff_id": "ann"}
    answer = come(visitor, desk)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert "Ann Lee" in visitor.get("/account").text
    made = account(desk, "ann@corp.example")
    assert (made.role, made.unit, made.person) == (Role.AGENT, "emea/uk", "ann")
    provider.claims |= {"groups": "bosses", "unit": "*", "email": "ann.lee@corp.example"}
    assert come(visitor, desk).status_code == 303
    now = account(desk, "ann@corp.example")
    assert (now.id, now.role, now.unit) == (made.id, Role.ADMIN, None), "known by the subject, whatever the address"
    said = [
        (one.entry.what, one.entry.data["role"]) for one in desk.service.store.audit.page(subject="ann@corp.example")
    ]
    assert said == [("change", "admin"), ("add", "agent")]


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        pytest.param({"groups": ["others"]}, "no role", id="no role"),
        pytest.param({"groups": None}, "no role", id="no groups at all"),
        pytest.param({"unit": None}, "no unit", id="no unit"),
        pytest.param({"unit": ["emea", "amer"]}, "no unit in Heedful, or several", id="two units"),
        pytest.param({"unit": "emea//uk; drop"}, "a unit that is none", id="a unit that is none"),
        pytest.param({"email_verified": False}, "no account", id="an address that nobody checked"),
        pytest.param({"email_verified": "true"}, "no account", id="a text that only looks checked"),
        pytest.param({"email": "not an address"}, "not valid", id="no address"),
    ],
)
def test_who_is_not_said_to_belong_here_stays_out(
    provider: IdentityProvider, desk: Console, visitor: httpx.Client, claims: dict[str, Any], why: str
) -> None:
    provider.claims = ANN | {"sub": "b1", "email": "ben@corp.example", "unit": "emea"} | claims
    answer = come(visitor, desk)
    assert answer.status_code == 403
    assert why in answer.text
    assert visitor.get("/account").status_code == 303
    assert "ben@corp.example" not in [one.email for one in desk.service.store.accounts.all()]


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param({"token": {"nonce": "another"}}, id="the answer to another request"),
        pytest.param({"token": {"aud": "another"}}, id="a token for another"),
        pytest.param({"token": {"iss": "https://evil.example"}}, id="a token of another"),
        pytest.param({"token": {"exp": int(time.time()) - 3_600}}, id="an old token"),
        pytest.param({"signing_key": RSAKey.generate_key(2048, {"kid": "k1"})}, id="signed by another"),
        pytest.param({"token": {"sub": None}}, id="nobody"),
    ],
)
def test_a_token_that_is_not_right_is_refused(
    provider: IdentityProvider, desk: Console, visitor: httpx.Client, lie: dict[str, Any]
) -> None:
    provider.claims = ANN | {"sub": "c1", "email": "cid@corp.example", "unit": "emea"}
    for name, value in lie.items():
        setattr(provider, name, value)
    answer = come(visitor, desk)
    assert answer.status_code == 403
    assert "Traceback" not in answer.text
    assert visitor.get("/account").status_code == 303
    assert "cid@corp.example" not in [one.email for one in desk.service.store.accounts.all()]


def test_the_way_back_belongs_to_the_browser_that_left(
    provider: IdentityProvider, desk: Console, visitor: httpx.Client
) -> None:
    provider.claims = ANN | {"sub": "d1", "email": "dee@corp.example", "unit": "emea"}
    assert come(visitor, desk, state="another").status_code == 403
    with httpx.Client(base_url=desk.base) as other:
        other.get("/sign-in/provider")
        leaves = visitor.get("/sign-in/provider")
        back = httpx.get(leaves.headers["location"]).headers["location"].replace("http://voc.example", desk.base)
        assert other.get(back).status_code == 403, "somebody else's answer"
    assert httpx.get(back).status_code == 403
    assert come(visitor, desk, "//evil.example").headers["location"] == "/"


def test_an_account_by_password_is_linked_once_and_a_disabled_one_stays_out(
    provider: IdentityProvider, desk: Console, visitor: httpx.Client
) -> None:
    accounts, now = desk.service.store.accounts, desk.service.engine.clock.now()
    known = accounts.add("Eve", "eve@corp.example", Role.VIEWER, now)
    provider.claims = ANN | {"sub": "e1", "email": "EVE@corp.example", "unit": "*", "groups": ["voc"]}
    assert come(visitor, desk).status_code == 303
    assert account(desk, "eve@corp.example").id == known.id
    provider.claims |= {"sub": "e2"}
    assert "somebody else" in come(visitor, desk).text
    accounts.change(known.id, {"disabled_at": now})
    provider.claims |= {"sub": "e1"}
    assert "disabled" in come(visitor, desk).text


def described(desk: Console) -> list[str]:
    """Read the provider's description as a console does that starts now; return what it may sign with."""
    found = provider_of(desk.service)
    assert found is not None
    asyncio.run(found._check())
    algorithms: list[str] = found._app.server_metadata["id_token_signing_alg_values_supported"]
    return algorithms


def test_a_provider_that_is_another_is_not_trusted(provider: IdentityProvider, desk: Console) -> None:
    provider.description = {"issuer": "https://evil.example"}
    with pytest.raises(SignInError, match="names another issuer"):
        described(desk)


def test_what_anybody_could_sign_proves_nothing(provider: IdentityProvider, desk: Console) -> None:
    provider.description = {"id_token_signing_alg_values_supported": ["none", "HS256", "ES256"]}
    assert described(desk) == ["ES256"]
    provider.description = {"id_token_signing_alg_values_supported": ["none"]}
    assert described(desk) == ["RS256"]
