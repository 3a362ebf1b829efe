"""Settings: environment variables that begin with HEEDFUL_, or options of the command line."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What one deployment is run with."""

    model_config = SettingsConfigDict(env_prefix="HEEDFUL_", extra="ignore")

    db: str = Field(
        default="sqlite:///var/heedful.db", description="sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
    )
    program: Path | None = Field(default=None, description="the program's folder; without one, the built-in program")
    rules: Path | None = Field(default=None, description="a folder of rules that overrides the program's")
    model: Path | None = Field(default=None, description="a model artifact's folder; without one, the model that ships")
    threads: int | None = Field(default=None, ge=1, description="threads for reading; without it, every core")
    notifications: Path | None = Field(default=None, description="where log receivers write; else standard error")
    open_docs: bool = Field(default=False, description="whether /docs and /openapi.json need no key")
    open_metrics: bool = Field(default=False, description="whether /metrics needs no key")
    max_waiting: int = Field(default=8_000_000, ge=1, description="characters that may wait to be read before 503")
