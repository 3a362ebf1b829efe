"""`heedful serve`: the HTTP service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.listening import address, listen, serve_on, server_of
from api.cli.options import Db, ProgramFolder, RulesFolder
from api.cli.output import log_to_stderr, stderr
from api.only import Only

if TYPE_CHECKING:
    from api.runtime import Service


def serve(
    host: Annotated[str, typer.Option(help="the address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="the port to listen on")] = 8080,
    program: ProgramFolder = None,
    rules: RulesFolder = None,
    db: Db = None,
    model: Annotated[
        Path | None,
        typer.Option(envvar="HEEDFUL_MODEL", help="a model's folder or store; else HEEDFUL_MODELS"),
    ] = None,
    open_docs: Annotated[bool, typer.Option("--open-docs", help="/docs needs no key")] = False,
    open_metrics: Annotated[bool, typer.Option("--open-metrics", help="/metrics needs no key")] = False,
    only: Annotated[
        Only | None,
        typer.Option(help="console: the pages alone, beside a service on the same store; ingest: all but the pages"),
    ] = None,
) -> None:
    """Run the service: feedback in over HTTP, decisions out once they are durable, and the console at `/`.

    Make a key first: `heedful keys create --role admin --name me --db URL`
    Let somebody sign in to the console: `heedful users add --name Ann --email ann@example.com --role admin --db URL`

    The console is one process: each keeps the pages that are open in it. Where several run behind a proxy, the proxy
    must lead a browser to the same one every time (sticky sessions), and let WebSockets through.

    It publishes the rules of the program's folder in the store, judges by what is published there, and follows what
    `heedful rules push` or anybody over HTTP publishes, within seconds. Without a program it publishes nothing.

    It reads with the current model of the model store, and takes what `heedful promote` makes current within
    seconds; while nothing is promoted, with the model that ships. A model's folder as --model stays as it is.

    Example: `heedful serve --program samples/program --db sqlite:///var/heedful.db --port 8080`
    """
    from api.runtime import compose
    from api.settings import settings_of

    log_to_stderr()
    flags = {"open_docs": open_docs or None, "open_metrics": open_metrics or None}
    settings = settings_of(program=program, rules=rules, db=db, model=model, **flags)
    listening = listen(host, [port])
    service = compose(settings, only=only)
    service.reader.wait_until_tried()
    stderr.print(f"Heedful listens on {address(listening)}", markup=False)
    _say_what_is_missing(service)
    serve_on(server_of(service), listening)
    stderr.print("Heedful has stopped.", markup=False)


def _say_what_is_missing(service: Service) -> None:
    if not any(key.revoked_at is None for key in service.store.keys.all()):
        stderr.print("there is no API key yet: 'heedful keys create' makes one", style="yellow", markup=False)
    if service.only is not Only.INGEST and not any(one.disabled_at is None for one in service.store.accounts.all()):
        said = "nobody can sign in to the console yet: 'heedful users add' adds somebody"
        stderr.print(said, style="yellow", markup=False)
