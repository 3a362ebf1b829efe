"""Settings: environment variables that begin with HEEDFUL_, or options of the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from engine.errors import HeedfulError
from engine.scope import Role

PREFIX = "HEEDFUL_"


class SettingsError(HeedfulError):
    """A setting is not valid."""


class Settings(BaseSettings):
    """What one deployment is run with."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    db: str = Field(
        default="sqlite:///var/heedful.db", description="sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
    )
    program: Path | None = Field(default=None, description="the program's folder; without one, the built-in program")
    rules: Path | None = Field(default=None, description="a folder of rules that overrides the program's")
    model: Path | None = Field(default=None, description="a model's folder, or a model store; without one, `models`")
    models: Path = Field(
        default=Path("var/model-store"),
        description="the model store; while nothing is promoted there, the model that ships is read with",
    )
    labelled: Path = Field(
        default=Path("var/labelled"), description="the data set that labels made in the console become versions of"
    )
    threads: int | None = Field(default=None, ge=1, description="threads for reading; without it, every core")
    speech_model: str | None = Field(
        default=None, description="what recordings are heard with: a Whisper model's folder or name; else tiny.en"
    )
    speech_fetch: bool = Field(
        default=False, description="whether a speech model that is named and not here may be fetched over the network"
    )
    notifications: Path | None = Field(default=None, description="where log receivers write; else standard error")
    open_docs: bool = Field(default=False, description="whether /docs and /openapi.json need no key")
    open_metrics: bool = Field(default=False, description="whether /metrics needs no key")
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$",
        description="where people reach this service; without it, messages carry no links",
    )
    link_key: SecretStr | None = Field(
        default=None, min_length=32, description="signs links in messages; without it, the store makes and keeps one"
    )
    oidc_issuer: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s?#]+$",
        description="the identity provider that people sign in with, as its discovery document names it",
    )
    oidc_client_id: str | None = Field(default=None, description="who this service is at the identity provider")
    oidc_client_secret: SecretStr | None = Field(default=None, description="with what it proves that")
    oidc_name: str = Field(default="your organisation", max_length=60, description="what its button says")
    oidc_role_claim: str | None = Field(
        default=None, description="the claim that says roles or groups; without it, only known accounts sign in"
    )
    oidc_roles: dict[str, Role] = Field(
        default_factory=dict, description='which role each value means, as JSON: {"voc-admins": "admin"}'
    )
    oidc_unit_claim: str | None = Field(
        default=None, description="the claim that says the unit, * for every one; without it, the account's own"
    )
    oidc_person_claim: str | None = Field(default=None, description="the claim that says the id in people.csv")
    privacy_keys: SecretStr | None = Field(
        default=None, description="encrypt what a program keeps of personal data; the newest first, joined by commas"
    )
    hash_key: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="keys what stands for people; never change it; without it, the store makes and keeps one",
    )
    max_waiting: int = Field(default=2_000_000, ge=1, description="characters that may wait to be read before 503")
    max_replayed: int = Field(default=200_000, ge=1, description="records that a backtest over HTTP may replay")


def settings_of(**given: Any) -> Settings:
    """Return the settings: what is given and not None, then the environment, then the defaults.

    Raises
    ------
    SettingsError
        Naming every setting that is not valid, and its environment variable.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as problem:
        found = [(".".join(map(str, error["loc"])), error["msg"]) for error in problem.errors()]
        said = "; ".join(f"{name} ({PREFIX}{name.upper()}): {what}" for name, what in found)
        raise SettingsError(f"settings are not valid: {said}") from problem
