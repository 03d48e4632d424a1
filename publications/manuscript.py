"""Stand-in."""
import hashlib
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, kw_only=True)
class Byline:
    author: str; name: str = ""; role: str = "author"
@dataclass(frozen=True, kw_only=True)
class Picture:
    key: str; file: str = ""; digest: str = ""; alt: dict = field(default_factory=dict); credit: str = ""; licence: str = ""; decorative: bool = False; focus: tuple = (50,50)
@dataclass(frozen=True, kw_only=True)
class Attachment:
    file: str; label: str = ""; digest: str = ""
@dataclass(frozen=True, kw_only=True)
class Manuscript:
    uid: str = ""; title: str = ""; language: str = "en"; kind: str = "quick-comment"; slug: str = ""
    summary: str = ""; key_points: tuple = (); body: str = ""; bylines: tuple = (); tags: tuple = (); related: tuple = ()
    published_at: object = None; cover: str = ""; translation_of: str = ""; number: str = ""; note: str = ""
    images: tuple = (); attachments: tuple = (); more: dict = field(default_factory=dict)
    @property
    def digest(self):
        d = asdict(self)
        for k in ("related","note","uid","more"): d.pop(k)
        for b in d["bylines"]: b.pop("name")
        return hashlib.sha256(repr(d).encode()).hexdigest()
def dumps(m):
    d = asdict(m); body = d.pop("body"); return "---\n" + repr(d) + "\n---\n" + body
