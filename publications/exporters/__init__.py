"""The mirror: the public pages as a folder of static files that a web server serves, and copies that need none."""

from .mirror import Crawl, MirrorReport, SiteUnavailable
from .mirror_folder import MirrorFolder, NotAMirror
from .portable_mirror import PortableMirror

__all__ = ["Crawl", "MirrorFolder", "MirrorReport", "NotAMirror", "PortableMirror", "SiteUnavailable"]
