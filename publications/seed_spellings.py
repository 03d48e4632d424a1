"""Equal spellings that search has on a new site: names of people, places and organisations in several alphabets."""

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
"""Equal spellings for search, a row each: people, places and organisations in other alphabets and languages."""
