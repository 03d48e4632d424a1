"""What a new site begins with: kinds, the texts of site pages, menu and footer."""

DISCLAIMER_EN = (
    "The views in this publication are those of the author. It is published to show differing perspectives; "
    "publishing it is not an endorsement."
)
DISCLAIMER_SV = (
    "Åsikterna i den här publikationen är författarens egna. Den publiceras för att visa olika perspektiv; "
    "att den publiceras innebär inte att centret ställer sig bakom den."
)
QUICK_COMMENT_EN = "Quick Comment – insights from SCEEUS's experts on breaking news and hot topics"
QUICK_COMMENT_SV = "Snabbkommentar – insikter från SCEEUS experter om aktuella nyheter och heta ämnen"

KINDS = [
    {
        "slug": "quick-comment",
        "name_en": "Quick Comment", "plural_en": "Quick Comments", "type_line_en": QUICK_COMMENT_EN,
        "name_sv": "Snabbkommentar", "plural_sv": "Snabbkommentarer", "type_line_sv": QUICK_COMMENT_SV,
    },
    {
        "slug": "commentary",
        "name_en": "Commentary", "plural_en": "Commentaries", "type_line_en": "Commentary",
        "name_sv": "Kommentar", "plural_sv": "Kommentarer", "type_line_sv": "Kommentar",
    },
    {
        "slug": "guest-commentary", "is_guest": True, "disclaimer_en": DISCLAIMER_EN, "disclaimer_sv": DISCLAIMER_SV,
        "name_en": "Guest Commentary", "plural_en": "Guest Commentaries", "type_line_en": "Guest Commentary",
        "name_sv": "Gästkommentar", "plural_sv": "Gästkommentarer", "type_line_sv": "Gästkommentar",
    },
    {
        "slug": "report", "is_numbered": True, "is_scholarly": True, "schema_type": "Report",
        "name_en": "Report", "plural_en": "Reports", "type_line_en": "SCEEUS Report No {number}, {year}",
        "name_sv": "Rapport", "plural_sv": "Rapporter", "type_line_sv": "SCEEUS-rapport nr {number}, {year}",
    },
    {
        "slug": "guest-report", "is_guest": True, "is_numbered": True, "is_scholarly": True, "schema_type": "Report",
        "disclaimer_en": DISCLAIMER_EN, "disclaimer_sv": DISCLAIMER_SV,
        "name_en": "Guest Report", "plural_en": "Guest Reports",
        "type_line_en": "SCEEUS Guest Report No {number}, {year}",
        "name_sv": "Gästrapport", "plural_sv": "Gästrapporter",
        "type_line_sv": "SCEEUS-gästrapport nr {number}, {year}",
    },
    {
        "slug": "newsletter", "is_listed": False,
        "name_en": "Newsletter", "plural_en": "Newsletters", "type_line_en": "Newsletter",
        "name_sv": "Nyhetsbrev", "plural_sv": "Nyhetsbrev", "type_line_sv": "Nyhetsbrev",
    },
]  # fmt: skip

ABOUT = {
    "title_en": "About us", "slug_en": "about",
    "summary_en": "How we work, and what you can expect of what we publish.",
    "body_en": """
        We publish analysis: short comments on what has just happened, longer commentaries, and reports. Each piece
        says who wrote it, when, and in which language, and each has an address that stays.

        ## How we publish

        - **Authors answer for what they write.** Pieces by guests say so, and that publishing them is not an
          endorsement.
        - **Corrections are made in the open.** A corrected piece says what was changed and when. Earlier editions can
          still be read and quoted, each at its own address.
        - **Every paragraph can be pointed to.** Its address is kept when the piece is corrected.
        - **What is withdrawn is not hidden.** Its address says that there was a piece and that it is no longer
          public.
    """,
    "title_sv": "Om oss", "slug_sv": "om-oss",
    "summary_sv": "Hur vi arbetar och vad du kan vänta dig av det vi publicerar.",
    "body_sv": """
        Vi publicerar analys: korta kommentarer till det som just har hänt, längre kommentarer och rapporter. Varje
        text berättar vem som har skrivit den, när och på vilket språk, och har en adress som består.

        ## Så publicerar vi

        - **Författarna svarar för det de skriver.** Gästers texter är märkta som sådana, och att vi publicerar dem
          innebär inte att vi ställer oss bakom dem.
        - **Rättelser görs öppet.** En rättad text berättar vad som har ändrats och när. Tidigare utgåvor går
          fortfarande att läsa och citera, var och en på sin egen adress.
        - **Det går att hänvisa till varje stycke.** Styckets adress består när texten rättas.
        - **Det som dras tillbaka göms inte.** Adressen säger att där fanns en text som inte längre är offentlig.
    """,
}  # fmt: skip

