"""The box of the desk that says who is mailed of what its button does."""

from lxml import html


def mailed_sentences(page: str) -> list[str]:
    """Return the sentences of the box; [] where a page has none."""
    items = html.fromstring(page).xpath('//form//div[@class="mailed"]//li')
    return [" ".join(item.text_content().split()) for item in items]
