"""Particles of family names. The module needs no models: Word files are read without a site."""

NAME_PARTICLES = {
    "af", "al", "av", "bin", "da", "dal", "de", "dei", "del", "della", "den", "der", "des", "di", "do", "dos", "du",
    "el", "ibn", "la", "le", "lo", "ten", "ter", "van", "von", "zu", "zum", "zur",
}  # fmt: skip
"""Lower-case words that belong to the family name after them."""
