"""Common words: words of general language, which are no reason why two texts are similar, however rare on a site."""

from functools import cache

from ..terms import index_term

_ENGLISH = """
above accept according account across act actually add affect again against age ago agree ahead allow almost alone
along already although always among amount another answer any anyone anything appear apply approach april area argue
around arrive ask aspect attempt august available avoid away back bad base basis became become began begin beginning
begun behind believe below best better between beyond big billion bit both bought break breaking bring broad brought
build building built call came cannot carry case cause cent certain chance change check choice choose chose chosen
claim clear close come common compare complete concern condition consider contain continue count course cover create
current cut data date day deal decade december decide decision deep define depend describe despite detail develop
differ difference different difficult direct discuss document double down draw drawn drew drop due during each early
easy effect effort eight eighty either eleven else end enough entire especially even evening event ever every everyone
everything exact example except exist expect experience explain express extent face fact fail fall fallen far fast
february fell felt few fewer field fifth fifty figure fill final find first five fix follow force forgot form former
forty forward found four fourth free frequent friday full further future gain gather gave general get give given go
gone good got great grew group grow grown growth half hand happen hard head hear held help here herself high himself
hold home hope hour however hundred hundreds idea imagine important improve include increase indeed inform instead
intend interest involve issue itself january join judge july june just keep kept kind knew know known lack large last
late later lay lead learn least leave led length less let level lie lies life likely limit line list little live local
long look lose lost lot low made main major make man manner many march matter may maybe mean meant meanwhile measure
meet member mention mere met middle might million millions minute miss moment monday month morning move much must name
near nearly necessary need neither never nevertheless new news next night nine ninety nobody none nor normal note
nothing notice november now number obvious occur october offer office often old once open opinion opposite order
ordinary original others ought ourselves outside over own page paid paper part particular pass past pause pay people
per percent perhaps period person piece place plan play please point position possible prepare present previous price
probably problem process produce project prove provide public publish purpose put question quick quiet quite raise ran
range rate rather reach read ready real reality really reason receive recent recently record reduce refer regard
relate remain remember report require respond rest result return right rise role room rose round rule run said same
sat saturday save saw say scale second see seek seem seen self sell send sense sent sentence separate september series
serious set seven seventy several shall share short should show shown side sign similar simple simply since single sit
situation six sixty size slow small sold something sometimes soon sort source speak special spend spent spoke spoken
spring stage stand start state statement stay step still stood stop story straight strong study subject succeed such
suddenly suggest sum summer sunday support suppose sure surprise system table take taken talk tell ten term test text
thank themselves therefore thing think third thirty though thought thousand thousands three through throughout
thursday thus time tiny today together told tomorrow tonight too took top total touch toward train try tuesday turn
twelve twenty twice two type under understand understood unless unlike until upon use useful usual value various
version very via view visit wait walk want way wednesday week well went whatever whether while whole whom whose why
wide winter wish within without won wonder word work world worse worst worth write written wrong wrote year yesterday
yet young yourself
"""
_SWEDISH = """
aldrig alldeles allt alltid allting alltså andra annan annars annat antal arbete augusti avgöra bakom bara bero
beskriva beslut bestämma betyda bidra bild bland bli bort bra bredvid bruka bygga bäst bättre både bör börja började
cirka dag dagar datum december del delar dessutom detta dig direkt dock dra drygt där därför därmed efteråt egen
egentlig eller emellan emot enda endast enkel enligt ens exempel fall fast februari fem femte femtio finna finnas
fjärde fler flera flest fortfarande fortsätta fram framför framåt fredag fråga full fyra fyrtio färre få fåtal följa
före först första förstå ge genast genom ger gick gälla gärna gå gång gånger göra halv hand hel hela hellre helt heta
hitta hjälp hjälpa hundra hända här håll hålla höra ibland idag igen igenom ihop imorgon inför ingen inget innan inne
innebära inom istället januari ju juli juni just kalla klar klart klocka knappt komma kort kräva kunna kvar kväll
känna land landet leda ledde lika liksom lita lite liten lägga lämna länder länderna länge längre lätt låg lång låta
lördag maj man mars medan mellan men mena mer mest miljard miljon min mindre minst minut mitt mot mycket månad måndag
många måste möjlig namn natt ned nej nio nog november nuvarande ny nya nyss när nära nästa nästan någon något några
nödvändig också ofta oktober olika omkring onsdag ord ovanför par person plats plötsligt procent på påstå redan resa
resten rum räcka rätt sak saker samma samman samt samtidigt se sedan sen senare senast sent september sida siffra sina
sist sitt själv ske skriva skull skulle slut sluta slå små snabb snarare snart som sommar stanna stor stora stort
ställa stå större störst svar svara svår säga säger säker sällan sätt sätta söka söndag ta tack tal tala tid tidig
tidigare tidigt tillbaka tills tillsammans tio tisdag titta tog tolv torsdag tre tredje trettio tro tusen tvungen två
tänka undan under ungefär upp uppe uppgift ur utanför vad vanlig var vara varandra varför varje vart vecka verkligen
vet veta vidare viktig vilja vinter visa viss vissa väg väl vän vänta värld vår ända ändra ändå ännu även åker år åter
återstå åtta öppen över överallt
"""
_WORDS = {"en": _ENGLISH, "sv": _SWEDISH}


def is_common_word(term: str, language: str) -> bool:
    """Return whether a term of a text in this language is of a common word. Other languages have none."""
    return term in _common_terms(language)


@cache
def _common_terms(language: str) -> frozenset[str]:
    return frozenset(index_term(word, language) for word in _WORDS.get(language, "").split())
