"""The default label trees, as they ship."""

from __future__ import annotations

from importlib.resources import files

import yaml

from engine.taxonomy import TASKS, Taxonomy


def default_taxonomy() -> Taxonomy:
    """Return the default trees: 28 emotions, 11 intents, 35 topics."""
    trees = yaml.safe_load(files("models").joinpath("taxonomy.yaml").read_text("utf-8"))
    leaves: dict[str, tuple[str, ...]] = {}
    descriptions: dict[str, str] = {}
    for task in TASKS:
        found: dict[str, str] = {}
        for name, below in trees[task].items():
            found |= (
                {f"{name}/{leaf}": said for leaf, said in below.items()} if isinstance(below, dict) else {name: below}
            )
        leaves[task] = tuple(found)
        descriptions |= {f"{task}:{leaf}": str(said) for leaf, said in found.items()}
    return Taxonomy(leaves, descriptions)
