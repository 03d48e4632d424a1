"""The keys of what readers have: encrypted addresses, the digests that find them, and the tokens in links of mails.

Readers stay for years, and never sign in. So a former `SECRET_KEY` goes on reading what is theirs, as one of
`SUBSCRIBER_KEY_FALLBACKS`, long after it has ceased to be good for sessions (`SECRET_KEY_FALLBACKS`).
"""

from django.conf import settings


def list_keys() -> list[str]:
    """Return the keys, each once: the present one, by which everything is written, and those before it."""
    former = (*settings.SECRET_KEY_FALLBACKS, *settings.SUBSCRIBER_KEY_FALLBACKS)
    return list(dict.fromkeys((settings.SECRET_KEY, *former)))
