"""Frozen for migration 0048: what it needs of `publications.markup.figures`."""

from .html_tree import Element, is_blank


def build_figures(root: Element) -> None:
    """Replace paragraphs that contain only images by figures. Images within a line have no caption."""
    root.replace_descendants(_figures_of_paragraph)


def _figures_of_paragraph(element: Element) -> list[Element | str]:
    if element.tag != "p":
        return [element]
    content = [child for child in element.children if not is_blank(child) and not _is_break(child)]
    if content and all(_is_image(child) for child in content):
        return [_build_figure(child) for child in content if isinstance(child, Element)]
    return [element] if content else []


def _is_break(child: Element | str) -> bool:
    return isinstance(child, Element) and child.tag == "br"


def _is_image(child: Element | str) -> bool:
    if isinstance(child, str):
        return False
    if child.tag == "a":
        return len(child.children) == 1 and _is_image(child.children[0])
    return child.tag == "img"


def _build_figure(linked_image: Element) -> Element:
    image = linked_image.find_all("img")[0]
    caption = image.attributes.pop("title", "")
    captions = [Element("figcaption", {}, [caption])] if caption else []
    return Element("figure", {}, [linked_image, *captions])
