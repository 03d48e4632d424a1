"""What a mail says, as a mail program reads it."""

from email import message_from_bytes
from email.policy import default

from django.core.mail import EmailMessage


def text_of_mail(message: EmailMessage | None) -> str:
    """Return the headers and all texts of a mail, "" for none."""
    if not message:
        return ""
    parsed = message_from_bytes(message.message().as_bytes(), policy=default)
    headers = [f"{name}: {value}" for name, value in parsed.items()]
    return "\n".join([*headers, *(part.get_content() for part in parsed.iter_parts())])
