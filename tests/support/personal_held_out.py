"""Other ways and other sentences, written only after the recogniser did well on the first ones.

What was missed at first sight of them was mended, so that they are a test now and no longer held out.
"""

from __future__ import annotations

import string
from random import Random

from engine.privacy.policy import Kind
from tests.support.personal_values import (
    Way,
    card,
    codice_fiscale,
    cut,
    digits,
    dni,
    iban,
    mail,
    nhs,
    nino,
    nir,
    person,
    plain,
    spoken,
    ssn,
    steuer_id,
    verhoeff,
)

CARRIERS = (
    "Absolute shambles from start to finish. {}.", "{} and that's all I know", "Can someone competent read this? {}",
    "the website logged me out four times then {} was shown to a stranger", "Lovely people, awful system. {}. 3/10.",
    "yes good morning {} i rang on tuesday about the leak", "{} / still no answer after 14 days",
    "It took six emails. {}. Nobody reads.", "um so my thing is {} if that helps at all",
    "Posted on Twitter too. {}.", "Why does your invoice show {} to the whole office?",
    "Room 412, 2 nights, £318 in total, {}, never again", "my daughter is 9 and {} came up on her screen",
    "I quote: '{}'. Those were his words.", "Sent from my iPhone 14. {}",
    "[call transcript] customer: {} agent: thank you",
    "Delivery was between 9:00 and 17:30 on 2024-06-03; {}; nobody came.", "PLEASE HELP {} PLEASE", "{}?? wrong again",
    "Just to confirm: {}. Now do your job.", "oh hang on let me find it {} there you go", "No heating for 3 days. {}",
    "What a lovely lady on the till. {}. Ta.", "The 17:42 to Leeds was cancelled. {}. Refund me £23.50.",
    "Model WH-1000XM4, firmware 2.1.0. {}. Left ear is dead.",
    "i have been a customer since 2011 and {} means nothing to you",
)  # fmt: skip


def _uk(rng: Random) -> str:
    return "07" + digits(rng, 9, "45789")


def _us(rng: Random) -> str:
    return f"{digits(rng, 3, '23456789')}{digits(rng, 3, '23456789')}{digits(rng, 4)}"


def _full(rng: Random) -> str:
    return " ".join(person(rng))


def _said(text: str) -> str:
    return text.replace("@", " at ").replace(".", " dot ").replace("-", " dash ").replace("_", " underscore ")


