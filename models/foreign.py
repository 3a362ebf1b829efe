"""Words by which another language in Latin letters is told where letters alone do not tell: in few words, or mixed in.

Common words only, that English has not borrowed and that are no slang or sound in it ("haha", "u" and "oh" are words
of other languages too). Romanised Hindi and Urdu are here because language identifiers do not know them.
"""

from __future__ import annotations

_WORDS = {
    "de": "aber alles auch bei beim bitte damit dass dem dieser doch ein eine einem einen einer endlich euch"
    " funktioniert ganz geht gute guter gutes habe haben heute ich immer jetzt kann kein keine keinen"
    " kommt leider mehr mein meine meinen mich nach nicht nichts nie noch nur schlecht schlechte"
    " schlechter schnell sehr sein seit sich sie sind viel vom warten warum wieder wir wird wurde"
    " zufrieden zum zur",
    "fr": "alors aucun aucune avec avez bonne ce ceci cela ces cette chez depuis est etait jamais je leur"
    " livraison mais mauvais mauvaise merde nous ont parfait pas peux pourquoi quand rien sont suis"
    " toujours tout toute tres votre vous",
    "es": "ahora aun bien buen buena bueno cuando desde donde esta estan estoy fue funciona gracias hasta llega"
    " llego malo mejor muy nada nadie ninguna ninguno nunca pedido pero pesimo porque puedo servicio"
    " siempre sobre tengo tiempo todo todos ustedes",
    "pt": "ainda atendimento boa bom chegou comigo demora ele esse estou foi isso meu minha muito nao nenhum"
    " obrigada obrigado pelo quando quero ruim sem sempre seu tudo uma voce",
    "it": "anche ancora arrivato avete bello bene bravi buon buona buono che cosa degli delle il loro mio molto"
    " negozio nessuno niente ottima ottimo perche pessima pessimo piu qualita questa questo servizio sono"
    " subito troppo tutti tutto veloce",
    "nl": "bezorging deze dit een geen goed goede heb hebben heeft het hij ik jullie maar mijn niemand"
    " niet niets nog nooit ook slecht slechte snel tevreden veel voor waar werkt wij worden zeer",
    "da": "aldrig alt blev det igen ikke jeg meget og tilfreds",
    "sv": "alla allt att fick fungerar ganska har inga ingen inget inte jag mitt mycket och varit vill",
    "pl": "bardzo brak dobra dobre dobry dobrze jest juz mnie moja moje nigdy nikt polecam przesyka tego tylko"
    " zawsze zle",
    "cs": "jsem jsou moc muj neni nikdo nikdy pouze spokojenost velmi vse vzdy",
    "ro": "buna foarte mea nici niciodata nimeni nimic pentru sunt",
    "hu": "egy hogy nagyon rossz volt",
    "fi": "aina hyva kaikki mutta olen oli paljon todella tosi",
    "tr": "bana bir bu cok daha degil gelmedi gibi hic icin iyi kargo kimse kotu musteri yok",
    "id": "aku anda bagus baik banyak barang belum bisa buruk cepat dengan ini itu jelek juga kami karena"
    " kecewa mantap pelayanan sangat saya sekali sudah tapi tidak untuk",
    "tl": "ako dumating ito ka kayo maganda mga naman nga ninyo nyo salamat sila talaga wala walang yung",
    "hi": "aap aapka aapki aaya abhi accha acchi acha achha aur bahot bahut bakwas bekaar bekar bhi bilkul"
    " chahiye dena diya gaya gayi hai hain hua hui jaldi jata kaam kabhi kaise karna karo karta karte"
    " karti kharab kiya koi kuch kya kyu kyun lekin liya mera meri mila milta mujhe nahi nahin paisa paise"
    " raha rahi sab tak toh wapas yaar yeh",
}
LANGUAGE_OF = {word: code for code, words in _WORDS.items() for word in words.split()}
# Words that English writes with the accents they came with.
_BORROWED = (
    "à apéritif beyoncé blasé brûlée café cafés château châteaux cliché clichéd clichés cortège coupé crème crêpe"
    " crêpes décor déjà éclair éclairs entrée entrées exposé façade fiancé fiancée flambé frappé fête gâteau gruyère"
    " jalapeño jalapeños latté maître matinée ménage naïve naïvely naïveté née passé pâté piñata piqué protégé purée"
    " puréed résumé résumés risqué rosé roué saké sauté sautéed señor señora soufflé soirée touché voilà"
    " andré chloé chloë josé renée seán siobhán zoë"
)
BORROWED = frozenset(_BORROWED.split())
