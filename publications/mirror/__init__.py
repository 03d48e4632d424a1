"""The public site as a folder of static files, made by asking the application for every address that it tells of."""

from .folder import Folder, NotOurs
from .walking import Told, Walk

__all__ = ["Folder", "NotOurs", "Told", "Walk"]
