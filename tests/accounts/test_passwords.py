"""Which passwords are refused as predictable, and what is said."""

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import assume, example, given
from hypothesis import strategies as st

from accounts.first_login import generate_password
from accounts.passwords import Weakness, find_weakness, fold
from publications.models import SiteSettings
from tests.factories import make_person

REPEATED = [
    "aaaaaaaaaaaa",
    "abababababab",
    "abcabcabcabc",
    "111122223333",
    "Aa1!Aa1!Aa1!",
    "lalalalalala",
    "ååååååååååååå",
]
IN_ROWS = [
    "123456789012", "098765432109", "qwertyuiopas", "Qwertyuiop12", "abcdefghijkl", "asdfghjklöäz", "1qaz2wsx3edc",
    "zxcvbnm12345", "qwertzuiopü1", "0123456789ab", "lkjhgfdsaqwe", "1234abcd5678", "abcd1234efgh!",
]  # fmt: skip
COMMON = ["password2026!", "!!password!!1", "Password12345!", "sunshine2026!"]
OF_NAMES = [
    "annlindqvist1",
    "Lindqvist2026",
    "sceeus-sceeus1",
    "SCEEUS2026!!",
    "eastern-european",
    "ann.lindqvist",
]
GOOD = [
    "rain over four old harbours", "bapodu-kilemo-nurafe-tisogu", "k7#Wq!9zR$2m", "vägen till visby 1397",
    "Lindqvist-harbour-9-tractor", "correct horse battery", "tregubbariensoppa",
]  # fmt: skip

PERSON = User(username="ann.lindqvist", first_name="Ann", last_name="Lindqvist", email="ann@eastern.example")
NAMES = ("SCEEUS", "Stockholm Centre for Eastern European Studies", "ann.lindqvist", "Ann", "Lindqvist")


@pytest.mark.parametrize("password", REPEATED)
def test_repetition(password):
    assert find_weakness(password, NAMES) == Weakness.REPETITION


@pytest.mark.parametrize("password", IN_ROWS)
def test_sequences_of_keys_digits_and_letters(password):
    assert find_weakness(password, NAMES) in (Weakness.SEQUENCE, Weakness.REPETITION)


@pytest.mark.parametrize("password", COMMON)
def test_a_common_password_with_something_added(password):
    assert find_weakness(password, NAMES) is not None


@pytest.mark.parametrize("password", OF_NAMES)
def test_names_of_the_person_and_the_site(password):
    assert find_weakness(password, NAMES) == Weakness.NAMES


@pytest.mark.parametrize("password", GOOD)
def test_good_passwords_are_accepted(password):
    assert find_weakness(password, NAMES) is None


def test_generated_passwords_are_accepted():
    assert [
        password
        for password in (generate_password() for _time in range(500))
        if find_weakness(password, NAMES)
    ] == []


@pytest.mark.parametrize("password", ["kX7#q", "rain", "x", ""])
def test_a_short_password_is_no_repetition(password):
    assert find_weakness(password, ("Stockholm",)) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("kX7#q", ["password_too_short"]),
        ("ååååå", ["password_too_short", "password_predictable"]),
        ("aaaaaaaaaaaa", ["password_predictable"]),
    ],
)
def test_a_password_gets_only_the_errors_that_apply(password, codes):
    with pytest.raises(ValidationError) as refused:
        validate_password(password, PERSON)

    assert [error.code for error in refused.value.error_list] == codes


@pytest.mark.parametrize("password", ["a\u0301e\u0301i\u0301o\u0301u\u0301y\u0301", "\u1100\u1161" * 6])
def test_combining_characters_are_normalized(password):
    assert len(password) >= 12 and find_weakness(password, ()) is not None


@given(st.text(min_size=1, max_size=3), st.integers(4, 40))
@example("\ufdfa", 4).via("stands for eighteen letters, which is no short unit")
def test_any_short_unit_repeated_is_refused(unit, times):
    assume(fold(unit * times) == fold(unit) * times and len(fold(unit)) <= 3)

    assert find_weakness(unit * times, ()) is not None


@given(st.text(max_size=300))
def test_no_text_raises_another_error(password):
    find_weakness(password, NAMES)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "english", "swedish"),
    [
        ("aaaaaaaaaaaa", "repeats itself", "upprepar sig"),
        ("123456789012", "follows a row", "följer en rad"),
        ("SCEEUS2026!!", "name", "namn"),
    ],
)
def test_the_form_shows_the_reason_and_advice(client, password, english, swedish):
    person = make_person("Editors", password="a right password")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    typed = {"old_password": "a right password", "new_password1": password, "new_password2": password}

    page = client.post("/desk/password_change/", typed, headers={"Accept-Language": "en"}).text
    sida = client.post("/desk/password_change/", typed, headers={"Accept-Language": "sv"}).text

    assert english in page and "four words" in page
    assert swedish in sida and "fyra ord" in sida
    person.refresh_from_db()
    assert person.check_password("a right password")


@pytest.mark.django_db
def test_the_names_of_the_site_are_read_at_each_validation():
    SiteSettings.objects.update(
        short_name="ECFR", name_en="Baltic Observatory", name_sv="Östersjöobservatoriet"
    )

    with pytest.raises(ValidationError, match="name"):
        validate_password("baltic-observatory1", PERSON)


@pytest.mark.django_db
def test_the_host_of_the_site_counts_as_its_name(settings):
    settings.SITE_URL = "https://kustposten.example"

    with pytest.raises(ValidationError, match="name"):
        validate_password("kustposten-2026", PERSON)


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_help_text_names_what_is_refused(language):
    with override(language):
        said = " ".join(str(text) for text in password_validators_help_texts())

    assert ("rows of keys" if language == "en" else "rader på tangentbordet") in said
