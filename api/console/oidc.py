"""Signing in with an identity provider: OpenID Connect with a code, PKCE, state and nonce, by Authlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from api.runtime import Service
from api.settings import Settings, SettingsError
from engine.accounts import Account, admit_email, admit_name, admit_person, admit_role
from engine.errors import FeedbackError, HeedfulError, NotFoundError, SignInError
from engine.intake import admit_unit
from engine.names import show
from engine.scope import Role
from engine.store.audit import Entry
from engine.store.store import Store

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

COOKIE = "heedful_oidc"
LASTS = timedelta(minutes=10)
CALLBACK = "/sign-in/provider/callback"
KEY_NAME = "console"
# A token signed with the client's secret, or with nothing, proves nothing about the provider.
SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
FAILED = "Signing in with {name} did not work: {why}. Try again, or ask whoever runs Heedful here."
EVERY_UNIT = "*"


@dataclass(frozen=True, slots=True)
class Claims:
    """Which claims of a provider say what of an account."""

    role: str | None
    roles: Mapping[str, Role]
    unit: str | None
    person: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a provider says of somebody; None says nothing, and leaves what the account has."""

    subject: str
    email: str | None
    name: str
    role: Role | None = None
    says_unit: bool = False
    unit: str | None = None
    person: str | None = None


class Provider:
    """An identity provider.

    Parameters
    ----------
    settings
        With the issuer and the client.
    secret
        Signs what the browser keeps between leaving for the provider and coming back.
    """

    def __init__(self, settings: Settings, secret: str) -> None:
        from authlib.integrations.starlette_client import OAuth

        self.name = settings.oidc_name
        self.claims = Claims(
            settings.oidc_role_claim, settings.oidc_roles, settings.oidc_unit_claim, settings.oidc_person_claim
        )
        self._signer = URLSafeTimedSerializer(secret, salt="oidc")
        self._issuer = str(settings.oidc_issuer)
        given = settings.oidc_client_secret
        self._app: Any = OAuth().register(
            "provider",
            client_id=settings.oidc_client_id,
            client_secret=given.get_secret_value() if given else None,
            server_metadata_url=f"{self._issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "timeout": 10},
        )

    async def leave(self, request: Request, callback: str, wanted: str) -> tuple[Response, str]:
        """Return the redirect to the provider, and what the browser must bring back.

        Raises
        ------
        SignInError
            If the provider cannot be reached, or is not the one that is named.
        """
        await self._check()
        request.scope["session"] = {}
        try:
            answer: Response = await self._app.authorize_redirect(request, callback)
        except Exception as problem:
            raise self._failed(problem) from problem
        kept: str = self._signer.dumps({"states": request.scope["session"], "next": wanted})
        return answer, kept

    async def arrive(self, request: Request, kept: str | None) -> tuple[Wanted, str]:
        """Return who came back from the provider, and where they wanted to go.

        Raises
        ------
        SignInError
            If anything about it is not right.
        """
        try:
            found = self._signer.loads(kept or "", max_age=int(LASTS.total_seconds()))
        except BadSignature as problem:
            raise SignInError("Signing in took too long, or began in another browser. Begin again.") from problem
        await self._check()
        request.scope["session"] = found["states"]
        try:
            token = await self._app.authorize_access_token(request)
        except Exception as problem:
            raise self._failed(problem) from problem
        claims = token.get("userinfo")
        if not claims:
            raise SignInError(FAILED.format(name=self.name, why="it did not say who you are"))
        return wanted_of(claims, self.claims, self._issuer), str(found["next"])

    async def _check(self) -> None:
        """Read the provider's own description: it must be who it is said to be, and sign with keys of its own."""
        try:
            metadata = await self._app.load_server_metadata()
        except Exception as problem:
            raise self._failed(problem) from problem
        if str(metadata.get("issuer", "")).rstrip("/") != self._issuer.rstrip("/"):
            raise SignInError(FAILED.format(name=self.name, why="its description names another issuer"))
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [one for one in offered if one in SIGNED] or ["RS256"]

    def _failed(self, problem: Exception) -> SignInError:
        return SignInError(FAILED.format(name=self.name, why=show(str(problem) or type(problem).__name__)))


def provider_of(service: Service) -> Provider | None:
    """Return the identity provider of a service's settings, or None.

    Raises
    ------
    SettingsError
        If only half of it is said.
    """
    settings = service.settings
    if settings.oidc_issuer is None:
        return None
    if not settings.oidc_client_id or settings.public_url is None:
        raise SettingsError("HEEDFUL_OIDC_ISSUER goes with HEEDFUL_OIDC_CLIENT_ID and HEEDFUL_PUBLIC_URL")
    return Provider(settings, service.store.secrets.get(KEY_NAME, service.engine.clock.now()))


