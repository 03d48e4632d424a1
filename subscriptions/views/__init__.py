"""Views of readers: sign up, confirm, change what they get, leave."""

from .confirm import confirm
from .manage import manage
from .own import leave, my_data, refuse, send_link
from .sign_up import sign_up

__all__ = ["confirm", "leave", "manage", "my_data", "refuse", "send_link", "sign_up"]
