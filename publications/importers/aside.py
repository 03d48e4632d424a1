"""What is put aside while a text is worked on: code, literal text, raw tables. Marks stand in for it."""

import re

MARK = re.compile("\ue000(\\d+)\ue001")
FENCE = re.compile(
    r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<language>[^`\n]*)\n(?P<code>.*?)"
    r"^[ \t]*(?P=fence)[`~]*[ \t]*$\n?",
    re.MULTILINE | re.DOTALL,
)
SPAN = re.compile(r"(?<!`)(`+)(?!`)([^\n]*?(?:\n[^\n]+?)*?)(?<!`)\1(?!`)")
LIST = re.compile(r"[ \t]*(?:[*+-]|\d+[.)])[ \t]|[ \t]+\S")


class Aside:
    """Keeps texts and gives marks for them."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def keep(self, text: str) -> str:
        self.kept.append(text)
        return f"\ue000{len(self.kept) - 1}\ue001"

    def put_back(self, text: str) -> str:
        """The text with all that was kept in its place; what was kept may itself hold marks."""
        for _level in range(4):
            if not MARK.search(text):
                break
            text = MARK.sub(self._kept, text)
        return MARK.sub("", text)

    def _kept(self, found: re.Match[str]) -> str:
        place = int(found[1][:9])
        return self.kept[place] if place < len(self.kept) else ""

    def keep_code(self, text: str) -> str:
        """The text with its code put aside: fenced blocks, as our Markdown writes them, and code in a line."""
        text = FENCE.sub(lambda found: self._block(found, text), text)
        return SPAN.sub(lambda found: self.keep(found[0]), text)

    def _block(self, found: re.Match[str], text: str) -> str:
        indent = found["indent"].expandtabs(4)
        code = self.put_back(found["code"]).rstrip("\n")
        lines = [line.removeprefix(found["indent"]) for line in code.split("\n")]
        if not indent and _follows_list(text, found.start()):
            return f"\n{self.keep(f'<pre><code>{_escaped(lines)}</code></pre>')}\n\n"
        depth = 4 + 4 * ((len(indent) + 3) // 4)
        block = "\n".join(" " * depth + line if line.strip() else "" for line in lines)
        return f"\n{self.keep(block)}\n\n" if code.strip() else "\n"


def _follows_list(text: str, place: int) -> bool:
    """Whether an indented block here would belong to the item of a list."""
    before = text[max(0, place - 3000) : place].rstrip("\n").rpartition("\n")[2]
    return bool(LIST.match(before))


def _escaped(lines: list[str]) -> str:
    return "\n".join(lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain_marks(text: str) -> str:
    """The text without characters that marks are made of."""
    return text.replace("\ue000", "").replace("\ue001", "")
