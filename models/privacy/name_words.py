"""The words that give away names of people and addresses in free words."""

from __future__ import annotations

import re

from models.privacy.shapes import words

_UPPER = "A-ZÀ-ÖØ-Þ"
_CASED = rf"[{_UPPER}][\w'’-]{{1,24}}"
_INITIAL = rf"[{_UPPER}]\.?"
PARTICLE = r"(?:van|von|de|del|della|der|den|di|da|dos|la|le|el|al|bin|ben|ter|st\.?)"
_FULL = rf"{_CASED}(?:[ ](?:{PARTICLE}[ ]){{0,2}}(?:{_CASED}|{_INITIAL}(?!\w))){{0,3}}"
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
SAID_BY = re.compile(
    rf"(?<![^\W_])(?:{_STRONG})[ ,:]{{1,2}}(?:a |an |one )?(?:{_TITLE}\s)?(?P<it>{_FREE})", re.IGNORECASE
)
TITLED = re.compile(rf"(?<![^\W_]){_TITLE}\s(?P<it>{_FREE})")
SPEAKING = re.compile(
    (
        rf"(?<![^\W_])(?:this is|it's|it is|i'm"
        rf"|i am)\s(?P<it>{_ANY}(?:\s{_ANY}){{0,2}}?)\s(?:speaking|calling|phoning|ringing|here"
        rf"|from)(?![^\W_])"
    ),
    re.IGNORECASE,
)
SIGNED = re.compile(
    rf"(?i:regards|sincerely|faithfully|thanks|thank you|cheers|best|yours|wishes|truly|grüße"
    rf"|cordialement|saludos|saluti)[,.!\s]{{1,3}}"
    rf"(?P<it>{_FULL})[.!\s]{{0,3}}$"
)
GREETED = re.compile(rf"(?i:dear|hi|hello|hey|hallo|bonjour|hola|ciao)\s(?P<it>{_FULL})(?=[,!.\n])")
# Spoken greetings: "hi this is ewa patel".
GREETING_CALLER = re.compile(
    r"(?<![^\W_])(?i:hi|hello|hey|morning|afternoon|evening)(?: there| yes| yeah| um)?,?\s(?i:this is|it's)\s"
    rf"(?P<it>{_ANY}(?:\s{_ANY})?)"
)
INTRODUCED = re.compile(rf"(?<![^\W_])(?i:this is|i'm|i am|it's|name is)\s(?P<it>{_CASED}\s{_CASED})")
SPELLED = re.compile(
    r"(?<![\w-])(?P<it>[A-Z](?:-[A-Z]){2,24})(?![\w-])|(?i:spel(?:led|t)|name is"
    r"|that's)\s(?P<also>[a-z](?:[ -][a-z]){2,24})(?!\w)"
)
GREETING = re.compile(
    r"(?:(?:hi|hello|hey|dear|guten tag|hallo|bonjour|hola|ciao|thanks|thank you|regards|ask)(?![^\W_])[\s,]*)+",
    re.IGNORECASE,
)
WHOLE = re.compile(rf"{_ANY}\.?(?:\s(?:{_ANY}|{_INITIAL})\.?){{0,4}}")
ROLE = re.compile(
    r"(?<![^\W_])(?i:agent|advis[eo]r|colleague|driver|nurse|manager|lady|man|woman|guy|rep"
    r"|engineer|technician|wife|husband|son|daughter|mother|father|mum"
    rf"|dad|partner|assistant|clerk|supervisor|passenger|patient|guest|customer|sister|brother"
    r"|friend|neighbour|surname|name|account (?:is )?under|booked under|booking (?:is )?under|it's under|is under)"
    rf",?\s(?P<it>{_FULL})"
)
NOT_A_NAME = words(
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
    "please", "thanks", "hi", "hello", "okay", "ok", "yeah", "um", "uh", "er", "erm", "in", "at", "told", "said",
    "sirs", "care", "like", "actually", "back", "since", "until", "id", "i'd", "i've", "i'm", "it's", "that's",
    "who's",
    "mum", "mom", "dad", "gran", "grandma", "grandmother", "grandfather", "grandad", "god", "easter", "christmas",
    "seller", "cleaner", "assessor", "courier", "breakfast", "dinner", "lunch", "film", "app", "keys", "tips", "rang",
    "switch", "label", "map", "frozen", "parcel", "box", "room", "food", "coffee", "website", "checkout", "delivery",
    "marketplace", "wifi", "queue", "cabin", "meter", "log", "photographs", "deducted",
)  # fmt: skip
PLACE = words(
    "street", "road", "avenue", "lane", "drive", "house", "flat", "apartment", "building", "block", "floor",
    "village", "farm", "cottage", "church", "estate", "close", "court", "crescent", "terrace", "bungalow", "caravan",
    "park", "corner", "square", "way", "place", "unit", "suite", "gardens", "hill", "mews", "boulevard", "highway",
    "strasse", "straße", "platz", "rue", "calle", "via", "school", "station", "pub", "bridge", "mill", "lodge",
    "barn", "hall", "manor", "tower", "trailer", "dorm", "residence",
)  # fmt: skip
LIVES = re.compile(
    r"(?<![^\W_])(?:(?:i|we|she|he|they)(?:'m| am| are|'re)? (?:now )?(?:live|lives|living"
    r"|based|staying|stay|moved)(?: now)?(?= (?:at|in|on|near|to|next|opposite"
    r"|behind|above|round))(?: (?:at|in|on|to))?|(?:my|our|his|her|home|new|old|delivery"
    r"|billing|shipping|correct|right|full|postal|the)"
    r" address(?: is|'s| was| has been|:)(?: now)?(?: at)?|(?:deliver|send|ship|post|sent"
    r"|delivered|redeliver|come|forward)(?: it| them| this| the parcel"
    r"| everything| my order)?(?: round| out)? to(?= (?:the |my |our )?(?:\d|(?-i:[A-Z])|flat|unit"
    r"|apartment|number|\w+ \w+ (?:street|road|avenue|lane|house|cottage|farm|court|close|grove))))"
    r"[ :,]{1,2}(?P<it>[^.!?;\n\x1a]{4,110})",
    re.IGNORECASE,
)
ENDS = re.compile(
    r"[,\s]{0,2}\s(?:and (?:then|i|we|the|it|my|your|they|nobody|still)|but|so|because|please"
    r"|since|thanks|which|where|who|that|when|if|instead|not|yeah|i|we|it|is|was"
    r"|nobody|uh|um|okay|can|could|would|in front of)(?![^\W_])|\s[-–(]|,\s(?:i|we|please|not"
    r"|and|thanks|the one|which|with|merci|gracias|danke)(?![^\W_])",
    re.IGNORECASE,
)
NUMBERED = re.compile(
    r"\d|(?<![^\W_])(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy"
    r"|eighty|ninety|hundred)(?![^\W_])",
    re.IGNORECASE,
)