CONTACT = {
    "title_en": "Contact", "slug_en": "contact",
    "summary_en": "How to tell us that something is wrong.",
    "body_en": """
        ## Have you found an error?

        Please tell us. Say which piece it is about and which passage: each paragraph has an address of its own that
        you can copy. If we got something wrong we correct it and say on the page what was changed and when.

        ## Something is hard to read or use?

        Tell us that too. Our [accessibility statement](/en/accessibility/) says what we aim at and what we know is
        missing.

        ## Personal data

        [Privacy](/en/privacy/) says what this site stores about whom, and whom to ask.
    """,
    "title_sv": "Kontakt", "slug_sv": "kontakt",
    "summary_sv": "Så berättar du för oss att något är fel.",
    "body_sv": """
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
        - The server handles your network address in order to answer. This software does not write it down for
          readers. The company that runs the server, or a service in front of it, may keep logs for security for a
          limited time.

        ## If you write for us

        Your name is published with what you write, together with the title, affiliation, biography, portrait, ORCID
        iD and fediverse address that you have given us. What has been published stays in the editions that quote it;
        where the law or someone's safety asks for it, a name is taken out everywhere.

        ## If you work at the desk

        - For your account we store a user name, your name and e-mail address if they are given, your groups, when you
          last signed in, and a password in a form from which it cannot be read.
        - Two cookies keep you signed in and protect forms. They are sent to the desk alone.
        - Signing in and failed attempts are recorded with user name, time, network address and kind of browser, so
          that passwords cannot be guessed.
        - Who changed what, and when, is recorded with every draft and in the audit trail.

        ## Your rights

        You have the right to know what is stored about you, to have it corrected, and in some cases to have it
        erased. [Contact us](/en/contact/). You may also turn to the Swedish Authority for Privacy Protection (IMY).
    """,
    "title_sv": "Personuppgifter", "slug_sv": "personuppgifter",
    "summary_sv": "Webbplatsen följer inte sina läsare. Vad den sparar, och om vem.",
    "body_sv": """
        ## Om du läser

        - Inga kakor sätts, och i din webbläsare sparas inget annat än kopior av själva sidorna.
        - Ingen räknar eller följer dig: här finns ingen besöksstatistik, ingen reklam och ingen spårning.
        - Sidorna hämtar inget från andra webbplatser. Texter, bilder, utformning och typsnitt kommer härifrån.
          Länkarna för att dela en text är vanliga länkar: en annan webbplats får veta något om dig först när du
          följer en av dem.
        - Servern behandlar din nätverksadress för att kunna svara. Den här programvaran antecknar den inte för
          läsare. Företaget som driver servern, eller en tjänst framför den, kan spara loggar en begränsad tid av
          säkerhetsskäl.

        ## Om du skriver för oss

        Ditt namn publiceras med det du skriver, tillsammans med den titel, organisation, biografi och bild, det
        ORCID-id och den adress i fediversum som du har gett oss. Det som har publicerats står kvar i de utgåvor där
        det ingår; om lagen eller någons säkerhet kräver det tas ett namn bort överallt.

        ## Om du arbetar i redaktionen

        - För ditt konto sparar vi användarnamn, namn och e-postadress om de har angetts, dina grupper, när du senast
          loggade in och ett lösenord i en form som det inte kan läsas ut ur.
        - Två kakor håller dig inloggad och skyddar formulär. De skickas bara till redaktionen.
        - Inloggningar och misslyckade försök antecknas med användarnamn, tid, nätverksadress och typ av webbläsare,
          så att lösenord inte kan gissas.
        - Vem som har ändrat vad och när antecknas vid varje utkast och i ändringsloggen.

        ## Dina rättigheter

        Du har rätt att få veta vad som sparas om dig, att få det rättat och i vissa fall att få det raderat.
        [Kontakta oss](/sv/kontakt/). Du kan också vända dig till Integritetsskyddsmyndigheten (IMY).
    """,
}  # fmt: skip

