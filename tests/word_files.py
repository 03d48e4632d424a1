"""Word files for tests, built from the relevant XML: `docx(body)` returns the bytes of a file."""

import io
import struct
import zipfile

from publications.importers.word import drafts, versions
from publications.models import Publication, WordFile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
SPACES = (
    f'xmlns:w="{W}" xmlns:r="{OFFICE}" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"'
)
STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="{name.replace(" ", "")}"><w:name w:val="{name}"/></w:style>'
    for name in (
        "Title",
        "Subtitle",
        "heading 1",
        "heading 2",
        "heading 3",
        "Quote",
        "caption",
        "toc 1",
        "Author",
    )
)
NUMBERING = """
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="-"/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="heading1"/><w:lvlText w:val="%1"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="3"/></w:num>
"""


def docx(
    body: str,
    *,
    links: dict[str, str] | None = None,
    parts: dict[str, bytes | str] | None = None,
    **more: str,
) -> bytes:
    """Return a Word file.

    Args:
        body: paragraphs as XML.
        links: URLs by relation id.
        parts: other parts by name, which is their relation id as well (`media/a.png`).
        more: the content of `footnotes`, `endnotes`, `comments` and `settings`.
    """
    files: dict[str, bytes | str] = {
        "word/document.xml": f"<w:document {SPACES}><w:body>{body}</w:body></w:document>"
    }
    related = {
        "styles": f"<w:styles {SPACES}>{STYLES}</w:styles>",
        "numbering": f"<w:numbering {SPACES}>{NUMBERING}</w:numbering>",
    }
    for name in ("footnotes", "endnotes", "comments", "settings"):
        if name in more:
            related[name] = f"<w:{name} {SPACES}>{more[name]}</w:{name}>"
    relations = [_relation(name, name, f"{name}.xml") for name in related]
    relations += [
        _relation(identity, "hyperlink", target, "External") for identity, target in (links or {}).items()
    ]
    for name, content in (parts or {}).items():
        files[f"word/{name}"] = content
        relations.append(_relation(name, _kind(name), name))
    files |= {f"word/{name}.xml": text for name, text in related.items()}
    files["word/_rels/document.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}">{"".join(relations)}{more.get("relations", "")}</Relationships>'
    )
    files["_rels/.rels"] = (
        f'<Relationships xmlns="{PACKAGE}">{_relation("main", "officeDocument", "word/document.xml")}</Relationships>'
    )
    return zipped(files)


def zipped(files: dict[str, bytes | str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _kind(name: str) -> str:
    return "image" if name.startswith("media/") else name.rpartition("/")[2].rstrip("0123456789.xml") or name


def _relation(identity: str, kind: str, target: str, mode: str = "Internal") -> str:
    return f'<Relationship Id="{identity}" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'


def p(*runs: str, style: str = "", list: tuple[int, int] | None = None, form: str = "") -> str:
    """A paragraph: its runs, or plain texts; `list` is the id of a numbering and a level."""
    numbered = f'<w:numPr><w:ilvl w:val="{list[1]}"/><w:numId w:val="{list[0]}"/></w:numPr>' if list else ""
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    inside = "".join(run if run.startswith(("<w:", "<m:")) else r(run) for run in runs)
    return f"<w:p><w:pPr>{styled}{numbered}{form}</w:pPr>{inside}</w:p>"


def r(text: str, form: str = "") -> str:
    """A run of text; `form` is the content of its properties, such as `<w:b/>`."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<w:r><w:rPr>{form}</w:rPr><w:t xml:space="preserve">{escaped}</w:t></w:r>'


def note(identity: int, kind: str = "footnote") -> str:
    return f'<w:r><w:{kind}Reference w:id="{identity}"/></w:r>'


def note_element(identity: int, *paragraphs: str, kind: str = "footnote") -> str:
    return f'<w:{kind} w:id="{identity}">{"".join(paragraphs)}</w:{kind}>'


def link(identity: str, text: str) -> str:
    return f'<w:hyperlink r:id="{identity}">{r(text)}</w:hyperlink>'


def ins(*runs: str, by: str = "Ann") -> str:
    return f'<w:ins w:id="1" w:author="{by}">{"".join(runs)}</w:ins>'


def deletion(text: str, by: str = "Ann") -> str:
    return f'<w:del w:id="2" w:author="{by}"><w:r><w:delText xml:space="preserve">{text}</w:delText></w:r></w:del>'


def table(*rows: list[str], form: str = "") -> str:
    """A table of cells: plain texts, or paragraphs as XML."""
    inside = "".join(
        f"<w:tr>{''.join(f'<w:tc>{cell if cell.startswith("<w:") else p(cell)}</w:tc>' for cell in row)}</w:tr>"
        for row in rows
    )
    return f"<w:tbl><w:tblPr>{form}</w:tblPr>{inside}</w:tbl>"


def picture(part: str, alt: str = "", crop: str = "") -> str:
    """A drawing that shows a part."""
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture" descr="{alt}"/><a:graphic><a:graphicData><pic:pic>'
        f'<pic:blipFill><a:blip r:embed="{part}"/>{crop}</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline>'
        "</w:drawing></w:r>"
    )


def box(*paragraphs: str) -> str:
    """A text box, as Word writes it twice: for itself and for older programs."""
    content = f"<w:txbxContent>{''.join(paragraphs)}</w:txbxContent>"
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx>'
        f"{content}</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{content}</v:textbox></w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r>"
    )


def field(instruction: str, result: str) -> str:
    """A field in the long form: begin, instruction, result, end."""
    sign = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    return f"{sign('begin')}<w:r><w:instrText>{instruction}</w:instrText></w:r>{sign('separate')}{result}{sign('end')}"


def bomb() -> bytes:
    """A file of a few kilobytes that unpacks to a hundred megabytes."""
    return zipped({"word/document.xml": b"0" * 100_000_000})


def forged_bomb() -> bytes:
    """An entry that says it is small and is not: its size in the directory is forged."""
    content = docx(p("x" * 50_000_000))
    plain = struct.pack(
        "<I", len(f"<w:document {SPACES}><w:body>{p('x' * 50_000_000)}</w:body></w:document>")
    )
    return content.replace(plain, struct.pack("<I", 1000))


def make_word_file(publication: Publication, body: str = "", **more) -> WordFile:
    """Store the Word file of a publication, as if it had been imported."""
    content = docx(p(publication.title, style="Title") + (body or p(publication.body)), **more)
    word = drafts.read_word_file(content, "text.docx", language=publication.language)
    row = versions.store_pending_version(publication, word, content, "text.docx", by=None)
    WordFile.objects.filter(pk=row.pk).update(is_undecided=False)
    return WordFile.objects.get(pk=row.pk)
