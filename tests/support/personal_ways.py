"""The ways in which people write each kind of personal data, and the sentences they write it in.

A way returns what is written; the part between ‹ and › is the personal data, all of it when there are none.
"""

from __future__ import annotations

from random import Random

from engine.privacy.policy import Kind
from tests.support.personal_values import (
    Way,
    ausweis,
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
    wide,
)

CARRIERS = (
    "{}.", "Please get back to me: {}.", "I already told your agent, {}, and nobody wrote anything down.",
    "Third time I am writing. {}. Fix it.", "{} - why do I have to repeat this every time?",
    "Great service today! {} if you want to thank Sam.", "Your app crashed when I typed this in: {}",
    "waiting since monday\n{}\nstill nothing", "The form would not accept what I entered ({}).",
    "Hello, {} and I would like a refund.", "The driver left it with a neighbour. {}. Ring me before you come.",
    "Terrible. {}. Two weeks and no reply!!", "yeah hi um {} and i just wanted to know where it is",
    "so i called yesterday and the lady said {} and then the line dropped",
    "hi there {} can somebody sort this out please",
    "okay so {} that's what i gave the other guy", "right so {} uh and it's still broken",
    "i was on hold for forty minutes and then {} nobody wrote it down", "um it's {} yeah",
    "hello yes {} thank you bye", "they asked me again for this so {} and then they hung up on me",
    "For the third time: {}", "{} (as I wrote in my last message)", "Dear team, {}. Kind regards",
    "Nobody at the Leeds branch could find me, {}.", "I paid £49.99 on 12/05/2024, {}, and got nothing.",
    "{}; the room was cold and the shower broken.", "My score is 2 out of 10. {}. Sort it out.",
    "Why is it on the parcel label for all to see? {}", "Somebody else got my bill with {} printed on it.",
    "Your chat bot asked me five times. {}. Useless.", "Loved the stay, will come back! {}",
    "NOT HAPPY. {}. CALL ME", "The lad in the shop read it out loud: {}, with people listening.",
    "You have the wrong details, the right ones: {}.", "Following up on my complaint from 3 March. {}.",
    "The agent typed it wrongly, it should be {}, not what is on the letter.", "Could you check {}? Thanks.",
    "I sent everything in January 2024 and again last week, {}, and it was lost both times.",
    "We were promised 24 hours. It took 9 days. {}.", "{}, please delete everything you hold on me.",
    "My mother (82) cannot use the app, so write to me instead: {}.", "The kiosk printed {} on the receipt.",
    "Signed up in the store: {}. Never got the voucher.", "well {} i think that's right", "it's about the boiler {}",
    "My broadband is down since 7 am. {}. Speed was 2.4 Mbps at best.", "5 stars for Anna, 0 for the rest. {}",
    "Flight BA1234 was delayed by 5 hours. {}.", "the nurse kept asking {} in front of everyone",
    "Screenshot attached, {}.", "Subject: complaint\n\n{}\n\nI expect an answer.", "* {}", "\"{}\"",
    "Is this even safe? You e-mailed it in plain text: {}.", "no idea what to do any more, {}...",
    "it keeps saying error 500 but {} is correct", "I dictated it twice, {}, letter by letter.",
    "Can't log in. {}", "You closed my case without asking. {}. Reopen it!", "bonjour, {}, merci",
    "Guten Tag, {}, danke.", "hola, {}, gracias", "{}!!!",
)  # fmt: skip


def _of(number: Way, *sizes: int, by: str = " ") -> Way:
    return lambda rng: cut(number(rng), *sizes, by=by)


def _uk(rng: Random) -> str:
    return "07" + digits(rng, 9, "45789")


def _us(rng: Random) -> str:
    return f"{digits(rng, 3, '23456789')}{digits(rng, 3, '23456789')}{digits(rng, 4)}"


def _de(rng: Random) -> str:
    return "01" + rng.choice(("51", "60", "71", "76")) + digits(rng, 7)


def _spelled_mail(rng: Random) -> str:
    first, last = person(rng)
    return (
        f"{plain(first)} dot {plain(last)} at {rng.choice(('gmail', 'example', 'outlook', 'hotmail', 'yahoo'))} dot com"
    )


