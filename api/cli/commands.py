"""The list of the commands: each is loaded when it is called, so that none waits for what only others need."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Literal

import typer
from typer.core import TyperCommand, TyperGroup

MARKUP: Literal["markdown"] = "markdown"
# By name: the module below `api.cli` that has it under that name, and the first paragraph of what it says of itself.
COMMANDS = {
    "read": ("reading", "Read feedback: emotion, intent and topic of every sentence. Nothing is stored."),
    "run": (
        "running",
        "Run the whole pipeline over a file or a folder: read, judge by the rules, raise alerts, store.",
    ),
    "serve": (
        "serving",
        "Run the service: feedback in over HTTP, decisions out once they are durable, and the console at `/`.",
    ),
    "explain": (
        "explaining",
        "Say why a feedback did or did not alert: every rule, every condition, found and wanted.",
    ),
    "demo": (
        "demo",
        "Start the service on SQLite, feed it the bundled sample, and show which alerts were raised and why.",
    ),
    "attainment": ("attainment", "Tell how many of the alerts opened in a span met their targets."),
    "languages": (
        "languages",
        "Tell in which languages feedback came, and how much of it no model of the program reads.",
    ),
    "forget": (
        "forget",
        "Erase every trace of a customer: records, alerts, messages, counts, data sets and exports; print the receipt.",
    ),
    "train": ("training", "Fine-tune, calibrate, quantise and judge a model; write it as an artifact folder."),
    "evaluate": (
        "evaluating",
        "Judge a model on labelled feedback: scores with intervals, curves, calibration, confusions, worst errors.",
    ),
    "compare": (
        "comparing",
        "Compare two models on labelled feedback: scores with significance, speed, and alerts gained and lost.",
    ),
    "behaviour": (
        "behaviour",
        "Try a model on behavioural cases: pass rates, and for each failing case what was wanted and found.",
    ),
    "promote": (
        "promoting",
        "Make a model the current one of the model store: verified, copied, and switched to at once.",
    ),
    "rollback": ("promoting", "Go back to the model that was current before; once more goes one further back."),
    "models": ("promoting", "Show which model is current, and the history of the model store."),
    "alerts": ("alerts", "List alerts, and follow them up to their end."),
    "rules": ("rules", "Check rules, and publish them."),
    "data": ("data", "Look after labelled feedback."),
    "review": ("reviewing", "Send feedback to be labelled, and bring the labels back."),
    "topics": ("topics", "Describe topics of your own, and see what they would catch."),
    "routes": ("routing", "Show and publish the routes, and try where an alert would go."),
    "outbox": ("outbox", "See what is sent, held and given up; send it again, or drop it."),
    "receivers": ("receivers", "List, publish and test receivers, see how they do, start those that are stopped."),
    "people": ("people", "Say who can be told, who leads which unit, and who manages whom."),
    "keys": ("keys", "Make, list and revoke API keys."),
    "users": ("users", "Let people sign in to the console."),
    "silences": (
        "silences",
        "Keep messages quiet for a while: alerts still open, and at the end is told what was held back.",
    ),
    "problems": (
        "problems",
        "Follow one cause behind many alerts until it is solved, and find the customers behind it.",
    ),
    "feedback": ("feedback", "Search all feedback."),
    "insights": ("insights", "Tell what feedback says taken together."),
    "privacy": (
        "privacy",
        "Keys of what is kept of personal data, who looked at it, and what customers are stored as.",
    ),
    "erasures": ("forget", "The receipts of what was erased."),
    "retention": ("retention", "For how long feedback is kept, as program.yaml says."),
}


class Later(TyperCommand):
    """Stands for a command in lists; called, it gives way to the command itself.

    Parameters
    ----------
    name
        The command's.
    module
        Where it is, below `api.cli`.
    help
        What lists say of it.
    """

    def __init__(self, name: str, module: str, help: str) -> None:  # noqa: A002
        super().__init__(name, help=help, rich_markup_mode=MARKUP)
        self._place = (f"api.cli.{module}", name)

    def loaded(self) -> Any:
        """Return the command itself."""
        module, name = self._place
        found = getattr(import_module(module), name)
        holder = typer.Typer(rich_markup_mode=MARKUP)
        if isinstance(found, typer.Typer):
            holder.add_typer(found, name=name)
        else:
            holder.command(name)(found)
        return typer.main.get_group(holder).commands[name]

    def make_context(self, *arguments: Any, **more: Any) -> Any:
        """Return the context of the command itself, by which it is invoked."""
        return self.loaded().make_context(*arguments, **more)


class Commands(TyperGroup):
    """All commands, not loaded yet."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        for name, (module, help_) in COMMANDS.items():
            self.add_command(Later(name, module, help_))
