"""What leaves the site: the mirror (public pages as static files), copies of it that need no server, the audit log."""

from .audit_log import publish_head, read_log_lines, write_log
from .copy_contents import UnknownTopic, all_contents, find_topic, topic_contents
from .mirror import Crawl, MirrorReport, SiteUnavailable
from .mirror_folder import MirrorFolder, NotAMirror
from .portable_mirror import PortableMirror
from .responses import find_answer

__all__ = [
    "Crawl",
    "MirrorFolder",
    "MirrorReport",
    "NotAMirror",
    "PortableMirror",
    "SiteUnavailable",
    "UnknownTopic",
    "all_contents",
    "find_answer",
    "find_topic",
    "publish_head",
    "read_log_lines",
    "topic_contents",
    "write_log",
]
