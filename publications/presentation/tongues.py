"""What languages are called in the language of the page. Readers who look for one by its own name find the
translations of a piece under it."""

from django.utils.translation import gettext_lazy as _

TONGUES = {
    "en": _("English"), "sv": _("Swedish"), "uk": _("Ukrainian"), "ru": _("Russian"), "be": _("Belarusian"),
    "pl": _("Polish"), "de": _("German"), "fr": _("French"), "es": _("Spanish"), "ka": _("Georgian"),
    "hy": _("Armenian"), "az": _("Azerbaijani"), "ro": _("Romanian"), "et": _("Estonian"), "lv": _("Latvian"),
    "lt": _("Lithuanian"), "fi": _("Finnish"), "da": _("Danish"), "no": _("Norwegian"), "cs": _("Czech"),
    "sk": _("Slovak"), "hu": _("Hungarian"), "bg": _("Bulgarian"), "el": _("Greek"), "tr": _("Turkish"),
    "ar": _("Arabic"), "he": _("Hebrew"), "fa": _("Persian"), "zh": _("Chinese"), "ja": _("Japanese"),
}  # fmt: skip


def tongue(code: str) -> str:
    """The name of the language: "Swedish" on an English page, "Svenska" on a Swedish one."""
    return str(TONGUES[code])
