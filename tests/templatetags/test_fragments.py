"""Fragments of templates: rendered once for each site version, language and key, and lazily."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.translation import override

from publications.models import read_site_state, site_state_scope

pytestmark = pytest.mark.django_db


class Counted:
    """A callable value that counts how often a template resolves it."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        return f"value {self.calls}"


def render(value, key: str = "a") -> str:
    source = '{% load fragments %}{% cached_for_version "test" key %}{{ value }}{% endcached_for_version %}'
    return Template(source).render(Context({"value": value, "key": key}))


def test_a_fragment_is_rendered_once_for_each_key_and_language():
    value = Counted()

    with site_state_scope(read_site_state()):
        texts = [render(value), render(value), render(value, key="b")]
        with override("sv"):
            texts.append(render(value))

    assert texts == ["value 1", "value 1", "value 2", "value 3"]


def test_another_site_version_renders_it_anew():
    value = Counted()

    for _version in range(2):
        with site_state_scope(read_site_state()):
            text = render(value)

    assert text == "value 2"


def test_outside_of_a_request_nothing_is_kept():
    value = Counted()

    assert [render(value), render(value)] == ["value 1", "value 2"]


def test_what_a_fragment_holds_is_escaped():
    assert render("<b>") == "&lt;b&gt;"


def test_a_fragment_needs_a_name():
    with pytest.raises(TemplateSyntaxError, match="name of the fragment"):
        Template("{% load fragments %}{% cached_for_version %}{% endcached_for_version %}")
