"""What stands at the desk. This only registers; the pages are in `desk`."""

from django.contrib.auth.models import Group, User

from accounts.models import AccountEvent
from publications.desk import (
    AccountEventAdmin,
    AuthorDesk,
    GroupDesk,
    KindDesk,
    Library,
    LinkDesk,
    PageDesk,
    PersonDesk,
    SiteDesk,
    SynonymDesk,
    TagDesk,
    Trail,
    Writing,
    desk,
)
from publications.models import (
    AuditLine,
    Author,
    Image,
    Kind,
    Page,
    Publication,
    Site,
    SiteLink,
    Synonym,
    Tag,
)

desk.register(Publication, Writing)
desk.register(Author, AuthorDesk)
desk.register(Tag, TagDesk)
desk.register(Image, Library)
desk.register(Kind, KindDesk)
desk.register(Site, SiteDesk)
desk.register(Page, PageDesk)
desk.register(SiteLink, LinkDesk)
desk.register(Synonym, SynonymDesk)
desk.register(AuditLine, Trail)
desk.register(User, PersonDesk)
desk.register(Group, GroupDesk)
desk.register(AccountEvent, AccountEventAdmin)
