"""The Swedish of the site: whole, compiled as it is written, and with addresses of its own."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib import admin
from django.urls import URLResolver, resolve
from django.utils.translation import gettext, override
from django.utils.translation.template import templatize

from publications.models import Author, SitePage
from publications.urls import urlpatterns

MESSAGES = Path(settings.LOCALE_PATHS[0]) / "sv" / "LC_MESSAGES"
ONE_TERM = {
    "skrivbord": "redaktionen",
    "repetition": "provkörning",
    "biblioteket": "bildarkivet",
    "tyst rättning": "tyst ändring",
    "undertecknad": "signerad",
    "anmärkning": "synpunkt",
    "förhandsgransk": "förhandsvisning",
    "word-fil": "Wordfil",
    "inte publik": "inte publicerad",
    "arbetskopia": "utkast",
    "förhandsläs": "extern granskning",
    "författare och ämnen": "författare och ämnesord",
    "faktor": "inloggningssteg",
}
"""Words that the Swedish does not use, and the term that stands for the thing everywhere."""
LOG_IN = re.compile(r"\blog(?:ged)? (?:in|out)\b", re.IGNORECASE)
"""What Django says; our own texts say “sign in” and “sign out”."""
APPS = ("accounts", "publications", "sceeus", "subscriptions")
KEYWORDS = DEFAULT_KEYWORDS | {"gettext_noop": None}
KEYWORDS |= {
    f"{name}_lazy": DEFAULT_KEYWORDS[name] for name in ("gettext", "ngettext", "pgettext", "npgettext")
}
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"(?P<context>p?)(?:gettext|_)\(\s*(?P<strings>{STRING}(?:\s*,\s*{STRING})*)", re.DOTALL)
"""A message in what Django makes of a template for xgettext, which is no whole Python."""
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|\{\w*\}")


def written() -> Catalog:
    return read_po((MESSAGES / "django.po").open("rb"), locale="sv")


def compiled() -> Catalog:
    return read_mo((MESSAGES / "django.mo").open("rb"))


def forms(words: str | tuple | list) -> list[str]:
    """A message as its singular and plural, or as the one form it has."""
    return [words] if isinstance(words, str) else list(words)


def entries(catalogue: Catalog) -> list[tuple[list[str], list[str]]]:
    """What stands in a catalogue as (English forms, Swedish forms), without its header."""
    return sorted((forms(each.id), forms(each.string)) for each in catalogue if each.id)


def placeholders(words: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(words))


def sections(language: str) -> list[str]:
    with override(language):
        return [f"/{language}/{each.pattern}" for each in urlpatterns if isinstance(each, URLResolver)]


def messages_of_template(source: str) -> Iterator[str]:
    for call in CALL.finditer(templatize(source)):
        strings = [ast.literal_eval(string[0]) for string in re.finditer(STRING, call["strings"], re.DOTALL)]
        yield from strings[1:] if call["context"] else strings


@cache
def messages_of_sources() -> dict[str, str]:
    """Return each message of modules and templates, with the name of a file that has it."""
    base = Path(settings.BASE_DIR)
    modules = [path for app in APPS for path in (base / app).rglob("*.py")]
    templates = [path for path in (base / "templates").rglob("*.*") if path.is_file()]
    of_modules = {
        form: path.name
        for path in modules
        for _line, message, _comments, _context in extract_from_file("python", path, keywords=KEYWORDS)
        for form in forms(message)
    }
    of_templates = {
        message: path.name for path in templates for message in messages_of_template(path.read_text("utf-8"))
    }
    return of_modules | of_templates


def view_at(address: str, language: str):
    with override(language):
        return resolve(address).func


def test_every_message_is_translated():
    assert [english for english, swedish in entries(written()) if not all(swedish)] == []


def test_every_message_of_the_code_is_in_the_catalogue():
    known = {form for english, _swedish in entries(written()) for form in english}
    found = messages_of_sources()
    known.add("Please correct the errors below.")  # of Django, where it is a plural
    with override("sv"):
        own = {form for form in found if re.search(r"[^\W\d_]", form) and gettext(form) == form}
    assert {form: found[form] for form in own - known} == {}


def test_the_catalogue_has_no_message_that_no_source_has():
    found = messages_of_sources().keys()

    assert [english for english, _swedish in entries(written()) if not found >= set(english)] == []
    assert list(written().obsolete) == []


def test_messages_of_templates_are_found():
    source = """
    {% translate "One" %} {% translate 'Its “two”' context "verb" %} {{ _("Three") }}
    {% blocktranslate count count=number %}{{ count }} "four"{% plural %}{{ count }} fours{% endblocktranslate %}
    """

    assert list(messages_of_template(source)) == [
        "One", "Its “two”", "Three", '%(count)s "four"', "%(count)s fours",
    ]  # fmt: skip


def test_no_translation_is_a_guess():
    assert [each.id for each in written() if each.id and each.fuzzy] == []


def test_placeholders_are_the_same_in_both_languages():
    astray = [
        (said, meant)
        for english, swedish in entries(written())
        for said, meant in zip(english, swedish, strict=True)
        if placeholders(said) != placeholders(meant)
    ]

    assert astray == []


def test_quotations_have_swedish_marks_in_messages_of_django_too():
    path = Path(admin.__file__).parent / "locale" / "sv" / "LC_MESSAGES" / "django.mo"
    messages = [form for english, _swedish in entries(read_mo(path.open("rb"))) for form in english]
    own = [form for _english, swedish in entries(written()) for form in swedish]

    with override("sv"):
        assert [swedish for swedish in (*own, *map(gettext, messages)) if "“" in swedish] == []


def test_one_thing_has_one_name_in_swedish():
    swedish = [form.casefold() for _english, said in entries(written()) for form in said]

    found = {word: [form for form in swedish if word.casefold() in form] for word in ONE_TERM}

    assert {word: forms for word, forms in found.items() if forms} == {}


def test_second_factors_are_neuter_in_swedish():
    swedish = dict(
        each for english, swedish in entries(written()) for each in zip(english, swedish, strict=True)
    )
    texts = [swedish[text] for text in ("none of this desk", "none: the password alone signs in")]

    assert [text.partition(" ")[0].rstrip(":") for text in texts] == ["inget", "inget"]
    assert swedish["Set one up now"] == "Skaffa ett nu"


def test_staff_sign_in_and_out_in_english():
    english = [form for forms, _swedish in entries(written()) for form in forms]

    assert [form for form in english if LOG_IN.search(form)] == []


def test_a_tag_is_called_the_same_alone_and_among_others():
    swedish = dict(
        each for english, swedish in entries(written()) for each in zip(english, swedish, strict=True)
    )

    assert (swedish["Tag"], swedish["tag"]) == ("Ämnesord", "ämnesord")


def test_the_title_of_a_page_is_not_that_of_a_person():
    with override("sv"):
        names = [str(model._meta.get_field("title_en").verbose_name) for model in (Author, SitePage)]

    assert names == ["titel, engelska", "rubrik, engelska"]


def test_what_is_compiled_is_what_is_written():
    assert entries(compiled()) == entries(written()), "django.mo is stale: run “make messages”"


@pytest.mark.parametrize(("english", "swedish"), [*zip(sections("en"), sections("sv"), strict=True)])
def test_a_section_is_one_view_in_both_languages(english, swedish):
    assert view_at(english, "en") == view_at(swedish, "sv")


def test_publications_have_a_swedish_address():
    assert view_at("/en/publications/", "en") == view_at("/sv/publikationer/", "sv")
