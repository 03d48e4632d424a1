"""The public site as a folder of static files, made by asking the application for every address that it tells of."""

from .folder import Folder, NotOurs
from .walking import Failing, Told, Walk

__all__ = ["Failing", "Folder", "NotOurs", "Told", "Walk"]
