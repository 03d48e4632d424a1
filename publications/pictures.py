"""Stand-in."""
import io
from dataclasses import dataclass

from PIL import Image, ImageOps

WIDTHS = (480, 960, 1600)
@dataclass(frozen=True)
class Kind:
    media_type: str
FORMATS = {"webp": Kind("image/webp"), "jpg": Kind("image/jpeg")}
class Unsuitable(ValueError): pass
@dataclass(frozen=True)
class Facts:
    width: int; height: int; format: str; extension: str; media_type: str
def examine(content):
    try:
        im = Image.open(io.BytesIO(content), formats=("JPEG","PNG","WEBP","GIF")); im.load()
    except Exception as e: raise Unsuitable("Not a picture.") from e
    return Facts(im.width, im.height, im.format, im.format.lower(), "image/x")
def widths_for(facts):
    return tuple(w for w in WIDTHS if w < facts.width) or (facts.width,)
def _save(im, format):
    out = io.BytesIO(); im.convert("RGB").save(out, {"jpg":"JPEG","webp":"WEBP"}[format]); return out.getvalue()
def rendition(content, *, width, format):
    im = Image.open(io.BytesIO(content)); im.thumbnail((width, 10000)); return _save(im, format)
def square(content, *, side, format, focus=(50,50)):
    return _save(ImageOps.fit(Image.open(io.BytesIO(content)).convert("RGB"), (side, side)), format)
def initials(name): return "".join(p[0] for p in name.split()[:2])
