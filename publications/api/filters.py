"""The ways to narrow the list of publications, those of the list that readers see, in words for programs."""

FILTERS = {
    "kind": ("the slug of a kind", "quick-comment"),
    "topic": ("the slug of a theme", "energy"),
    "country": ("the slug of a country", "ukraine"),
    "series": ("the slug of a series or project", "security-papers"),
    "author": ("the slug of an author", "ann-berg"),
    "year": ("a year of four digits", "2026"),
    "language": ("the code of a language", "en"),
}
"""What a value of each is, and an example."""
