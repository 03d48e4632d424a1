"""The values of fields of an old site that say in plain words that all may read a text, in English and Swedish."""

PUBLIC_VALUES = frozenset({
    "all", "anyone", "everybody", "everyone", "free", "open", "open access", "public", "publish", "published",
    "alla", "fri", "fritt", "gratis", "offentlig", "offentligt", "publicerad", "publicerat", "publik", "publikt",
    "öppen", "öppet", "öppen tillgång",
})  # fmt: skip
