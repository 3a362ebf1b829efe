"""The status is honest: what is not read has no label at all, and what says nothing has none but neutral."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import pytest

from engine.feedback import Part
from engine.reading import Reading, ReadingStatus, Standing
from engine.taxonomy import NEUTRAL
from models.reader import OnnxReader, load_reader

SAID_NOTHING = ["", " \n\t", "...", ". . .", "-", "--", "?", "!!!", "{}", ":)", ":-(", "^_^", "\u00ad", "\x07\x07"]
KEYS = [
    *("asdf", "asdfgh jkl", "qwerty", "asdasd", "lkjhgfdsa", "zxcvbnm zxcvbnm", "fffffffff", "mmmmmmmm", "abcdefg"),
    *("sdkfjh skjdfh qwrtz lkjh sdfkjh", "asdfgh qwrtz hjklvbn", "tyui ghjk vbnm", "wsedrftgyhuj", "jfkdls; jfkdls;"),
    *("vnjrkn vnjkr nvjkr", "q w e r t y", "f j d k s l a", "t h e  a p p", "a" * 5_000, "ab" * 2_000),
    *("asdfghjkl" * 200, "x" * 300 + " " + "y" * 300),
]
EMOJI = [
    *("😡😡😡", "👍", "👍🏽", "😀 😀", "🤷‍♀️", "❤️", "🇬🇧", "👨‍👩‍👧‍👦", "1️⃣2️⃣", "★★★★★", "♥", "✓", "…"),
    *("<3", ":D", ";P", "T_T", "(╯°□°)╯︵ ┻━┻"),
]
NO_ANSWER = [
    *(
        "n/a",
        "N/A",
        "n.a.",
        "NA",
        "N / A",
        "#N/A",
        "Not applicable.",
        "nil",
        "null",
        "NaN",
        "undefined",
        "TBC",
        "(blank)",
    ),
    *("[no text]", "none given", "Prefer not to say", "skip", "[object Object]", "{{first_name}}", "${NAME}"),
]
NUMBERS = [
    "5",
    "0",
    "12345",
    "3.14",
    "£20",
    "9 9 9 9",
    "1-2-3",
    "07700 900123",
    "+44 20 7946 0958",
    "2024-01-31",
    "½",
    "٣",
]
MACHINE = [
    *(
        "http://example.com",
        "https://www.example.com/a/b?c=d",
        "www.example.com",
        "example.com",
        "mailto:me@example.org",
    ),
    *("https://t.co/abcd1234 https://t.co/efgh5678", "https://example.com/my-order-never-arrived-and-i-am-furious"),
    *("jane.doe@example.com", "jane.doe@example.com 07700900123", "@handle", "@brand @other"),
    *("<br>", '<span style="font-weight:bold"></span>', "<p>&nbsp;</p>", "&nbsp;&nbsp;", "<!-- your answer here -->"),
    *("550e8400-e29b-41d4-a716-446655440000", "d41d8cd98f00b204e9800998ecf8427e", "GB29NWBK60161331926819"),
    *(base64.b64encode(b"hello this is a test").decode(), base64.b64encode(bytes(range(60))).decode()),
]
UNSEEN = [
    "\u200b",
    "\u200b\u200b\u200d",
    "\ufeff",
    "\u2060",
    "\u200e\u200f",
    "\u202e",
    "\u3164",
    "\u2800",
    "\U000e0041",
]
STYLISED = ["Ⓣⓗⓔ ⓐⓟⓟ", "𝓣𝓱𝓮 𝓪𝓹𝓹 𝓬𝓻𝓪𝓼𝓱𝓮𝓼", "Ｔｈｅ ａｐｐ ｃｒａｓｈｅｓ"]
LANGUAGES = {
    "German": "Die Lieferung kam viel zu spät und keiner hat sich gemeldet.",
    "French": "Je n'arrive plus à me connecter depuis hier soir.",
    "Spanish": "Llevo tres semanas esperando una respuesta.",
    "Portuguese": "O aplicativo trava toda vez que tento pagar.",
    "Italian": "Il servizio clienti non risponde mai al telefono.",
    "Dutch": "De bezorger heeft mijn pakket over de schutting gegooid.",
    "Swedish": "Personalen var otrevlig och maten var kall.",
    "Finnish": "Tilaukseni ei ole vieläkään saapunut perille.",
    "Polish": "Obsługa była niemiła i nikt mi nie pomógł.",
    "Czech": "Zásilka dorazila rozbitá a nikdo nereaguje.",
    "Hungarian": "A csomag összetörve érkezett meg hozzám.",
    "Romanian": "Coletul a ajuns deteriorat și nimeni nu răspunde.",
    "Turkish": "Kargom hâlâ gelmedi ve kimse ilgilenmiyor.",
    "Vietnamese": "Ứng dụng liên tục bị treo khi thanh toán.",
    "Indonesian": "Paket saya belum sampai dan tidak ada yang menjawab.",
    "Tagalog": "Hindi pa dumarating ang order ko at walang sumasagot.",
    "Swahili": "Kifurushi changu bado hakijafika na hakuna anayejibu.",
    "Yoruba": "Ẹrù mi kò tíì dé, kò sì sí ẹni tó dáhùn.",
    "Russian": "Доставка опоздала",
    "Ukrainian": "Посилка прийшла пошкодженою, ніхто не відповідає.",
    "Greek": "Η εφαρμογή δεν λειτουργεί από χθες.",
    "Arabic": "التطبيق لا يعمل منذ أمس",
    "Hebrew": "החבילה לא הגיעה ואף אחד לא עונה",
    "Persian": "بسته من هنوز نرسیده است",
    "Hindi": "ऐप बार बार बंद हो जाता है",
    "Bengali": "আমার পার্সেল এখনও আসেনি",
    "Tamil": "எனது பார்சல் இன்னும் வரவில்லை",
    "Thai": "พัสดุของฉันยังไม่มาถึง",
    "Chinese": "包裹还没有到，没有人接电话。",
    "Japanese": "配達が遅れました",
    "Korean": "배송이 너무 늦었어요.",
    "Georgian": "ამანათი ჯერ არ მოსულა",
    "Amharic": "እቃዬ እስካሁን አልደረሰም",
    "romanised Hindi": "kya bakwas app hai yaar kaam hi nahi karta",
    "romanised Hindi with an English noun or two": "order cancel kar diya lekin refund nahi mila",
    "romanised Urdu": "mera paisa abhi tak wapas nahi mila",
    "romanised Russian": "prilozhenie ne rabotaet i nikto ne otvechaet",
    "romanised Chinese": "wo de bao guo hai mei you dao",
    "German among English nouns": "Die App crasht immer beim Checkout, total nervig",
    "Tagalog among English nouns": "Ang bagal ng app, always crashing pag mag-log in ako",
    "two words of German": "Sehr schlecht",
    "two words of Portuguese, which a model took for praise": "Não funciona",
    "two words of Spanish, which a model took for praise": "Muy malo",
    "two words of Danish, which a model took for praise": "Dårlig service",
    "three words of French": "Ça marche pas",
    "one word of Italian": "Niente",
    "behind a link": "https://example.com/help Die Lieferung kam viel zu spät und keiner hat sich gemeldet.",
    "in tags": "<p>Je n'arrive plus à me connecter depuis hier soir.</p>",
    "with hidden signs between its letters": "Die Lie\u00adferung kam viel zu spät und kei\u200bner hat sich gemeldet.",
}
NOT_READ: Mapping[str, tuple[ReadingStatus, list[str]]] = {
    "nothing": (ReadingStatus.EMPTY, SAID_NOTHING),
    "keys": (ReadingStatus.UNSURE, KEYS),
    "emoji": (ReadingStatus.UNSURE, EMOJI),
    "no answer": (ReadingStatus.UNSURE, NO_ANSWER),
    "numbers": (ReadingStatus.UNSURE, NUMBERS),
    "machine": (ReadingStatus.UNSURE, MACHINE),
    "unseen": (ReadingStatus.UNSURE, UNSEEN),
    "stylised": (ReadingStatus.UNSURE, STYLISED),
}
STAND_INS = ["none", "None.", "nothing", "Nothing.", "x", "no comment", "No comment.", "see above", "as above", "test"]
READ = {
    "one word": "Good",
    "one rare word": "Appalling",
    "one misspelt word": "Disapointing!!",
    "one word that says it all": "uninstalled",
    "shouted": "WHY IS IT ALWAYS BROKEN???",
    "slang": "thx gr8 service m8",
    "a verdict in numbers": "10/10",
    "a name with accents": "Señor Gómez at the café was lovely",
    "borrowed words": "Lovely crème brûlée",
    "tags around words": "<p>The app crashes every day</p>",
    "a link beside words": "broken again https://example.com/a.jpg",
    "an address beside words": "please write to jane@example.com",
    "a handle and a hashtag": "@brand #worstserviceever",
    "hidden signs between letters": "g\u200bood ser\u00advice",
    "letters struck through": "t̷h̷e̷ ̷a̷p̷p̷ ̷c̷r̷a̷s̷h̷e̷s̷",
    "right to left forced": "\u202eThe app crashes",
    "emoji beside a word": "😂 lol",
    "keys beside words": "asdf the delivery was late",
    "English of Singapore": "wah lau this app damn slow leh, cannot pay one",
    "English with a Hindi word": "App is very slow yaar, payment is stuck every time",
}


@pytest.fixture(scope="module")
def reader() -> OnnxReader:
    return load_reader()


def read(reader: OnnxReader, text: str) -> Reading:
    (reading,) = reader.read([[Part(text)]])
    return reading


def shown(text: str) -> str:
    return ascii(text if len(text) <= 40 else text[:37] + "...")


def claims_nothing(reading: Reading) -> bool:
    return not reading.standing.any() and not reading.confidence.any()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param(text, status, id=f"{kind} {shown(text)}")
        for kind, (status, texts) in NOT_READ.items()
        for text in texts
    ],
)
def test_what_has_no_words_claims_nothing(reader: OnnxReader, text: str, status: ReadingStatus) -> None:
    reading = read(reader, text)
    assert reading.status is status
    assert claims_nothing(reading)


@pytest.mark.parametrize("text", LANGUAGES.values(), ids=LANGUAGES)
def test_another_language_claims_nothing(reader: OnnxReader, text: str) -> None:
    reading = read(reader, text)
    assert reading.status is ReadingStatus.UNSUPPORTED_LANGUAGE
    assert claims_nothing(reading)


@pytest.mark.parametrize("text", STAND_INS)
def test_a_stand_in_for_an_answer_is_neutral_and_nothing_else(reader: OnnxReader, text: str) -> None:
    reading = read(reader, text)
    assert reading.status is ReadingStatus.READ
    held = [reading.taxonomy.columns[column] for column in (reading.standing[-1] == Standing.HOLDS).nonzero()[0]]
    assert held == [NEUTRAL]
    assert reading.taxonomy.columns[int(reading.record_confidence.argmax())] == NEUTRAL


@pytest.mark.parametrize("text", READ.values(), ids=READ)
def test_what_has_words_is_read(reader: OnnxReader, text: str) -> None:
    reading = read(reader, text)
    assert (reading.status, reading.language) == (ReadingStatus.READ, "en")
    assert reading.n_sentences >= 1