EMAIL: tuple[Way, ...] = (
    mail,
    lambda rng: mail(rng).upper(),
    lambda rng: mail(rng, "_"),
    lambda rng: mail(rng, ".").replace("@", f"+{digits(rng, 3)}@"),
    lambda rng: mail(rng, "").replace("@", f"{rng.randrange(50, 99)}@"),
    lambda rng: mail(rng).replace("@", " [at] ").replace(".", " [dot] "),
    lambda rng: mail(rng).replace("@", "(at)"),
    lambda rng: mail(rng).replace("@", " (at) ").replace(".", " (dot) "),
    lambda rng: mail(rng).replace("@", " @ "),
    lambda rng: mail(rng).replace("@", "\u200b@\u200b"),
    lambda rng: wide(mail(rng)),
    lambda rng: f"mailto:‹{mail(rng)}›",
    lambda rng: f"<‹{mail(rng)}›>",
    _spelled_mail,
    lambda rng: f"my email is ‹{_spelled_mail(rng)}›",
    lambda rng: (
        f"email me at ‹{plain(person(rng)[0])} {plain(person(rng)[1])} {rng.randrange(50, 99)} at gmail dot com›"
    ),
    lambda rng: " ".join(plain(person(rng)[0])) + " at gmail dot com",
    lambda rng: f"{plain(person(rng)[0])} underscore {plain(person(rng)[1])} at yahoo dot co dot uk",
    lambda rng: f"my e-mail address, ‹{mail(rng, '-')}›",
)
PHONE: tuple[Way, ...] = (
    _uk,
    _of(_uk, 5, 6),
    _of(_uk, 5, 3, 3),
    _of(_uk, 4, 3, 4, by="-"),
    lambda rng: f"+44 {cut(_uk(rng)[1:], 4, 6)}",
    lambda rng: f"+44 (0) {cut(_uk(rng)[1:], 4, 3, 3)}",
    lambda rng: f"+44{_uk(rng)[1:]}",
    lambda rng: f"0044 {cut(_uk(rng)[1:], 4, 6)}",
    lambda rng: f"(0{rng.choice(('20', '121', '113'))}) {digits(rng, 4)} {digits(rng, 4)}",
    lambda rng: f"({_us(rng)[:3]}) {cut(_us(rng)[3:], 3, 4, by='-')}",
    _of(_us, 3, 3, 4, by="-"),
    _of(_us, 3, 3, 4, by="."),
    lambda rng: f"+1 {cut(_us(rng), 3, 3, 4, by='-')}",
    lambda rng: f"1-{cut(_us(rng), 3, 3, 4, by='-')}",
    lambda rng: f"call me on ‹{_us(rng)}›",
    lambda rng: f"{cut(_us(rng), 3, 3, 4, by='-')} ext. {digits(rng, 3)}",
    lambda rng: f"+49 {cut(_de(rng)[1:], 3, 7)}",
    _of(_de, 4, 7, by="/"),
    lambda rng: f"030 / {digits(rng, 4)} {digits(rng, 3)}",
    lambda rng: f"06 {cut(digits(rng, 8), 2, 2, 2, 2)}",
    lambda rng: f"06.{cut(digits(rng, 8), 2, 2, 2, 2, by='.')}",
    lambda rng: f"+33 6 {cut(digits(rng, 8), 2, 2, 2, 2)}",
    lambda rng: f"+34 6{cut(digits(rng, 8), 2, 3, 3)}",
    lambda rng: cut("6" + digits(rng, 8), 3, 3, 3),
    lambda rng: cut("6" + digits(rng, 8), 3, 2, 2, 2),
    lambda rng: f"+91 {cut('9' + digits(rng, 9), 5, 5)}",
    lambda rng: f"0{digits(rng, 1, '2378')} {digits(rng, 4)} {digits(rng, 4)}",
    lambda rng: spoken(_uk(rng), rng),
    lambda rng: f"my number is ‹{spoken(_us(rng), rng)}›",
    lambda rng: " ".join(_uk(rng)),
    lambda rng: wide(_uk(rng)),
    lambda rng: _uk(rng).replace("7", "7\u200b"),
    lambda rng: cut(_uk(rng), 5, 6, by="\u00a0"),
    lambda rng: cut(_uk(rng), 5, 6, by="\n"),
)
CARD: tuple[Way, ...] = (
    card,
    _of(card, 4, 4, 4, 4),
    _of(card, 4, 4, 4, 4, by="-"),
    _of(card, 4, 4, 4, 4, by="."),
    _of(card, 4, 4, 4, 4, by="\u00a0"),
    _of(card, 4, 4, 4, 4, by="  "),
    _of(card, 4, 4, 4, 4, by="\n"),
    lambda rng: card(rng, rng.choice(("34", "37")), 15),
    lambda rng: cut(card(rng, "37", 15), 4, 6, 5),
    lambda rng: cut(card(rng, "37", 15), 4, 6, 5, by="-"),
    lambda rng: card(rng, "36", 14),
    lambda rng: card(rng, "4", 13),
    lambda rng: card(rng, "6304", 19),
    lambda rng: cut(card(rng, "6304", 19), 4, 4, 4, 4, 3),
    lambda rng: wide(card(rng)),
    lambda rng: spoken(card(rng), rng),
    lambda rng: ", ".join(spoken(part, rng) for part in cut(card(rng), 4, 4, 4, 4).split()),
    lambda rng: " ".join(card(rng)),
    lambda rng: f"visa ‹{card(rng, '4')}› exp 04/27 cvv 123",
    lambda rng: f"card:‹{card(rng)}›",
    lambda rng: "\u200b".join(card(rng)),
    lambda rng: f"my card number ‹{cut(card(rng), 8, 8)}›",
)
IBAN: tuple[Way, ...] = (
    lambda rng: iban(rng, "GB"),
    lambda rng: cut(iban(rng, "GB"), 4, 4, 4, 4, 4, 2),
    lambda rng: iban(rng, "DE"),
    lambda rng: cut(iban(rng, "DE"), 4, 4, 4, 4, 4, 2),
    lambda rng: cut(iban(rng, "DE"), 4, 4, 4, 4, 4, 2, by="-"),
    lambda rng: iban(rng, "FR"),
    lambda rng: cut(iban(rng, "FR"), 4, 4, 4, 4, 4, 4, 3),
    lambda rng: cut(iban(rng, "ES"), 4, 4, 4, 4, 4, 4),
    lambda rng: iban(rng, "IT"),
    lambda rng: cut(iban(rng, "NL"), 4, 4, 4, 4, 2),
    lambda rng: iban(rng, "IE").lower(),
    lambda rng: cut(iban(rng, "PT"), 4, 4, 4, 4, 4, 4, 1),
    lambda rng: cut(iban(rng, "BE"), 4, 4, 4, 4),
    lambda rng: f"IBAN: ‹{iban(rng, 'AT')}›",
    lambda rng: f"iban ‹{cut(iban(rng, 'CH').lower(), 4, 4, 4, 4, 4, 1)}›",
    lambda rng: cut(iban(rng, "PL"), 4, 4, 4, 4, 4, 4, 4, by="\u00a0"),
    lambda rng: wide(iban(rng, "NO")),
)
NATIONAL_ID: tuple[Way, ...] = (
    _of(ssn, 3, 2, 4, by="-"),
    _of(ssn, 3, 2, 4),
    lambda rng: f"my social security number is ‹{ssn(rng)}›",
    lambda rng: f"social ‹{spoken(ssn(rng), rng)}›",
    nino,
    _of(nino, 2, 2, 2, 2, 1),
    lambda rng: nino(rng).lower(),
    _of(nino, 2, 2, 2, 2, 1, by="-"),
    _of(nhs, 3, 3, 4),
    lambda rng: f"NHS number ‹{nhs(rng)}›",
    steuer_id,
    _of(steuer_id, 2, 3, 3, 3),
    ausweis,
    lambda rng: f"Personalausweis ‹{ausweis(rng)}›",
    dni,
    lambda rng: dni(rng).lower(),
    _of(dni, 8, 1, by="-"),
    _of(dni, 2, 3, 3, 1, by="."),
    lambda rng: dni(rng, rng.choice("XYZ")),
    nir,
    _of(nir, 1, 2, 2, 2, 3, 3, 2),
    codice_fiscale,
    lambda rng: codice_fiscale(rng).lower(),
    _of(codice_fiscale, 3, 3, 5, 5),
    lambda rng: cut(verhoeff(digits(rng, 11, "23456789")), 4, 4, 4),
    lambda rng: f"my aadhaar is ‹{verhoeff(digits(rng, 11, '23456789'))}›",
    lambda rng: f"passport number ‹{digits(rng, 9)}›",
    lambda rng: f"my passport ‹C{digits(rng, 8)}›",
    lambda rng: f"driving licence ‹{rng.choice(('MORGA', 'SMITH'))}6{rng.choice('01')}412{digits(rng, 1)}SM9IJ›",
    lambda rng: f"passport no. ‹{rng.choice('ABCXYZ')}{digits(rng, 7)}›",
)
ACCOUNT: tuple[Way, ...] = (
    lambda rng: f"account number ‹{digits(rng, 8)}›",
    lambda rng: f"my account is ‹{digits(rng, 8)}›",
    lambda rng: f"acct # ‹{digits(rng, 10)}›",
    lambda rng: f"a/c no. ‹{digits(rng, 8)}›",
    lambda rng: f"account no ‹{cut(digits(rng, 8), 4, 4)}›",
    lambda rng: f"sort code ‹{cut(digits(rng, 6), 2, 2, 2, by='-')}› account ‹{digits(rng, 8)}›",
    lambda rng: f"sort code ‹{cut(digits(rng, 6), 2, 2, 2)}›",
    lambda rng: f"customer number: ‹{digits(rng, 7)}›",
    lambda rng: f"my customer ID is ‹C-{digits(rng, 6)}›",
    lambda rng: f"policy number ‹POL{digits(rng, 8)}›",
    lambda rng: f"my policy, ‹HX/{digits(rng, 6)}/{digits(rng, 2)}›",
    lambda rng: f"membership no. ‹{digits(rng, 9)}›",
    lambda rng: f"member number that you gave me is ‹{digits(rng, 6)}›",
    lambda rng: f"loyalty card number is ‹{cut(digits(rng, 12, '789'), 4, 4, 4)}›",
    lambda rng: f"Kundennummer ‹{digits(rng, 8)}›",
    lambda rng: f"Vertragsnummer: ‹V{digits(rng, 7)}›",
    lambda rng: f"numéro de client ‹{digits(rng, 8)}›",
    lambda rng: f"número de cliente ‹{digits(rng, 7)}›",
    lambda rng: f"my account number is ‹{spoken(digits(rng, 8), rng)}›",
    lambda rng: f"client ref ‹{digits(rng, 3)}-{digits(rng, 4)}›",
    lambda rng: f"ACCOUNT NUMBER ‹{digits(rng, 8)}›",
    lambda rng: f"account number ‹{wide(digits(rng, 8))}›",
)
ORDER: tuple[Way, ...] = (
    lambda rng: f"order number ‹{digits(rng, 6)}›",
    lambda rng: f"order ‹#{digits(rng, 5)}›",
    lambda rng: f"my order ‹{digits(rng, 2)}-{digits(rng, 4)}›",
    lambda rng: f"‹{digits(rng, 3)}-{digits(rng, 7)}-{digits(rng, 7)}›",
    lambda rng: f"Order No: ‹ORD-{digits(rng, 8)}›",
    lambda rng: f"booking reference ‹{rng.choice('KLMX')}{digits(rng, 1)}P{digits(rng, 1)}{rng.choice('TUV')}Z›",
    lambda rng: f"booking ref ‹{''.join(rng.choice('BCDFGHJKLMNPQRSTVWXZ') for _ in range(6))}›",
    lambda rng: f"ticket ‹INC{digits(rng, 7)}›",
    lambda rng: f"case number is ‹{digits(rng, 8)}›",
    lambda rng: f"tracking number ‹1Z{digits(rng, 3)}AA{digits(rng, 11)}›",
    lambda rng: f"parcel ‹{rng.choice(('RB', 'CP', 'LX'))}{digits(rng, 9)}GB›",
    lambda rng: f"invoice ‹INV-2024-{digits(rng, 4)}›",
    lambda rng: f"invoice no. ‹{digits(rng, 7)}›",
    lambda rng: f"my reference is ‹{rng.choice('ABC')}{rng.choice('XYZ')}{digits(rng, 6)}›",
    lambda rng: f"confirmation code ‹{digits(rng, 9)}›",
    lambda rng: f"the reference they gave me, ‹{digits(rng, 6)}›",
    lambda rng: f"order number with you was ‹{digits(rng, 7)}›",
    lambda rng: f"Bestellnummer ‹{digits(rng, 8)}›",
    lambda rng: f"numéro de commande ‹{digits(rng, 7)}›",
    lambda rng: f"pedido nº ‹{digits(rng, 6)}›",
    lambda rng: f"order number ‹{spoken(digits(rng, 6), rng)}›",
    lambda rng: f"complaint ref: ‹CMP/{digits(rng, 5)}›",
)
WAYS = {
    Kind.EMAIL: EMAIL,
    Kind.PHONE: PHONE,
    Kind.CARD: CARD,
    Kind.IBAN: IBAN,
    Kind.NATIONAL_ID: NATIONAL_ID,
    Kind.ACCOUNT: ACCOUNT,
    Kind.ORDER: ORDER,
}


