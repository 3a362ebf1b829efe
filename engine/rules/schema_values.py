"""The pieces that the JSON Schema of rules is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Schema = Mapping[str, object]

DURATION: Schema = {"type": "string", "pattern": "^[0-9]{1,6}[smhdw]$"}
# Elapsed time, open hours or business days.
LIMIT: Schema = {"type": "string", "pattern": "^([0-9]{1,6}[smhdw]|[0-9]{1,4}b[hd])$"}
CONFIDENCE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
SHARE: Schema = {
    "anyOf": [
        {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        {"type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9]+)?\s*%$"},
    ]
}
TEXT: Schema = {"type": "string", "pattern": r"\S"}


def mapping(properties: Mapping[str, Schema], *, needs: Sequence[str] = (), **more: object) -> Schema:
    """Return the schema of a mapping with these keys and no others."""
    required = {"required": list(needs)} if needs else {}
    return {"type": "object", "properties": dict(properties), "additionalProperties": False, **required, **more}


def one_or_more(single: Schema, most: int | None = None) -> Schema:
    """Return the schema of a value, or of a list of such values with at least one."""
    limit = {} if most is None else {"maxItems": most}
    return {"anyOf": [single, {"type": "array", "items": single, "minItems": 1, **limit}]}


def any_of(*schemas: Schema) -> Schema:
    """Return the schema of what fits one of some."""
    return {"anyOf": list(schemas)}


def choice(values: Iterable[str], said: Mapping[str, str] | None = None) -> Schema:
    """Return the schema of one of some words; editors show what is said of each."""
    words = list(values)
    told = {"enumDescriptions": [said.get(word, "") for word in words]} if said else {}
    return {"type": "string", "enum": words, **told}


def whole(low: int, high: int | None = None) -> Schema:
    """Return the schema of a whole number."""
    limit = {} if high is None else {"maximum": high}
    return {"type": "integer", "minimum": low, **limit}


def described(schema: Schema, description: str) -> Schema:
    """Return a schema with what editors show for it."""
    return {"description": description, **schema}


def at_most_one(*keys: str) -> Schema:
    """Return the schema of a mapping that has no two of some keys."""
    pairs = [[one, other] for number, one in enumerate(keys) for other in keys[number + 1 :]]
    return {"not": {"anyOf": [{"required": pair} for pair in pairs]}}


def reference(name: str) -> Schema:
    """Return a reference to a definition of the schema."""
    return {"$ref": f"#/$defs/{name}"}