ACCESSIBILITY = {
    "title_en": "Accessibility statement", "slug_en": "accessibility",
    "summary_en": (
        "Everyone should be able to read what we publish. "
        "What we aim at, what we know is missing, and how to tell us."
    ),
    "body_en": """
        ## What we aim at

        We want this site to meet the Web Content Accessibility Guidelines (WCAG) 2.2 at level AA. In Sweden the act
        on accessibility to digital public services (2018:1937) asks those whom it covers to meet the standard EN 301
        549 and to publish a statement such as this one.

        Pages are made to work with a keyboard alone, with a screen reader, at four times their size, on narrow
        screens, in light and dark, on paper, and without scripts. Nothing moves by itself.

        ## How it has been tested

        The developers of the software check it with an automatic tool (axe) in a browser, in light and dark, and on a
        screen of 320 pixels. Such tools find only some of the obstacles that people meet. No independent audit has
        been made, and no test with people who use assistive technology.

        ## What we know is missing

        - Documents that come with a piece, such as the designed PDF of a report, may not be accessible. The text on
          the page is, and it is the same text where the page holds the whole report.
        - Older texts that were taken over from another system may lack descriptions of pictures or headings of
          tables.

        ## Tell us

        If something is hard to read or use, or if you need a text in another form, [contact us](/en/contact/). Say
        which page it is and what you use to read it. If you are not content with our answer you can turn to the
        authority that supervises the act.

        This statement was written on 25 November 2026.
    """,
    "title_sv": "Tillgänglighetsredogörelse", "slug_sv": "tillganglighet",
    "summary_sv": (
        "Alla ska kunna läsa det vi publicerar. "
        "Vad vi strävar efter, vilka brister vi känner till och hur du når oss."
    ),
    "body_sv": """
        ## Vad vi strävar efter

        Vi vill att webbplatsen ska uppfylla riktlinjerna för tillgängligt webbinnehåll (WCAG) 2.2 på nivå AA. Lagen
        (2018:1937) om tillgänglighet till digital offentlig service, DOS-lagen, kräver av dem som den omfattar att de
        uppfyller standarden EN 301 549 och publicerar en redogörelse som den här.

        Sidorna är gjorda för att fungera med enbart tangentbord, med skärmläsare, i fyra gångers förstoring, på smala
        skärmar, i ljust och mörkt läge, på papper och utan skript. Inget rör sig av sig självt.

        ## Så har den testats

        Programvarans utvecklare kontrollerar den med ett automatiskt verktyg (axe) i en webbläsare, i ljust och mörkt
        läge, och på en skärm som är 320 bildpunkter bred. Sådana verktyg hittar bara en del av de hinder som
        människor möter. Ingen oberoende granskning har gjorts, och inget test med personer som använder hjälpmedel.

        ## Brister som vi känner till

        - Dokument som hör till en text, till exempel den formgivna pdf-filen till en rapport, kan brista i
          tillgänglighet. Texten på sidan gör det inte, och den är densamma där sidan innehåller hela rapporten.
        - Äldre texter som har hämtats från ett annat system kan sakna bildbeskrivningar eller tabellrubriker.

        ## Berätta för oss

        Om något är svårt att läsa eller använda, eller om du behöver en text i en annan form, [kontakta
        oss](/sv/kontakt/). Skriv vilken sida det gäller och vad du använder för att läsa den. Är du inte nöjd med
        vårt svar kan du vända dig till den myndighet som har tillsyn över lagen.

        Redogörelsen skrevs den 25 november 2026.
    """,
}  # fmt: skip

PAGES = {"about": ABOUT, "contact": CONTACT, "privacy": PRIVACY, "accessibility": ACCESSIBILITY}
MENU_SECTIONS = ("publications", "topics", "authors")
MENU_PAGE = "about"
FOOTER_PAGES = ("contact", "privacy", "accessibility")