def _full(rng: Random) -> str:
    return " ".join(person(rng))


NAME: tuple[Way, ...] = (
    lambda rng: f"my name is ‹{_full(rng)}›",
    lambda rng: f"my name is ‹{_full(rng).lower()}›",
    lambda rng: f"this is ‹{_full(rng)}› speaking",
    lambda rng: f"this is ‹{person(rng)[0].lower()}› calling",
    lambda rng: f"I spoke to ‹{person(rng)[0]}›",
    lambda rng: f"i spoke to ‹{person(rng)[0].lower()}›",
    lambda rng: f"Dr ‹{person(rng)[1]}› was kind",
    lambda rng: f"Mrs. ‹{person(rng)[1]}› at the desk",
    lambda rng: f"‹{_full(rng)}› was very helpful",
    lambda rng: f"the agent, ‹{_full(rng)}›, hung up",
    lambda rng: f"a lady called ‹{person(rng)[0]}› promised it",
    lambda rng: f"i'm ‹{_full(rng).lower()}› from the leeds office",
    lambda rng: f"booked in the name of ‹{_full(rng)}›",
    lambda rng: f"under the surname ‹{person(rng)[1]}›",
    lambda rng: f"your driver ‹{_full(rng)}› laughed at me",
    lambda rng: f"passenger ‹{_full(rng)}›",
    lambda rng: f"Kind regards, ‹{_full(rng)}›",
    lambda rng: f"I am ‹{_full(rng)}› and I want my money back",
    lambda rng: f"the engineer was named ‹{person(rng)[0]}›",
    lambda rng: f"my wife ‹{_full(rng)}› booked it",
)
TOWNS = ("Leeds", "Bristol", "Berlin", "Lyon", "Sevilla", "Austin", "Little Snoring", "Oxford")
ADDRESS: tuple[Way, ...] = (
    lambda rng: (
        f"{rng.randrange(1, 250)}"
        f" {rng.choice(('Park Lane', 'High Street', 'Church Road', 'Elm Grove'))},"
        f" {rng.choice(TOWNS)} LS{rng.randrange(1, 19)} {rng.randrange(1, 9)}AB"
    ),
    lambda rng: (
        f"Flat {rng.randrange(1, 30)}, {rng.randrange(1, 90)} Victoria Terrace, Bristol, BS1 {rng.randrange(1, 9)}QD"
    ),
    lambda rng: f"{rng.randrange(1, 250)} old mill road",
    lambda rng: (
        f"{rng.randrange(100, 9999)} Maple Ave, Apt {rng.randrange(1, 30)}, Austin, TX 787{rng.randrange(10, 60)}"
    ),
    lambda rng: f"{rng.randrange(100, 9999)} N. Main St., Springfield, IL 627{rng.randrange(10, 60)}-1234",
    lambda rng: f"Lindenstraße {rng.randrange(1, 150)}, 10{rng.randrange(100, 999)} Berlin",
    lambda rng: f"Am Markt {rng.randrange(1, 90)}a, 04109 Leipzig",
    lambda rng: f"{rng.randrange(1, 90)} rue de la République, 6900{rng.randrange(1, 9)} Lyon",
    lambda rng: f"{rng.randrange(1, 90)} bis, avenue Victor Hugo, 75016 Paris",
    lambda rng: f"Calle Mayor {rng.randrange(1, 90)}, 3º B, 28013 Madrid",
    lambda rng: f"Avda. de la Constitución, {rng.randrange(1, 90)}, 41004 Sevilla",
    lambda rng: f"Via Garibaldi {rng.randrange(1, 90)}, 00184 Roma",
    lambda rng: f"P.O. Box {digits(rng, 4, '123')}, Austin, TX 78701",
    lambda rng: (
        f"i live at ‹{rng.choice(('forty two', 'nineteen', 'one hundred and six'))}"
        f" {rng.choice(('high street', 'church lane', 'elm grove'))} {rng.choice(TOWNS).lower()}›"
    ),
    lambda rng: (
        f"I live in ‹the {rng.choice(('blue', 'last', 'big white'))} house next to the church in Little Snoring›"
    ),
    lambda rng: (
        f"my address is ‹{rng.choice(('Rose Cottage', 'Mill Farm', 'The Old Barn'))},"
        f" {rng.choice(('Long Lane', 'Church Hill'))}, {rng.choice(TOWNS)}›"
    ),
    lambda rng: f"deliver it to ‹flat {rng.choice(('two', 'nine', 'eleven'))} the old brewery on station road›",
    lambda rng: f"we moved to ‹{rng.randrange(2, 99)} {rng.choice(('Willow', 'Birch', 'Cedar'))} Close›",
)
WAYS |= {Kind.NAME: NAME, Kind.ADDRESS: ADDRESS}