EMAIL: tuple[Way, ...] = (
    lambda rng: f"contact: ‹{mail(rng)}›;",
    lambda rng: f"'‹{mail(rng, '')}›'",
    lambda rng: mail(rng).title(),
    lambda rng: mail(rng).replace("@", "{at}").replace(".", "{dot}"),
    lambda rng: mail(rng).replace("@", " AT ").replace(".", " DOT "),
    lambda rng: mail(rng).replace("@", " <at> "),
    lambda rng: mail(rng).replace("@", "[@]"),
    lambda rng: _said(mail(rng)),
    lambda rng: f"you can mail me on ‹{_said(mail(rng, '_'))}›",
    lambda rng: f"the email is ‹{person(rng)[0].lower()} {spoken(digits(rng, 2), rng)} at hotmail dot co dot uk›",
    lambda rng: f"it's ‹{plain(person(rng)[1])} at acme dash corp dot io›",
    lambda rng: mail(rng).replace("@", "@ "),
    lambda rng: mail(rng).replace(".", "\u2024"),
    lambda rng: mail(rng).replace("@", "\u00ad@"),
    lambda rng: f"jane.{plain(person(rng)[1])}@bücher.example",
    lambda rng: f"x{digits(rng, 5)}@students.uni-{plain(person(rng)[1])}.ac.uk",
)
PHONE: tuple[Way, ...] = (
    lambda rng: f"+44.{cut(_uk(rng)[1:], 4, 3, 3, by='.')}",
    lambda rng: f"+44-{cut(_uk(rng)[1:], 4, 6, by='-')}",
    lambda rng: f"(+44) {_uk(rng)[1:]}",
    lambda rng: f"44{_uk(rng)[1:]}",
    lambda rng: cut(_uk(rng), 3, 4, 4),
    lambda rng: cut(_uk(rng), 4, 4, 3),
    lambda rng: f"{cut(_us(rng), 3, 3, 4, by=' - ')}",
    lambda rng: f"({_us(rng)[:3]}){cut(_us(rng)[3:], 3, 4, by='-')}",
    lambda rng: f"+1({_us(rng)[:3]}){_us(rng)[3:]}",
    lambda rng: f"tel. ‹{cut(digits(rng, 7, '2345'), 3, 4, by='-')}›",
    lambda rng: f"00 49 {rng.choice(('30', '89'))} {digits(rng, 7)}",
    lambda rng: f"0171-{digits(rng, 7)}",
    lambda rng: f"0{rng.choice('1234')}{digits(rng, 8)}",
    lambda rng: f"+39 3{cut(digits(rng, 9, '24'), 2, 3, 4)}",
    lambda rng: f"+353 8{cut(digits(rng, 8, '57'), 1, 3, 4)}",
    lambda rng: f"04{cut(digits(rng, 8), 2, 3, 3)}",
    lambda rng: f"whatsapp me ‹{digits(rng, 10, '789')}›",
    lambda rng: f"my mobile's ‹{spoken(_uk(rng)[:5], rng)}, {spoken(_uk(rng)[5:8], rng)}, {spoken(_uk(rng)[8:], rng)}›",
    lambda rng: f"reach me on plus ‹four four {spoken(_uk(rng)[1:], rng)}›",
    lambda rng: f"{spoken(_uk(rng)[:5], rng)} um {spoken(_uk(rng)[5:], rng)}",
    lambda rng: "".join(chr(0x0660 + int(digit)) for digit in _uk(rng)),
    lambda rng: "".join(f"{digit}\ufe0f\u20e3" for digit in _uk(rng)),
    lambda rng: "-".join(_uk(rng)),
)
CARD: tuple[Way, ...] = (
    lambda rng: cut(card(rng), 4, 4, 4, 4, by="/"),
    lambda rng: cut(card(rng), 4, 4, 4, 4, by=" - "),
    lambda rng: cut(card(rng), 4, 4, 4, 4, by="_"),
    lambda rng: cut(card(rng), 4, 4, 4, 4, by="\u2011"),
    lambda rng: cut(card(rng), 4, 4, 4, 4, by="\t"),
    lambda rng: cut(card(rng), 4, 4, 4, 4, by=", "),
    lambda rng: f"my card ‹{cut(card(rng), 4, 5, 7)}›",
    lambda rng: cut(card(rng, "38", 14), 4, 6, 4),
    lambda rng: f"x‹{card(rng)}›x",
    lambda rng: f"PAN=‹{card(rng)}›;CVV=123",
    lambda rng: f"mastercard, the full number is ‹{card(rng, '53')}›",
    lambda rng: "-".join(card(rng)),
    lambda rng: " ".join(spoken(part, rng) for part in cut(card(rng, "37", 15), 4, 6, 5).split()),
    lambda rng: "".join(chr(0x1D7CE + int(digit)) for digit in card(rng)),
)
IBAN: tuple[Way, ...] = (
    lambda rng: cut(iban(rng, "GB"), 4, 4, 4, 4, 4, 2, by="."),
    lambda rng: iban(rng, "GB").lower(),
    lambda rng: cut(iban(rng, "DE"), 2, 2, 8, 10),
    lambda rng: cut(iban(rng, "IT"), 4, 1, 5, 5, 12),
    lambda rng: cut(iban(rng, "FR"), 4, 5, 5, 11, 2),
    lambda rng: cut(iban(rng, "ES"), 4, 4, 4, 2, 10, by="-"),
    lambda rng: f"iban:‹{iban(rng, 'NL')}›",
    lambda rng: f"IBAN = ‹{cut(iban(rng, 'PT'), 4, 4, 4, 11, 2)}›",
    lambda rng: cut(iban(rng, "AT"), 4, 4, 4, 4, 4, by="\n"),
    lambda rng: "\u200c".join(iban(rng, "BE")),
    lambda rng: " ".join(iban(rng, "DE")),
    lambda rng: f"(‹{iban(rng, 'CH')}›)",
)
NATIONAL_ID: tuple[Way, ...] = (
    lambda rng: cut(ssn(rng), 3, 2, 4, by="."),
    lambda rng: f"SSN: ‹{ssn(rng)}›",
    lambda rng: f"my social is ‹{cut(ssn(rng), 3, 2, 4)}›",
    lambda rng: cut(nino(rng), 2, 6, 1),
    lambda rng: f"NI number ‹{nino(rng)}›",
    lambda rng: cut(nhs(rng), 3, 3, 4, by="-"),
    lambda rng: f"my NHS no is ‹{spoken(nhs(rng), rng)}›",
    lambda rng: f"Steuer-ID ‹{cut(steuer_id(rng), 2, 3, 3, 3)}›",
    lambda rng: f"steuernummer ‹{steuer_id(rng)}›",
    lambda rng: cut(dni(rng), 8, 1),
    lambda rng: cut(dni(rng, rng.choice("XYZ")), 1, 7, 1, by="-"),
    lambda rng: cut(nir(rng), 13, 2),
    lambda rng: cut(nir(rng), 1, 2, 2, 2, 3, 3, 2, by="."),
    lambda rng: f"codice fiscale: ‹{codice_fiscale(rng)}›",
    lambda rng: cut(verhoeff(digits(rng, 11, "23456789")), 4, 4, 4, by="-"),
    lambda rng: f"PAN ‹{''.join(rng.choice('ABCXYZ') for _ in range(3))}P{rng.choice('ABC')}{digits(rng, 4)}K›",
    lambda rng: f"passport ‹{digits(rng, 9)}›",
    lambda rng: f"my passport number's ‹{rng.choice('GHKX')}{digits(rng, 8)}›",
    lambda rng: f"passport number is ‹{spoken(digits(rng, 9), rng)}›",
    lambda rng: f"driver's license number ‹{rng.choice('ABDS')}{digits(rng, 7)}›",
    lambda rng: f"national insurance number, ‹{nino(rng).lower()}›",
)
ACCOUNT: tuple[Way, ...] = (
    lambda rng: f"acc no: ‹{digits(rng, 8)}›",
    lambda rng: f"Account No.: ‹{cut(digits(rng, 12), 4, 4, 4, by='-')}›",
    lambda rng: f"account number ending in ‹{digits(rng, 4)}›",
    lambda rng: f"sort code ‹{digits(rng, 6)}›",
    lambda rng: f"‹{cut(digits(rng, 6), 2, 2, 2, by='-')}› is the sort code",
    lambda rng: f"customer no ‹{digits(rng, 6)}›",
    lambda rng: f"Customer-ID ‹{digits(rng, 3)}/{digits(rng, 5)}›",
    lambda rng: f"my client number with your firm is ‹{digits(rng, 6)}›",
    lambda rng: f"policy ‹{rng.choice('KLM')}{rng.choice('XYZ')}-{digits(rng, 6)}-{rng.choice('AB')}›",
    lambda rng: f"membership card ‹{digits(rng, 10)}›",
    lambda rng: f"frequent flyer number ‹{rng.choice('KLM')}{rng.choice('XYZ')}{digits(rng, 7)}›",
    lambda rng: f"meter serial number ‹{digits(rng, 2)}{rng.choice('KLM')}{digits(rng, 6)}›",
    lambda rng: f"Kundennr. ‹{digits(rng, 7)}›",
    lambda rng: f"Kontonummer: ‹{digits(rng, 10)}›",
    lambda rng: f"numéro de compte : ‹{digits(rng, 11)}›",
    lambda rng: f"número de socio ‹{digits(rng, 6)}›",
    lambda rng: f"my member id is ‹{spoken(digits(rng, 7), rng)}›",
    lambda rng: f"patient number ‹{digits(rng, 7)}›",
    lambda rng: f"account #‹{digits(rng, 6)}›",
)
ORDER: tuple[Way, ...] = (
    lambda rng: f"order no. ‹{digits(rng, 3)} {digits(rng, 3)}›",
    lambda rng: f"order id: ‹{digits(rng, 5)}-{rng.choice('ABC')}›",
    lambda rng: f"orders ‹{digits(rng, 6)}› and ‹{digits(rng, 6)}›",
    lambda rng: f"Order#‹{digits(rng, 9)}›",
    lambda rng: f"purchase order ‹PO-{digits(rng, 5)}›",
    lambda rng: f"my booking, ‹{''.join(rng.choice('BCDFGHJKLM23456789') for _ in range(4))}{digits(rng, 2)}›,",
    lambda rng: f"PNR ‹{''.join(rng.choice(string.ascii_uppercase) for _ in range(6))}›",
    lambda rng: f"reservation number ‹{digits(rng, 10)}›",
    lambda rng: f"ticket no ‹{digits(rng, 3)}-{digits(rng, 10)}›",
    lambda rng: f"case ref ‹{digits(rng, 4)}/{digits(rng, 2)}›",
    lambda rng: f"tracking id ‹JD{digits(rng, 16)}›",
    lambda rng: f"DHL parcel ‹{digits(rng, 10)}›",
    lambda rng: f"invoice number was ‹{digits(rng, 4)}-{digits(rng, 4)}›",
    lambda rng: f"Rechnungsnummer ‹RE{digits(rng, 8)}›",
    lambda rng: f"Sendungsnummer ‹{digits(rng, 14)}›",
    lambda rng: f"commande n° ‹{digits(rng, 8)}›",
    lambda rng: f"número de pedido: ‹{digits(rng, 7)}›",
    lambda rng: f"complaint number is ‹{rng.choice('abc')} {spoken(digits(rng, 5), rng)}›",
    lambda rng: f"return ‹RMA{digits(rng, 6)}›",
    lambda rng: f"quote reference: ‹Q{digits(rng, 7)}›",
    lambda rng: f"confirmation number I was given is ‹{digits(rng, 8)}›",
)
NAME: tuple[Way, ...] = (
    lambda rng: f"it's ‹{_full(rng)}› here",
    lambda rng: f"name's ‹{person(rng)[0].lower()}›",
    lambda rng: f"Yours sincerely,\n‹{_full(rng)}›",
    lambda rng: f"‹{person(rng)[0]}› in your Leeds shop was brilliant",
    lambda rng: f"Miss ‹{_full(rng)}›",
    lambda rng: f"i was served by ‹{person(rng)[0].lower()}›",
    lambda rng: f"the account is under ‹{_full(rng)}›",
    lambda rng: f"mr ‹{person(rng)[1].lower()}› promised",
    lambda rng: f"my son ‹{person(rng)[0]}› fell",
    lambda rng: f"Dear ‹{person(rng)[0]}›, thanks",
    lambda rng: f"your colleague ‹{person(rng)[0]}› and ‹{_full(rng)}›",
    lambda rng: f"customer name ‹{_full(rng).upper()}›",
    lambda rng: f"‹{person(rng)[1]}, {person(rng)[0]}›",
    lambda rng: f"hi this is ‹{_full(rng).lower()}›",
)
ADDRESS: tuple[Way, ...] = (
    lambda rng: f"{rng.randrange(1, 99)}a Queens Road, London SE{rng.randrange(1, 20)} {rng.randrange(1, 9)}BT",
    lambda rng: f"{rng.randrange(1, 99)} Kings Court\nYork\nYO1 {rng.randrange(1, 9)}HH",
    lambda rng: f"{rng.randrange(10, 9999)} NW 5th Street, Portland, OR 97{rng.randrange(200, 300)}",
    lambda rng: (
        f"{rng.randrange(10, 9999)} Sunset Blvd #{rng.randrange(1, 30)}, Los Angeles CA 900{rng.randrange(10, 99)}"
    ),
    lambda rng: f"postcode ‹m{rng.randrange(1, 9)} {rng.randrange(1, 9)}ab›",
    lambda rng: f"Goethestr. {rng.randrange(1, 99)}, 80336 München",
    lambda rng: f"Alter Steinweg {rng.randrange(1, 99)}, 20459 Hamburg",
    lambda rng: f"{rng.randrange(1, 99)}, place Bellecour, 69002 Lyon",
    lambda rng: f"C/ Gran Vía {rng.randrange(1, 99)}, 28013 Madrid",
    lambda rng: f"Keizersgracht {rng.randrange(1, 999)}, 1016 DX Amsterdam",
    lambda rng: f"i'm at ‹number {rng.randrange(2, 99)} willow close›",
    lambda rng: f"send it to ‹{rng.choice(('fourteen', 'sixty'))} ash court flat two›",
    lambda rng: f"we live at ‹{rng.choice(('Hill', 'Brook'))} Farm Cottage, just past the pub in Ashby›",
    lambda rng: f"Unit {rng.randrange(1, 30)}, Meadow Business Park, Norwich NR{rng.randrange(1, 9)} 1AA",
)
WAYS = {
    Kind.EMAIL: EMAIL,
    Kind.PHONE: PHONE,
    Kind.CARD: CARD,
    Kind.IBAN: IBAN,
    Kind.NATIONAL_ID: NATIONAL_ID,
    Kind.ACCOUNT: ACCOUNT,
    Kind.ORDER: ORDER,
    Kind.NAME: NAME,
    Kind.ADDRESS: ADDRESS,
}
