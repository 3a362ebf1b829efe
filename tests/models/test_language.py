"""Languages: English is kept, however short or shouted; other languages are refused when they can be told."""

from __future__ import annotations

import pytest

from engine.privacy.policy import Kind
from engine.privacy.stand_ins import STAND_INS, hashed, masked
from models.language import identify
from models.noise import without_noise

ENGLISH = [
    "ok",
    "Good",
    "Very dissapointed",
    "WHY IS IT ALWAYS BROKEN???",
    "thx gr8 service m8",
    "Can I see it?",
    "HUGE difference! SO important!",
    "price fair, questions endless",
    "uh yeah so I I called on tuesday",
    "Señor Gómez at the café was lovely",
    "Great café!",
    "Crème brûlée",
    "José",
    "slow pour, till queue",
    "uninstalled",
    "Disapointing",
    "haha lol",
    "encore please",
    "broken again https://example.com/de/nicht-gut.jpg",
]
FOREIGN = [
    ("de", "Die App geht nicht mehr seit dem Update"),
    ("fr", "Le colis est arrive en retard et casse"),
    ("es", "La aplicacion no funciona desde ayer"),
    ("it", "i prodotti sono arrivati rotti e nessuno risponde"),
    ("it", "i ragazzi del negozio sono stati gentili"),
    ("da", "Pakken kom i mandags og den var i stykker"),
    ("no", "Appen fungerer ikke i det hele tatt"),
    ("sv", "Jag fick inte min order i tid"),
    ("pl", "To jest skandal i nikt nie odpowiada"),
    ("hr", "Nitko ne odgovara na telefon i to je sramota"),
    ("nl", "Hij was niet aardig en we kregen geen geld terug"),
    ("pt", "O pedido nao chegou e ninguem responde"),
    ("tr", "Uygulama calismiyor kimse cevap vermiyor"),
]


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_kept(text: str) -> None:
    found = identify(text, ("en",))
    assert (found.code, found.supported) == ("en", True)


@pytest.mark.parametrize(("code", "text"), FOREIGN, ids=[text for _, text in FOREIGN])
def test_other_languages_are_refused_without_their_accents_too(code: str, text: str) -> None:
    assert not identify(text, ("en",)).supported


@pytest.mark.parametrize("text", ["Merci", "Danke", "Katastrophe", "super service", "Service nul"])
def test_few_words_that_may_be_english_are_kept(text: str) -> None:
    assert identify(text, ("en",)).supported


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Sehr schlecht"),
        ("de", "Nichts"),
        ("de", "Paket nicht da"),
        ("fr", "Très déçu"),
        ("fr", "rien à dire"),
        ("es", "Muy malo"),
        ("pt", "péssimo atendimento"),
        ("it", "Molto bene"),
        ("pl", "Bardzo źle"),
        ("tr", "Çok kötü"),
        ("hi", "bahut bekar"),
        ("vi", "rất tốt"),
    ],
)
def test_few_words_that_english_does_not_have_are_refused(code: str, text: str) -> None:
    found = identify(text, ("en",))
    assert (found.code, found.supported) == (code, False)


@pytest.mark.parametrize(
    "text",
    [
        "yeh app bahut kharab hai paisa wapas karo",
        "bahut acchi service hai dil khush ho gaya",
        "aapka customer care bilkul bekar hai",
        "order cancel kar diya lekin refund nahi mila",
    ],
)
def test_hindi_in_latin_letters_is_told_by_its_words(text: str) -> None:
    found = identify(text, ("en",))
    assert (found.code, found.supported) == ("hi", False)


def test_words_of_a_configured_language_are_no_reason_to_refuse() -> None:
    assert identify("Sehr schlecht", ("en", "de")).supported


def test_another_script_needs_no_four_words() -> None:
    found = identify("配達が遅れました", ("en",))
    assert (found.code, found.supported) == ("ja", False)
    assert not identify("Доставка опоздала", ("en",)).supported


def test_a_configured_language_is_kept_under_its_own_code() -> None:
    found = identify("Die App geht nicht mehr seit dem Update", ("en", "de"))
    assert (found.code, found.supported) == ("de", True)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        pytest.param("fr", "Ma commande [ORDER_NUMBER] est perdue, [EMAIL_ADDRESS], [PHONE_NUMBER]", id="French"),
        pytest.param("es", "Mi numero es [PHONE_NUMBER] y nadie me llama", id="Spanish"),
        pytest.param("en", "[PHONE_NUMBER_3f9a0c12d4e5] [EMAIL_ADDRESS_3f9a0c12d4e5] refund pls", id="digests"),
        pytest.param("en", "refund [ORDER_NUMBER_3f9a0c12d4e5]", id="a word and a digest"),
    ],
)
def test_what_stands_in_place_of_personal_data_is_no_language(code: str, text: str) -> None:
    found = identify(text, ["en"])
    assert (found.code, found.supported) == (code, code == "en")


@pytest.mark.parametrize("kind", STAND_INS)
def test_every_stand_in_is_left_out_of_what_tells_the_language(kind: Kind) -> None:
    assert not without_noise(f"{masked(kind)} {hashed(kind, '3f9a0c12d4e5')}").strip()
    assert not without_noise(f"{masked(None)} {hashed(None, '3f9a0c12d4e5')}").strip()
