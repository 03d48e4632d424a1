"""What robots.txt allows (RFC 9309): the longest rule that fits counts, and one that allows wins over one as long."""

from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes

from ..addresses import QUERY_CHARACTERS

MAX_ROBOTS_BYTES = 500 * 1024
MAX_RULES = 2_000
MAX_CRAWL_DELAY = 60.0


@dataclass
class RobotRules:
    """The rules for one program.

    Args:
        rules: pairs of a pattern and whether it allows.
        crawl_delay: seconds between requests, which some files have.
    """

    rules: list[tuple[str, bool]] = field(default_factory=list)
    crawl_delay: float = 0.0
    sitemaps: list[str] = field(default_factory=list)

    def allows(self, path: str) -> bool:
        """Whether a path with its query may be requested."""
        path = _normalize(path)
        fitting = [(len(pattern), allows) for pattern, allows in self.rules if _fits(pattern, path)]
        return max(fitting)[1] if fitting else True


def parse_robots(text: str, product: str) -> RobotRules:
    """Return the rules of a robots.txt for a program.

    Args:
        product: the name of the program in its user agent; without a group for it, that for all counts.
    """
    groups: dict[str, RobotRules] = {}
    sitemaps: list[str] = []
    names: list[str] = []
    is_in_rules = False
    for line in text.splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if key == "sitemap" and colon:
            sitemaps.append(value)
        elif key == "user-agent":
            names = [] if is_in_rules else names
            is_in_rules = False
            names.append(value.lower())
            groups.setdefault(value.lower(), RobotRules())
        elif key in ("allow", "disallow", "crawl-delay"):
            is_in_rules = True
            for name in names:
                _add_rule(groups[name], key, value)
    own = next((groups[name] for name in groups if name != "*" and name in product.lower()), None)
    rules = own or groups.get("*") or RobotRules()
    return RobotRules(rules.rules, rules.crawl_delay, sitemaps)


def _add_rule(group: RobotRules, key: str, value: str) -> None:
    if key == "crawl-delay":
        try:
            group.crawl_delay = min(max(float(value), 0.0), MAX_CRAWL_DELAY)
        except ValueError:
            return
    elif value and len(group.rules) < MAX_RULES:
        group.rules.append((_normalize(value), key == "allow"))


def _normalize(path: str) -> str:
    return quote(unquote_to_bytes(path), safe=QUERY_CHARACTERS)


def _fits(pattern: str, path: str) -> bool:
    """Whether a pattern fits the beginning of a path; `*` is any text, and `$` at its end the end. In linear time."""
    is_whole = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    position = len(first)
    for number, part in enumerate(others, start=1):
        if is_whole and number == len(others):
            return len(path) - len(part) >= position and path.endswith(part)
        found = path.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return not is_whole or position == len(path)
