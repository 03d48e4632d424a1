"""The search index, the words it knows, and equal spellings: names of this field to begin with, edited at the desk."""

import sqlite3

from django.apps import apps as live_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

from publications.search import words

ROLES = ("Editors", "Administrators")
RIGHTS = [f"{verb}_synonym" for verb in ("view", "add", "change", "delete")]

SPELLINGS = """
Lukashenko, Lukashenka, Lukasjenko, Lukašenka, Лукашенко, Лукашэнка
Tsikhanouskaya, Tikhanovskaya, Tichanovskaja, Tsichanouskaja, Ціханоўская, Тихановская
Zelensky, Zelenskyy, Zelenskiy, Zelenskyi, Zelenskyj, Zelenskij, Зеленський, Зеленский
Putin, Путин, Путін
Medvedev, Medvedjev, Медведев
Lavrov, Лавров
Peskov, Песков
Shoigu, Shoygu, Sjojgu, Шойгу
Patrushev, Patrusjev, Патрушев
Zakharova, Zacharova, Захарова
Prigozhin, Prigozjin, Пригожин
Kadyrov, Кадыров
Navalny, Navalnyj, Navalnyi, Navalniy, Навальный
Nemtsov, Немцов
Khodorkovsky, Chodorkovskij, Ходорковский
Politkovskaya, Politkovskaja, Политковская
Yeltsin, Jeltsin, Ельцин
Gorbachev, Gorbachov, Gorbatjov, Горбачёв
Yanukovych, Yanukovich, Janukovytj, Янукович
Poroshenko, Porosjenko, Порошенко
Tymoshenko, Timoshenko, Tymosjenko, Timosjenko, Тимошенко
Zaluzhny, Zaluzhnyi, Zaluzhnyy, Zaluzjnyj, Залужний, Залужный
Syrskyi, Syrsky, Syrskyj, Сирський, Сырский
Yermak, Jermak, Єрмак, Ермак
Budanov, Буданов
Saakashvili, Saakasjvili, სააკაშვილი, Саакашвили
Ivanishvili, Ivanisjvili, ივანიშვილი, Иванишвили
Pashinyan, Pasjinjan, Փաշինյան, Пашинян
Aliyev, Alijev, Əliyev, Алиев
Tokayev, Tokajev, Токаев
Ukraine, Ukraina, Україна, Украина
Belarus, Vitryssland, Беларусь, Белоруссия
Russia, Ryssland, Россия, Росія
Moldova, Moldavien, Молдова
Georgia, Georgien, საქართველო, Грузия
Armenia, Armenien, Հայաստան, Армения
Azerbaijan, Azerbajdzjan, Azərbaycan, Азербайджан
Kazakhstan, Kazakstan, Қазақстан, Казахстан
Kyrgyzstan, Kirgizistan, Кыргызстан, Киргизия
Tajikistan, Tadzjikistan, Тоҷикистон, Таджикистан
Central Asia, Centralasien, Центральная Азия
Kyiv, Kiev, Kyjiv, Київ, Киев
Kharkiv, Kharkov, Charkiv, Charkov, Харків, Харьков
Kherson, Cherson, Херсон
Odesa, Odessa, Одеса, Одесса
Lviv, Lvov, Львів, Львов
Dnipro, Dnepr, Dnieper, Дніпро, Днепр
Zaporizhzhia, Zaporizhia, Zaporizjzja, Zaporozhye, Zaporozje, Запоріжжя, Запорожье
Donbas, Donbass, Донбас, Донбасс
Luhansk, Lugansk, Луганськ, Луганск
Mariupol, Маріуполь, Мариуполь
Chornobyl, Chernobyl, Tjornobyl, Tjernobyl, Чорнобиль, Чернобыль
Crimea, Krim, Krym, Крим, Крым
Moscow, Moskva, Москва
Minsk, Мінск, Минск
Chisinau, Kishinev, Кишинёв
Tbilisi, თბილისი, Тбилиси
Yerevan, Jerevan, Երևան, Ереван
Karabakh, Karabach, Qarabağ, Карабах
Transnistria, Transnistrien, Приднестровье, Придністров'я
Abkhazia, Abchazien, აფხაზეთი, Абхазия
South Ossetia, Sydossetien, Южная Осетия
Chechnya, Tjetjenien, Чечня
Black Sea, Svarta havet, Чорне море, Чёрное море
Sea of Azov, Azov Sea, Azovska sjön, Азовське море, Азовское море
Baltic Sea, Östersjön
European Union, EU, Europeiska unionen, Європейський Союз, Европейский Союз
United Nations, UN, FN, Förenta nationerna, ООН
NATO, НАТО
OSCE, OSSE, ОБСЕ, ОБСЄ
Eastern Partnership, Östliga partnerskapet, Східне партнерство
Eurasian Economic Union, EAEU, Eurasiska ekonomiska unionen
Nord Stream, Северный поток
Gazprom, Газпром
"""

