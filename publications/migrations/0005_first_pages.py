"""The first site pages, the menu and the links at the foot, and who may change them. All are edited at the desk."""

import re
from textwrap import dedent

from django.apps import apps as live_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

from publications import prose

ROLES = ("Editors", "Administrators")
RIGHTS = [f"{verb}_{what}" for what in ("page", "sitelink") for verb in ("view", "add", "change", "delete")]

ABOUT = {
    "title_en": "About us", "slug_en": "about",
    "summary_en": "Who we are, how we work, and what you can expect of what we publish.",
    "body_en": """
        We publish analysis: short comments on what has just happened, longer commentaries, and reports. Each piece says
        who wrote it, when, and in which language, and each has an address that stays.

        ## How we publish

        - **Authors answer for what they write.** Pieces by guests say so, and that publishing them is not an endorsement.
        - **Corrections are made in the open.** A corrected piece says what was changed and when. Earlier editions can
          still be read and quoted, each at its own address.
        - **Every paragraph can be pointed to.** Its address is kept when the piece is corrected.
        - **What is withdrawn is not hidden.** Its address says that there was a piece and that it is no longer public.

        ## Who we are

        Here the centre tells of itself: when it was founded, who works here, who pays for it and how its independence is
        kept. Editors change this page at the desk.
    """,
    "title_sv": "Om oss", "slug_sv": "om-oss",
    "summary_sv": "Vilka vi är, hur vi arbetar och vad du kan vänta dig av det vi publicerar.",
    "body_sv": """
        Vi publicerar analys: korta kommentarer till det som just har hänt, längre kommentarer och rapporter. Varje text
        berättar vem som har skrivit den, när och på vilket språk, och har en adress som består.

        ## Så publicerar vi

        - **Författarna svarar för det de skriver.** Gästers texter är märkta som sådana, och att vi publicerar dem
          innebär inte att vi ställer oss bakom dem.
        - **Rättelser görs öppet.** En rättad text berättar vad som har ändrats och när. Tidigare utgåvor går fortfarande
          att läsa och citera, var och en på sin egen adress.
        - **Det går att hänvisa till varje stycke.** Styckets adress består när texten rättas.
        - **Det som dras tillbaka göms inte.** Adressen säger att där fanns en text som inte längre är offentlig.

        ## Vilka vi är

        Här berättar centret om sig självt: när det grundades, vilka som arbetar här, vem som finansierar verksamheten och
        hur oberoendet värnas. Redaktörer ändrar sidan i redaktionen.
    """,
}  # fmt: skip

CONTACT = {
    "title_en": "Contact", "slug_en": "contact",
    "summary_en": "How to reach us, and how to tell us that something is wrong.",
    "body_en": """
        Here the centre gives its e-mail address, its postal address and its telephone number. Editors change this page at
        the desk.

        ## Have you found an error?

        Please tell us. Say which piece it is about and which passage: each paragraph has an address of its own that you
        can copy. If we got something wrong we correct it and say on the page what was changed and when.

        ## Something is hard to read or use?

        Tell us that too. Our [accessibility statement](/en/accessibility/) says what we aim at and what we know is missing.

        ## Personal data

        [Privacy](/en/privacy/) says what this site stores about whom, and whom to ask.
    """,
    "title_sv": "Kontakt", "slug_sv": "kontakt",
    "summary_sv": "Så når du oss, och så berättar du för oss att något är fel.",
    "body_sv": """
        Här anger centret sin e-postadress, sin postadress och sitt telefonnummer. Redaktörer ändrar sidan i redaktionen.

        ## Har du hittat ett fel?

        Berätta det gärna. Skriv vilken text det gäller och vilket avsnitt: varje stycke har en egen adress som du kan
        kopiera. Har vi haft fel rättar vi det och berättar på sidan vad som har ändrats och när.

        ## Är något svårt att läsa eller använda?

        Berätta det också. I vår [tillgänglighetsredogörelse](/sv/tillganglighet/) står vad vi strävar efter och vilka
        brister vi känner till.

        ## Personuppgifter

        Under [Personuppgifter](/sv/personuppgifter/) står vad webbplatsen sparar om vem, och vem du kan fråga.
    """,
}  # fmt: skip

