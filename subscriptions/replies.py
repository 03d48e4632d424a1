"""Replies of mail servers: their codes are stored, and shown with our words. Their own words may name the reader.

RFC 5321, section 4.2, defines the code of a reply, RFC 3463 the enhanced status that may follow it.
"""

import re

from django.utils.translation import gettext_lazy as _

CODE = re.compile(r"(?:\d{3}|-1)\b", re.ASCII)
"""Of a reply; smtplib has -1 for one without a code."""
STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)", re.ASCII)
ERROR_CLASS = re.compile(r"\w+(?=:)", re.ASCII)
UNKNOWN = "?"

OF_STATUS = {
    "1": _("address refused"),
    "1.1": _("no such mailbox"),
    "1.2": _("no such mail server"),
    "1.6": _("mailbox has moved"),
    "1.10": _("its host takes no mail"),  # RFC 7505
    "2": _("mailbox takes no mail"),
    "2.1": _("mailbox is disabled"),
    "2.2": _("mailbox is full"),
    "2.3": _("mail is too large"),
    "3": _("mail server of the reader fails"),
    "3.1": _("mail server of the reader is full"),
    "3.4": _("mail is too large"),
    "4": _("mail server of the reader cannot be reached"),
    "4.7": _("not delivered in time"),
    "5": _("mail servers do not understand each other"),
    "6": _("form of the mail refused"),
    "7": _("refused by a rule, or as spam"),
}
"""What each subject of a status means, and each detail that says more."""
OF_CODE = {
    "421": _("mail server is not available"),
    "4": _("refused for now"),
    "5": _("refused for good"),
}
"""What a code means, or its first digit, where no status follows."""
OF_ERROR = {
    "TimeoutError": _("timed out"),
    "gaierror": _("mail server not found"),
    **dict.fromkeys(
        ("ConnectionRefusedError", "ConnectionResetError", "BrokenPipeError", "SMTPServerDisconnected"),
        _("connection refused or cut"),
    ),
    "ValueError": _("mail could not be written"),
    "UnreadableAddress": _(
        "address cannot be decrypted: the former SECRET_KEY belongs into SUBSCRIBER_KEY_FALLBACKS"
    ),
}
OTHER = _("could not be sent")


def find_codes(error: str) -> str:
    """Return what of an error may be stored: code and status of a reply, or the class of another error.

    Args:
        error: as the sender describes it: "550 5.1.1 no such user: ann", "ValueError: …".
    """
    if code := CODE.match(error):
        status = STATUS.search(error)
        return f"{code[0]} {status[0]}" if status else code[0]
    error_class = ERROR_CLASS.match(error)
    return error_class[0] if error_class else UNKNOWN


def describe_codes(codes: str) -> str:
    """Return in our words what codes say that `find_codes` returned, in the current language."""
    code, _space, status = codes.partition(" ")
    _class, _dot, detail = status.partition(".")
    texts = (
        OF_STATUS.get(detail), OF_STATUS.get(detail.partition(".")[0]),
        OF_CODE.get(code), OF_CODE.get(code[:1]), OF_ERROR.get(code),
    )  # fmt: skip
    return str(next(filter(None, texts), OTHER))
