"""English and Swedish texts that came in as another language are known; texts in similar languages are left alone."""

import pytest

from publications.importers.language_detection import detect_other_language, find_other_script

TEXTS = {
    "en": "The price of the gas that was sold to the union is from a list which the ministry and the bank have. ",
    "sv": "Det är en text som vi har skrivit om och för att de inte ska vara på ett språk med den som av till. ",
    "no": "Det er en tekst som vi har skrevet om og for at de ikke skal være på et språk med den som av til. ",
    "de": "Der Preis des Gases, das in die Union verkauft wurde, ist von einer Liste, die das Ministerium hat. ",
}


@pytest.mark.parametrize(
    ("text", "language", "detected"),
    [
        ("en", "en", ""), ("sv", "en", "sv"), ("en", "sv", "en"), ("en", "de", "en"), ("sv", "uk", "sv"), ("no", "no", ""),
        ("sv", "no", ""), ("de", "de", ""), ("de", "pl", ""),
    ],
)  # fmt: skip
def test_a_text_that_reads_as_another_language_is_known(text, language, detected):
    assert detect_other_language(TEXTS[text] * 9, language) == detected


NAMES = {
    "nl": (
        "Volgens The Economist is dit in Europa een van de grootste vragen, en het was in Kiev dat de president zei dat de "
        "hulp in gevaar is. Of de Unie het geld in de begroting vindt, is in juni bekend. ",
        "The Price of Gas and that of Coal from Norway is een boek. ",
    ),
    "de": (
        "Was in der Union gilt, ist in Berlin bekannt, und was in Paris gilt, in Bonn. Die Studie The Price of Gas von John "
        "Smith and Ann Berg is in der Reihe for Europe. ",
        "",
    ),
    "et": ("Venemaa on Ukraina vastu, ja raport on siin: the Ministry of Foreign Affairs is for the public and to that end. ", ""),
}  # fmt: skip


@pytest.mark.parametrize("language", NAMES)
def test_a_text_with_english_names_does_not_read_as_english(language):
    text, name = NAMES[language]
    assert detect_other_language(text * 9 + name, language) == ""


GREEK, RUSSIAN = "Ελληνικά κείμενα για όλους. ", "Русский текст для всех. "


@pytest.mark.parametrize(
    ("text", "language", "word"),
    [
        (TEXTS["en"] * 4 + GREEK * 20, "en", "Ελληνικά"), (RUSSIAN * 20, "sv", "Русский"), (TEXTS["en"] * 9, "uk", "The"),
        (GREEK * 20, "el", ""), (RUSSIAN * 20, "uk", ""), (TEXTS["en"] * 9 + GREEK * 9, "en", ""), (GREEK, "en", ""),
        (TEXTS["en"] * 9, "ja", ""), ("aα αα " * 200, "en", "aα"),
    ],
)  # fmt: skip
def test_much_text_in_another_script_is_known(text, language, word):
    assert find_other_script(text, language) == word
