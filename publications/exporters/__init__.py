"""The mirror: the public pages as a folder of static files that a web server serves."""

from .mirror import Crawl, MirrorReport, SiteUnavailable
from .mirror_folder import MirrorFolder, NotAMirror

__all__ = ["Crawl", "MirrorFolder", "MirrorReport", "NotAMirror", "SiteUnavailable"]