PRIVACY = {
    "title_en": "Privacy", "slug_en": "privacy",
    "summary_en": "This site does not follow its readers. What it stores, and about whom.",
    "body_en": """
        ## If you read

        - No cookies are set, and nothing is stored in your browser but copies of the pages themselves.
        - Nobody counts or follows you: there is no analytics, no advertising and no tracking.
        - Pages ask nothing of other sites. Texts, pictures, styles and fonts come from this one. The links to share a
          piece are plain links: another site learns of you only once you follow one.
        - The server handles your network address in order to answer. This software does not write it down for readers. The
          company that runs the server, or a service in front of it, may keep logs for security for a limited time.

        ## If you write for us

        Your name is published with what you write, together with the title, affiliation, biography, portrait and ORCID iD
        that you have given us. What has been published stays in the editions that quote it; where the law or someone's
        safety asks for it, a name is taken out everywhere.

        ## If you work at the desk

        - For your account we store a user name, your name and e-mail address if they are given, your groups, when you
          last signed in, and a password in a form from which it cannot be read.
        - Two cookies keep you signed in and protect forms. They are sent to the desk alone.
        - Signing in and failed attempts are recorded with user name, time, network address and kind of browser, so that
          passwords cannot be guessed.
        - Who changed what, and when, is recorded with every draft and in the audit trail.

        ## Your rights

        You have the right to know what is stored about you, to have it corrected, and in some cases to have it erased.
        [Contact us](/en/contact/). You may also turn to the Swedish Authority for Privacy Protection (IMY).
    """,
    "title_sv": "Personuppgifter", "slug_sv": "personuppgifter",
    "summary_sv": "Webbplatsen följer inte sina läsare. Vad den sparar, och om vem.",
    "body_sv": """
        ## Om du läser

        - Inga kakor sätts, och i din webbläsare sparas inget annat än kopior av själva sidorna.
        - Ingen räknar eller följer dig: här finns ingen besöksstatistik, ingen reklam och ingen spårning.
        - Sidorna hämtar inget från andra webbplatser. Texter, bilder, utformning och typsnitt kommer härifrån. Länkarna
          för att dela en text är vanliga länkar: en annan webbplats får veta något om dig först när du följer en av dem.
        - Servern behandlar din nätverksadress för att kunna svara. Den här programvaran antecknar den inte för läsare.
          Företaget som driver servern, eller en tjänst framför den, kan spara loggar en begränsad tid av säkerhetsskäl.

        ## Om du skriver för oss

        Ditt namn publiceras med det du skriver, tillsammans med den titel, organisation, biografi, bild och det
        ORCID-id som du har gett oss. Det som har publicerats står kvar i de utgåvor där det ingår; om lagen eller någons
        säkerhet kräver det tas ett namn bort överallt.

        ## Om du arbetar i redaktionen

        - För ditt konto sparar vi användarnamn, namn och e-postadress om de har angetts, dina grupper, när du senast
          loggade in och ett lösenord i en form som det inte kan läsas ut ur.
        - Två kakor håller dig inloggad och skyddar formulär. De skickas bara till redaktionen.
        - Inloggningar och misslyckade försök antecknas med användarnamn, tid, nätverksadress och typ av webbläsare, så
          att lösenord inte kan gissas.
        - Vem som har ändrat vad och när antecknas vid varje utkast och i ändringsloggen.

        ## Dina rättigheter

        Du har rätt att få veta vad som sparas om dig, att få det rättat och i vissa fall att få det raderat.
        [Kontakta oss](/sv/kontakt/). Du kan också vända dig till Integritetsskyddsmyndigheten (IMY).
    """,
}  # fmt: skip

