"""What stands at the desk. This only registers; the pages are in `desk`."""

from django.contrib.auth.models import Group, User

from publications.desk import (
    AuthorDesk,
    GroupDesk,
    KindDesk,
    Library,
    PersonDesk,
    SiteDesk,
    TagDesk,
    Trail,
    Writing,
    desk,
)
from publications.models import AuditLine, Author, Image, Kind, Publication, Site, Tag

desk.register(Publication, Writing)
desk.register(Author, AuthorDesk)
desk.register(Tag, TagDesk)
desk.register(Image, Library)
desk.register(Kind, KindDesk)
desk.register(Site, SiteDesk)
desk.register(AuditLine, Trail)
desk.register(User, PersonDesk)
desk.register(Group, GroupDesk)
