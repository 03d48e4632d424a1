"""Messages of packages that have no Swedish translation.

Nothing imports this module: `make messages` reads it, and the translations in `locale/` apply to the packages too.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MESSAGES = (
    _("- Select an option -"),  # Django: a choice that has not been made
    pgettext_lazy("A tag name", "name"),  # django-taggit
)
