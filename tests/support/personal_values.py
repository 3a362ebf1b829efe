"""Personal data made up for tests, in the ways people write it, with right check digits.

Nothing here looks at the recogniser: each kind is a list of ways to write one, every way a function of a seeded
random generator. The ways themselves are in `personal_ways.py`.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from random import Random

from engine.privacy.policy import Kind

Way = Callable[[Random], str]

FIRST = (
    "Jane", "Priya", "Mohammed", "Oliver", "Chloe", "Tomasz", "Aisha", "Hans", "María", "Giulia", "François",
    "Siobhan", "Wei", "Lars", "Fatima", "George", "Amelia", "Rahul", "Ingrid", "Pedro", "Claire", "Marco", "Ewa",
    "Kofi", "Yuki", "Hannah", "Bilal", "Teresa", "Patrick", "Nadia",
)  # fmt: skip
LAST = (
    "Doe", "Patel", "Khan", "Smith", "Müller", "García", "Rossi", "Dubois", "O'Brien", "Chen", "Nilsson", "Hussain",
    "Clarke", "Johnson", "Novak", "Silva", "Kowalska", "Mensah", "Tanaka", "Weber", "Fernández", "Bianchi", "Moreau",
    "Murphy", "Okafor", "Schneider", "Ahmed", "Walker", "Wright", "Lindqvist",
)  # fmt: skip
DOMAINS = (
    "gmail.com", "example.com", "hotmail.co.uk", "outlook.com", "yahoo.fr", "gmx.de", "acme-corp.io",
    "mail.example.org", "btinternet.com", "web.de", "universidad.edu.es", "t-online.de",
)  # fmt: skip
DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
ZERO_WIDTH = "\u200b"


def digits(rng: Random, count: int, first: str = string.digits) -> str:
    """Return random digits."""
    return rng.choice(first) + "".join(rng.choice(string.digits) for _ in range(count - 1))


def cut(number: str, *sizes: int, by: str = " ") -> str:
    """Return a number in groups."""
    groups, at = [], 0
    for size in sizes:
        groups.append(number[at : at + size])
        at += size
    return by.join(groups)


def spoken(number: str, rng: Random) -> str:
    """Return digits as a person says them: oh for zero, double for two of one."""
    said, at = [], 0
    while at < len(number):
        word = "oh" if number[at] == "0" and rng.random() < 0.7 else DIGIT_WORDS[int(number[at])]
        if number[at : at + 2] == number[at] * 2 and rng.random() < 0.7:
            said.append(f"double {word}")
            at += 2
            continue
        said.append(word)
        at += 1
    return " ".join(said)


def wide(number: str) -> str:
    """Return ASCII in full-width characters, spaces as they are."""
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in number)


def plain(name: str) -> str:
    """Return a name as it stands in an address."""
    table = str.maketrans("üíçóúáé", "uicouae", "' ")
    return name.lower().translate(table)


# --- check digits -----------------------------------------------------------------------------------------------------
def with_luhn(body: str) -> str:
    """Return digits with the check digit of Luhn."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def iban_of(country: str, account: str) -> str:
    """Return an account number with its country and check digits."""
    number = int("".join(str(string.digits.find(c) if c.isdigit() else ord(c) - 55) for c in account + country + "00"))
    return f"{country}{98 - number % 97:02d}{account}"


def verhoeff(body: str) -> str:
    """Return digits with Verhoeff's check digit, by the dihedral group itself."""

    def times(a: int, b: int) -> int:
        turned = (a % 5 + (b if a < 5 else -b)) % 5
        return turned if (a < 5) == (b < 5) else turned + 5

    def permuted(value: int, count: int) -> int:
        for _ in range(count):
            value = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[value]
        return value

    check = 0
    for place, digit in enumerate(reversed(body), 1):
        check = times(check, permuted(int(digit), place % 8))
    return body + str(next(value for value in range(10) if times(check, value) == 0))


def nhs(rng: Random) -> str:
    """Return an NHS number."""
    while True:
        body = digits(rng, 9, "4679")
        check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(body)) % 11
        if check != 10:
            return body + str(check % 11)


