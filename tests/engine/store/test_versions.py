"""Rulesets in real databases: kept once, whatever changes, and read again as they were."""

from __future__ import annotations

import json

import pytest
from alembic import command
from sqlalchemy import func, select, text

from engine.errors import NotFoundError
from engine.program import Program, RuleFile
from engine.rules.load import LoadedRules, load_rules
from engine.store import schema
from engine.store.migrating import alembic_config
from engine.store.store import Store
from tests.support.clock import NOON
from tests.support.engines import engine_on, feedback
from tests.support.keyword_reader import TAXONOMY
from tests.support.shelves import rule


def ruleset(count: int, changed: int | None = None) -> LoadedRules:
    files = (RuleFile(f"r{n}.yaml", rule(f"r{n}", 9 if n == changed else 3)) for n in range(count))
    return load_rules(Program(rule_files=tuple(files)), TAXONOMY)


def stored_bytes(store: Store) -> int:
    with store.database.read() as connection:
        sizes = (select(func.sum(func.length(table.c.content))) for table in (schema.document, schema.ruleset))
        return sum(connection.scalar(size) or 0 for size in sizes)


def test_one_changed_rule_of_many_stores_little(store: Store) -> None:
    store.versions.keep(ruleset(2_000), NOON)
    before = stored_bytes(store)
    store.versions.keep(ruleset(2_000, changed=1_000), NOON)
    assert stored_bytes(store) - before < before / 5
    again = stored_bytes(store)
    store.versions.keep(ruleset(2_000, changed=1_000), NOON)
    assert stored_bytes(store) == again


@pytest.mark.parametrize("count", [0, 1, 600])
def test_a_ruleset_is_read_as_it_was(store: Store, url: str, count: int) -> None:
    kept = ruleset(count)
    store.versions.keep(kept, NOON)
    other = Store(url)
    found = other.versions.ruleset(kept.version)
    assert found.rules == kept.rules
    assert found.program.as_dict() == kept.program.as_dict()
    assert found.version == kept.version
    assert other.versions.newest_program() == Program()
    with pytest.raises(NotFoundError, match="no ruleset none"):
        other.versions.ruleset("none")
    other.close()


def test_a_store_without_rulesets_has_no_program(store: Store) -> None:
    assert store.versions.newest_program() is None


def test_many_rulesets_are_found_though_few_are_held(store: Store) -> None:
    made = [ruleset(3, changed=number) for number in range(3)] + [ruleset(count) for count in range(4, 14)]
    for one in made:
        store.versions.keep(one, NOON)
    assert [store.versions.ruleset(one.version).version for one in made] == [one.version for one in made]


def whole_ruleset_of_0004(store: Store, kept: LoadedRules, name: str) -> None:
    """Put a ruleset down as the version before did: with all its rules inside."""
    rows = {
        "taxonomy": {"version": TAXONOMY.version, "content": json.dumps(TAXONOMY.as_dict())},
        "ruleset": {"version": name, "taxonomy": TAXONOMY.version, "created_at": NOON.replace(tzinfo=None)},
    }
    rows["ruleset"]["content"] = json.dumps(kept.program.as_dict())
    with store.database.write() as connection:
        for table, row in rows.items():
            names = ", ".join(row)
            values = ", ".join(f":{column}" for column in row)
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)


def test_rulesets_of_the_version_before_keep_their_names(url: str) -> None:
    store, kept, name = Store(url), ruleset(3), "0123456789ab"
    config = alembic_config()
    with store.database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
    whole_ruleset_of_0004(store, kept, name)
    store.migrate()
    assert store.versions.ruleset(name).version == name
    assert store.versions.ruleset(name).rules == kept.rules
    with store.database.write() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0004")
        content = connection.scalar(text("SELECT content FROM ruleset"))
    assert json.loads(str(content)) == kept.program.as_dict()
    store.close()


def test_an_engine_judges_a_batch_by_one_ruleset_and_the_next_by_another(store: Store) -> None:
    engine = engine_on(store, rules=rule("low", 1).replace("shadow", "draft"))
    before = engine.rules
    (first,) = engine.process([feedback(1)])
    low = rule("low", 1)
    after = load_rules(Program(rule_files=(RuleFile("rules.yaml", low),)), TAXONOMY, before)
    engine.use(after)
    (second,) = engine.process([feedback(2)])
    assert (first.ruleset, second.ruleset) == (before.version, after.version)
    assert [held.rule for held in second.held_back] == ["low"]
    told = engine.explain("default", "f1")
    assert (told.ruleset, str(told.rules[0].status)) == (before.version, "draft")