ACCESSIBILITY = {
    "title_en": "Accessibility statement", "slug_en": "accessibility",
    "summary_en": "Everyone should be able to read what we publish. What we aim at, what we know is missing, and how to tell us.",
    "body_en": """
        ## What we aim at

        We want this site to meet the Web Content Accessibility Guidelines (WCAG) 2.2 at level AA. In Sweden the act on
        accessibility to digital public services (2018:1937) asks those whom it covers to meet the standard EN 301 549 and
        to publish a statement such as this one.

        Pages are made to work with a keyboard alone, with a screen reader, at four times their size, on narrow screens, in
        light and dark, on paper, and without scripts. Nothing moves by itself.

        ## How it has been tested

        The developers of the software check it with an automatic tool (axe) in a browser, in light and dark, and on a
        screen of 320 pixels. Such tools find only some of the obstacles that people meet. No independent audit has been
        made, and no test with people who use assistive technology.

        ## What we know is missing

        - Documents that come with a piece, such as the designed PDF of a report, may not be accessible. The text on the
          page is, and it is the same text where the page holds the whole report.
        - Older texts that were taken over from another system may lack descriptions of pictures or headings of tables.

        ## Tell us

        If something is hard to read or use, or if you need a text in another form, [contact us](/en/contact/). Say which
        page it is and what you use to read it. If you are not content with our answer you can turn to the authority that
        supervises the act.

        This statement was written on 25 November 2026.
    """,
    "title_sv": "Tillgänglighetsredogörelse", "slug_sv": "tillganglighet",
    "summary_sv": "Alla ska kunna läsa det vi publicerar. Vad vi strävar efter, vilka brister vi känner till och hur du når oss.",
    "body_sv": """
        ## Vad vi strävar efter

        Vi vill att webbplatsen ska uppfylla riktlinjerna för tillgängligt webbinnehåll (WCAG) 2.2 på nivå AA. Lagen
        (2018:1937) om tillgänglighet till digital offentlig service, DOS-lagen, kräver av dem som den omfattar att de
        uppfyller standarden EN 301 549 och publicerar en redogörelse som den här.

        Sidorna är gjorda för att fungera med enbart tangentbord, med skärmläsare, i fyra gångers förstoring, på smala
        skärmar, i ljust och mörkt läge, på papper och utan skript. Inget rör sig av sig självt.

        ## Så har den testats

        Programvarans utvecklare kontrollerar den med ett automatiskt verktyg (axe) i en webbläsare, i ljust och mörkt
        läge, och på en skärm som är 320 bildpunkter bred. Sådana verktyg hittar bara en del av de hinder som människor
        möter. Ingen oberoende granskning har gjorts, och inget test med personer som använder hjälpmedel.

        ## Brister som vi känner till

        - Dokument som hör till en text, till exempel den formgivna pdf-filen till en rapport, kan brista i
          tillgänglighet. Texten på sidan gör det inte, och den är densamma där sidan innehåller hela rapporten.
        - Äldre texter som har hämtats från ett annat system kan sakna bildbeskrivningar eller tabellrubriker.

        ## Berätta för oss

        Om något är svårt att läsa eller använda, eller om du behöver en text i en annan form, [kontakta
        oss](/sv/kontakt/). Skriv vilken sida det gäller och vad du använder för att läsa den. Är du inte nöjd med vårt
        svar kan du vända dig till den myndighet som har tillsyn över lagen.

        Redogörelsen skrevs den 25 november 2026.
    """,
}  # fmt: skip

PAGES = {"about": ABOUT, "contact": CONTACT, "privacy": PRIVACY, "accessibility": ACCESSIBILITY}
MENU = ("publications", "topics", "authors")
FOOTER = ("contact", "privacy", "accessibility")


def write(apps, schema_editor):
    """Where an editor has made pages or links before, there is nothing to begin with."""
    pages, links = apps.get_model("publications", "Page").objects, apps.get_model("publications", "SiteLink").objects
    if pages.exists() or links.exists():
        return
    made = {key: pages.create(**written(fields)) for key, fields in PAGES.items()}
    for place, section in enumerate(MENU, start=1):
        links.create(place="menu", position=10 * place, section=section)
    links.create(place="menu", position=40, page=made["about"])
    for place, key in enumerate(FOOTER, start=1):
        links.create(place="footer", position=10 * place, page=made[key])


def flowing(text):
    """Markdown without the line breaks of this file: each paragraph and each entry of a list is one line."""
    return re.sub(r"(?<!\n)\n {0,2}(?![\n#-])", " ", dedent(text).strip())


def written(fields):
    """The fields of a page with its texts rendered, as the deed would store them."""
    texts = {f"body_{tree}": flowing(fields[f"body_{tree}"]) for tree in ("en", "sv")}
    rendered = {f"html_{tree}": prose.render(texts[f"body_{tree}"], language=tree).html for tree in ("en", "sv")}
    return {**fields, **texts, **rendered}


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
    dependencies = [("publications", "0004_pages_and_paths"), ("publications", "0003_roles")]
    operations = [
        migrations.RunPython(write, migrations.RunPython.noop),
        migrations.RunPython(allow, migrations.RunPython.noop),
    ]