def steuer_id(rng: Random) -> str:
    """Return a German tax id: one digit twice among the first ten."""
    body = rng.sample(string.digits, 9)
    while body[0] == "0":
        rng.shuffle(body)
    body.insert(rng.randrange(2, 9), body[0])
    product = 10
    for digit in body:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return "".join(body) + str((11 - product) % 10)


def dni(rng: Random, prefix: str = "") -> str:
    """Return a Spanish DNI, or with a prefix of X, Y or Z an NIE."""
    body = digits(rng, 7 if prefix else 8)
    number = f"{'XYZ'.index(prefix)}{body}" if prefix else body
    return prefix + body + "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23]


def nir(rng: Random) -> str:
    """Return a French social security number."""
    born = f"{rng.randrange(40, 99):02d}{rng.randrange(1, 13):02d}"
    body = f"{rng.choice('12')}{born}{rng.randrange(1, 95):02d}{digits(rng, 6)}"
    return body + f"{97 - int(body) % 97:02d}"


def codice_fiscale(rng: Random) -> str:
    """Return an Italian tax code."""
    consonants = "BCDFGLMNPRSTVZ"
    letters = "".join(rng.choice(consonants) for _ in range(6))
    born = f"{rng.randrange(40, 99)}{rng.choice('ABCDEHLMPRST')}{rng.randrange(1, 29):02d}"
    body = f"{letters}{born}{rng.choice('ABCFHL')}{digits(rng, 3, '123456789')}"
    odd = dict(zip(string.digits, (1, 0, 5, 7, 9, 13, 15, 17, 19, 21), strict=True))
    values = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
    odd |= dict(zip(string.ascii_uppercase, values, strict=True))
    total = sum(odd[c] if place % 2 == 0 else int(c, 36) - (0 if c.isdigit() else 10) for place, c in enumerate(body))
    return body + string.ascii_uppercase[total % 26]


def ausweis(rng: Random) -> str:
    """Return the number of a German identity card."""
    body = (
        rng.choice("LMNPRTVWXYZ")
        + "".join(rng.choice("CFGHJKLMNPRTVWXYZ0123456789") for _ in range(6))
        + digits(rng, 1)
    )
    return body + str(sum(int(c, 36) * (7, 3, 1)[place % 3] for place, c in enumerate(body)) % 10)


def nino(rng: Random) -> str:
    """Return a British national insurance number."""
    return rng.choice("ABCEHJLMNPRSTW") + rng.choice("ABCEHJLMPRSW") + digits(rng, 6) + rng.choice("ABCD")


def ssn(rng: Random) -> str:
    """Return an American social security number."""
    return f"{rng.randrange(101, 665)}{rng.randrange(10, 99)}{rng.randrange(1000, 9999)}"


def card(rng: Random, prefix: str = "", length: int = 16) -> str:
    """Return the number of a payment card."""
    prefix = prefix or rng.choice(("4", "51", "55", "2221", "6011", "65"))
    return with_luhn(prefix + digits(rng, length - 1 - len(prefix)))


def iban(rng: Random, country: str) -> str:
    """Return an account number of a country."""
    bank = "".join(rng.choice(string.ascii_uppercase) for _ in range(4))
    account = {"DE": 18, "ES": 20, "FR": 23, "PT": 21, "BE": 12, "AT": 16, "NO": 11, "PL": 24, "CH": 17}.get(country, 0)
    if country == "GB":
        return iban_of(country, bank + digits(rng, 14))
    if country == "NL":
        return iban_of(country, bank + digits(rng, 10))
    if country == "IE":
        return iban_of(country, bank + digits(rng, 14))
    if country == "IT":
        return iban_of(country, rng.choice(string.ascii_uppercase) + digits(rng, 22))
    return iban_of(country, digits(rng, account))


def person(rng: Random) -> tuple[str, str]:
    """Return a first and a last name."""
    return rng.choice(FIRST), rng.choice(LAST)


def mail(rng: Random, by: str = ".") -> str:
    """Return an e-mail address."""
    first, last = person(rng)
    return f"{plain(first)}{by}{plain(last)}@{rng.choice(DOMAINS)}"


STRUCTURED = (Kind.EMAIL, Kind.PHONE, Kind.CARD, Kind.IBAN, Kind.NATIONAL_ID, Kind.ACCOUNT, Kind.ORDER)
