"""Which names are proposed as spellings of one person or one topic, and which are not."""

from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publications.importers import name_matching
from publications.importers.name_matching import MIN_RATIO, Letters, NameIndex, PersonName, TopicName

SAME_PERSON = [
    ("A. Berg", "Anna Berg"), ("A Berg", "Anna Maria Berg"), ("A. M. Berg", "Anna Berg"), ("Berg, Anna", "Anna Berg"),
    ("Berg Anna", "Anna Berg"), ("ANNA BERG", "Anna Berg"), ("Anna Maria Berg", "Anna Berg"), ("Dr. Anna Berg", "Anna Berg"),
    ("aberg", "Anna Berg"), ("anna", "Anna Berg"), ("berg", "Anna Berg"), ("annab", "Anna Berg"), ("anna_berg", "Anna Berg"),
    ("anna.berg@old.example", "Anna Berg"), ("anna-berg", "Anna Berg"), ("Anna-Karin Berg", "Anna Karin Berg"),
    ("Vera Akerholm", "Vera Åkerholm"), ("Søren Ø. Møller", "Soren Moller"), ("Jörg Müller", "Joerg Mueller"),
    ("Wolodymyr Zelenskyj", "Volodymyr Zelensky"), ("Nikita Khrustjov", "Nikita Hrustjov"),
    ("Анна Петрова", "Anna Petrova"), ("Петрова, Анна", "A. Petrova"), ("Володимир Зеленський", "Volodymyr Zelenskyy"),
    ("Зеленський Володимир", "Wolodymyr Zelenskyj"), ("Zelenskyj", "Zelenskyy"), ("Юлия Тимошенко", "Julia Tymosjenko"),
    ("Никита Хрущёв", "Nikita Chrusjtjov"), ("Пётр Чайковский", "Pyotr Tchaikovsky"), ("Елена Громова", "Yelena Gromova"),
    ("Дмитро Кулеба", "Dmytro Kuleba"), ("Олена Гончар", "Olena Honchar"),
    ("Солов’йов Ігор", "Ihor Soloviov"), ("Сергей Лавров", "Sergej Lavrov"), ("Viktor Jusjtjenko", "Віктор Ющенко"),
    ("S. O‘Brien", "Sean OʼBrien"), ("Sergej Lavrov", "Sergey Lavrov"),
    ("Dmytro Kulieba", "Dmytro Kuleba"), ("Charlotta Berggren", "Charlota Bergren"),
]  # fmt: skip
OTHER_PERSON = [
    ("Anna Berg", "Anders Berg"), ("A. Berg", "Bo Berg"), ("Lars Olsson", "Lars Nilsson"), ("Eva Larsson", "Eva Persson"),
    ("Анна Петрова", "Anna Berg"), ("Анна Петрова", "Ivan Petrov"), ("Иван Иванов", "Anna Ivanova"), ("Анна", "Иван"),
    ("Anna Berg", "Anna Lind"), ("anna", "Eva Lind"), ("", "Anna Berg"), ("Bo", "Ek"), ("Li Wei", "Li Na"),
]  # fmt: skip
SAME_TOPIC = [
    ("Sanction", "Sanctions"), ("Foreign-policy", "Foreign policy"), ("Economies", "Economy"), ("Säkerhet", "Sakerhet"),
    ("Law & order", "Law and order"), ("Sanktion", "Sanktioner"), ("EU enlargment", "EU enlargement"),
]  # fmt: skip
OTHER_TOPIC = [
    ("Iran", "Iraq"),
    ("Energy", "Economy"),
    ("EU", "US"),
    ("Arms", "Army"),
    ("", "EU"),
    ("Niger", "Nigeria"),
    ("COP27", "COP28"),
    ("Agenda 2010", "Agenda 2030"),
    ("Horizon 2020", "Horizon"),
]


@pytest.mark.parametrize(("name", "other"), SAME_PERSON)
def test_spellings_of_one_person_are_similar(name, other):
    assert PersonName(name).is_like(PersonName(other)) and PersonName(other).is_like(PersonName(name))
    index = NameIndex([(PersonName(other), other)])
    assert index.find_similar(PersonName(name)) == [(PersonName(other), other)]


@pytest.mark.parametrize(("name", "other"), OTHER_PERSON)
def test_names_of_different_people_are_not_similar(name, other):
    assert not PersonName(name).is_like(PersonName(other)) and not PersonName(other).is_like(PersonName(name))


@pytest.mark.parametrize(("name", "other"), SAME_TOPIC)
def test_spellings_of_one_topic_are_similar(name, other):
    assert TopicName(name).is_like(TopicName(other))
    assert NameIndex([(TopicName(other), other)]).find_similar(TopicName(name))


@pytest.mark.parametrize(("name", "other"), OTHER_TOPIC)
def test_different_topics_are_not_similar(name, other):
    assert not TopicName(name).is_like(TopicName(other))


@pytest.mark.parametrize("name", ["Uncategorized", "Okategoriserade", "Allmänt", "BLOG"])
def test_topics_that_say_nothing_are_known(name):
    assert TopicName(name).is_empty and not TopicName("Energy").is_empty


@given(
    st.text("abc ", min_size=1, max_size=24),
    st.lists(st.tuples(st.integers(0, 24), st.sampled_from(["", "a", "b", "xy"]))),
)
def test_counting_letters_and_pairs_rules_out_no_similar_name(text, changes):
    other = list(text)
    for place, letters in changes[:4]:
        other[place % len(other)] = letters
    other = "".join(other) or "a"

    is_like = SequenceMatcher(None, text, other, autojunk=False).ratio() >= MIN_RATIO
    assert Letters(text).are_like(Letters(other)) == is_like


def test_a_name_is_compared_with_a_limited_number_of_others(monkeypatch):
    monkeypatch.setattr(name_matching, "MAX_BLOCK_NAMES", 20)
    monkeypatch.setattr(name_matching, "NEAREST_NAMES", 10)
    compared = []

    class CountedName(TopicName):
        def is_like(self, other):
            compared.append(other)
            return super().is_like(other)

    names = [CountedName(f"EU topic {letter} {other}") for letter in "abcdefgh" for other in "ijklmnop"]
    index = NameIndex((name, name.name) for name in names)
    similar = [index.find_similar(name) for name in names]

    assert all(similar) and len(compared) <= len(names) * 10
