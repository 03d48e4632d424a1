"""Template fragments that many pages share, cached until the site version changes."""

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from publications.models import cached_for_version

register = template.Library()
END = "endcached_for_version"


@register.tag("cached_for_version")
def parse_cached_for_version(parser: Parser, token: Token) -> "CachedFragment":
    """Cache what is between the tags until the site version changes.

    {% cached_for_version "footer" section current_path %}…{% endcached_for_version %}

    The first argument names the fragment; the others, with the language, must be all that it depends on besides public
    content. Nothing inside is resolved while the fragment is cached, so pass expensive values as `SimpleLazyObject`.

    Raises:
        TemplateSyntaxError: the fragment has no name.
    """
    _name, *arguments = token.split_contents()
    if not arguments:
        raise template.TemplateSyntaxError("cached_for_version takes the name of the fragment.")
    nodes = parser.parse((END,))
    parser.delete_first_token()
    return CachedFragment([parser.compile_filter(argument) for argument in arguments], nodes)


class CachedFragment(template.Node):
    """A part of a template that is rendered once per key and site version."""

    def __init__(self, key: list[FilterExpression], nodelist: NodeList) -> None:
        self.key, self.nodelist = key, nodelist

    def render(self, context: template.Context) -> SafeString:
        key = ("fragment", get_language(), *(part.resolve(context) for part in self.key))
        return cached_for_version(key, lambda: self.nodelist.render(context))