def wanted_of(claims: Mapping[str, Any], said: Claims, issuer: str) -> Wanted:
    """Return what the claims of a token say of an account.

    Raises
    ------
    SignInError
        If they say no role or unit where they must, or something that is not valid.
    """
    try:
        # Another's address would be another's account: it counts only where the provider has checked it.
        email = claims.get("email") if claims.get("email_verified") is True else None
        name = str(claims.get("name") or claims.get("preferred_username") or email or "somebody")[:100]
        subject = f"{issuer.rstrip('/')}|{claims['sub']}"
        unit = _unit(claims, said)
        return Wanted(
            *(subject, admit_email(email) if email else None, admit_name(name)),
            *(_role(claims, said), said.unit is not None, unit),
            admit_person(str(claims[said.person])) if said.person and claims.get(said.person) else None,
        )
    except (HeedfulError, KeyError) as problem:
        if isinstance(problem, SignInError):
            raise
        raise SignInError(f"What the provider says of you is not valid: {problem}.") from problem


def _role(claims: Mapping[str, Any], said: Claims) -> Role | None:
    """Return the role of the first mapping that fits, in the order of the setting."""
    if said.role is None:
        return None
    values = _values(claims.get(said.role))
    own = {str(role): role for role in Role} if not said.roles else said.roles
    found = next((role for value, role in own.items() if value in values), None)
    if found is None:
        raise SignInError("The provider gives you no role in Heedful. Ask whoever runs Heedful here.")
    return admit_role(found)


def _unit(claims: Mapping[str, Any], said: Claims) -> str | None:
    if said.unit is None:
        return None
    values = _values(claims.get(said.unit))
    if len(values) != 1:
        raise SignInError("The provider gives you no unit in Heedful, or several. Ask whoever runs Heedful here.")
    try:
        return None if values[0] == EVERY_UNIT else admit_unit(values[0])
    except FeedbackError as problem:
        raise SignInError(f"The provider gives you a unit that is none: {problem}.") from problem


def _values(claim: Any) -> Sequence[str]:
    if isinstance(claim, list):
        return [str(one) for one in claim]
    return [str(claim)] if claim else []


def account_for(store: Store, wanted: Wanted, now: datetime) -> Account:
    """Return the account of somebody who came from the provider: known, linked now, changed, or made.

    Raises
    ------
    SignInError
        If there is none and the provider says no role, or it is disabled.
    """
    account = store.accounts.by_subject(wanted.subject) or _by_email(store, wanted)
    if account is None:
        if wanted.role is None or wanted.email is None:
            raise SignInError("You have no account in Heedful yet. Ask whoever runs Heedful here to add you.")
        with store.audit.of(_entry(wanted, "add"), now):
            return store.accounts.add(
                *(wanted.name, wanted.email, wanted.role, now),
                unit=wanted.unit,
                person=wanted.person,
                subject=wanted.subject,
            )
    if account.disabled_at is not None:
        raise SignInError("Your account in Heedful is disabled. Ask whoever runs Heedful here.")
    changes = _changes(account, wanted)
    if not changes:
        return account
    with store.audit.of(_entry(wanted, "change", account), now):
        return store.accounts.change(account.id, changes)


def _by_email(store: Store, wanted: Wanted) -> Account | None:
    """Return the account that an address had before its owner first came from the provider."""
    if wanted.email is None:
        return None
    try:
        account, _ = store.accounts.by_email(wanted.email)
    except NotFoundError:
        return None
    if account.subject is not None:
        raise SignInError("Your e-mail address belongs to somebody else's account. Ask whoever runs Heedful here.")
    return account


def _changes(account: Account, wanted: Wanted) -> dict[str, Any]:
    said: dict[str, Any] = {"subject": wanted.subject}
    said |= {"role": wanted.role} if wanted.role is not None else {}
    said |= {"unit": wanted.unit} if wanted.says_unit else {}
    said |= {"person": wanted.person} if wanted.person is not None else {}
    return {name: value for name, value in said.items() if getattr(account, name) != value}


def _entry(wanted: Wanted, what: str, account: Account | None = None) -> Entry:
    email = account.email if account else str(wanted.email)
    role = str(wanted.role) if wanted.role else None
    return Entry("identity provider", what, "account", email, data={"role": role, "unit": wanted.unit})
