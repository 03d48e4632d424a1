"""The box of the desk that says who is mailed of what its button does."""

from lxml import html


def mailed_sentences(page: str, within: str = "//form//") -> list[str]:
    """Return the sentences of the box; [] where a page has none.

    Args:
        within: the start of its path; `//` for a box outside a form.
    """
    items = html.fromstring(page).xpath(f'{within}div[@class="mailed"]//li')
    return [" ".join(item.text_content().split()) for item in items]