FTS5 = """
CREATE VIRTUAL TABLE publications_search USING fts5 (
    title, summary, people, topics, text, marks, {content}
    prefix = '3', tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* Co'"
)
"""
NO_CONTENT = "content = '', contentless_delete = 1,"  # the texts stand in the editions already
POSTGRES = (
    "CREATE TABLE publications_search (edition_id bigint PRIMARY KEY, vector tsvector NOT NULL)",
    "CREATE INDEX publications_search_vector ON publications_search USING gin (vector)",
)


def make_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        can_delete_without_content = sqlite3.sqlite_version_info >= (3, 43)
        statements = (FTS5.format(content=NO_CONTENT if can_delete_without_content else ""),)
    else:
        statements = POSTGRES
    for statement in statements:
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    schema_editor.execute("DROP TABLE publications_search")


def write_spellings(apps, schema_editor):
    apps.get_model("publications", "SearchIndex").objects.create()
    synonyms, namings = (apps.get_model("publications", name).objects for name in ("Synonym", "Naming"))
    for line in SPELLINGS.strip().splitlines():
        spellings = line.split(", ")
        row = synonyms.create(spellings="\n".join(spellings))
        first = (words.WORD.search(spelling)[0] for spelling in spellings)
        terms = {term for word in first for term in words.readings(word)}
        namings.bulk_create(namings.model(term=term, sign=f"s{row.pk}") for term in terms)


def allow(apps, schema_editor):
    """Permissions are made after all migrations; the groups need them now."""
    config = live_apps.get_app_config("publications")
    create_permissions(config, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    rights = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="publications", codename__in=RIGHTS
    )
    for name in ROLES:
        apps.get_model("auth", "Group").objects.get(name=name).permissions.add(*rights)


class Migration(migrations.Migration):
    dependencies = [("publications", "0006_identifiers")]
    operations = [
        migrations.CreateModel(
            name="Synonym",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("spellings", models.TextField(help_text="One per line: names in transliteration, abbreviations, the same name in other languages.", max_length=2000, verbose_name="spellings")),
            ],
            options={
                "verbose_name": "equal spellings",
                "verbose_name_plural": "equal spellings",
                "ordering": ["spellings"],
            },
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("term", models.CharField(max_length=50, unique=True)),
                ("opening", models.CharField(db_index=True, max_length=3)),
                ("pieces", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Naming",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("term", models.CharField(max_length=50)),
                ("sign", models.CharField(db_index=True, max_length=24)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("term", "sign"), name="named_once")],
            },
        ),
        migrations.CreateModel(
            name="SearchIndex",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "search index",
                "abstract": False,
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="single_searchindex")],
            },
        ),
        migrations.RunPython(make_index, drop_index),
        migrations.RunPython(write_spellings, migrations.RunPython.noop),
        migrations.RunPython(allow, migrations.RunPython.noop),
    ]
