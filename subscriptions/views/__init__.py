"""Views of readers: sign up, confirm, change what they get, leave."""

from .own import leave, manage, my_data
from .sign_up import confirm, sign_up

__all__ = ["confirm", "leave", "manage", "my_data", "sign_up"]
