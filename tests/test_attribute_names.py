"""Names that the code reads are defined: each attribute, also in templates, and each field in a queryset.

A renamed attribute that one place still reads is an AttributeError only when that line runs; a renamed field that a
queryset still names is a FieldError. These tests read the source instead. An attribute counts as defined if any class
or module has one of that name, whatever the class of the object.
"""

import ast
import importlib
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Field
from django.db.models.constants import LOOKUP_SEP

from scripts.list_modules import APPS
from tests.conftest import ROOT

FOLDERS = (*APPS, "scripts")
LAZY_MODULES = ("django.db.models.sql.compiler",)
"""Modules of libraries that the code uses without importing them."""
ANNOTATED = {"live_title", "live_published_at", "live_type_line", "own_language", "shown_openings"}
"""Annotations whose names are composed, or keys of a dictionary that `annotate` receives."""
OF_LIBRARIES = {"Object", "bucket_name", "new_sign_count", "verify_message", "view_initkwargs"}
"""Attributes that boto3, django-storages, ssl, webauthn and Django set on objects at runtime: list further ones here."""
STRING_QUERIES = {
    "order_by", "values", "values_list", "only", "defer", "select_related", "prefetch_related", "F", "OuterRef",
}  # fmt: skip
KEYWORD_QUERIES = {"filter", "exclude", "Q", "get_or_create", "update_or_create", "create"}
TEMPLATE_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
STRING = re.compile(r""""[^"]*"|'[^']*'""")
ATTRIBUTE_PATH = re.compile(r"\b[A-Za-z_]\w*(?:\.\w+)+")
TEMPLATES_OF_DJANGO = ("admin", "registration")
"""Folders of templates that replace those of Django and read what its views give them."""
ANNOTATIONS = {"annotate", "alias", "aggregate", "extra"}


@dataclass
class Names:
    """The names in the source of some modules.

    Attributes:
        defined: names of classes and functions, of what modules and classes assign, of keywords and attribute targets.
        attributes: the places that read each attribute.
        fields: the places that name each path of fields in a queryset, such as "-edition__kind".
        annotations: the names of annotations.
        imported: the modules that they import.
        strings: what may be the key of a dictionary, which templates read like an attribute.
    """

    defined: set[str] = field(default_factory=set)
    attributes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    fields: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    annotations: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    strings: set[str] = field(default_factory=set)

    def read(self, source: str, path: str) -> None:
        """Add the names of a module."""
        for node, is_local in _walk(ast.parse(source)):
            place = f"{path}:{getattr(node, 'lineno', 0)}"
            match node:
                case ast.Attribute(attr=name, ctx=ast.Load()):
                    self.attributes[name].add(place)
                case ast.Attribute(attr=name):
                    self.defined.add(name)
                case ast.Name(id=name, ctx=ast.Store()) if not is_local:
                    self.defined.add(name)
                case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                    self.defined.add(name)
                case ast.Import(names=aliases):
                    self.imported.update(alias.name for alias in aliases)
                case ast.ImportFrom(module=str(name), level=0):
                    self.imported.add(name)
                case ast.Constant(value=str(text)) if text.isidentifier():
                    self.strings.add(text)
                case ast.Call():
                    self._read_call(node, place)

    def _read_call(self, call: ast.Call, place: str) -> None:
        function = getattr(call.func, "attr", getattr(call.func, "id", ""))
        keywords = {keyword.arg for keyword in call.keywords if keyword.arg}
        strings = [
            arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        if function in KEYWORD_QUERIES:
            self._add_fields(keywords, place)
        else:
            self.defined.update(keywords)
        if function in STRING_QUERIES:
            self._add_fields(strings, place)
        elif function == "attrgetter" or (function == "getattr" and len(call.args) == 2):
            for name in strings:
                self.attributes[name].add(place)
        elif function == "add_argument":
            self.defined.update(option.strip("-").replace("-", "_") for option in strings)
        if function in ANNOTATIONS:
            self.annotations |= keywords

    def _add_fields(self, paths: Iterable[str], place: str) -> None:
        for path in paths:
            self.fields[path].add(place)

    def undefined_attributes(self, known: set[str]) -> dict[str, list[str]]:
        """Return the attributes that neither these modules nor `known` define, with the places that read them."""
        return {
            name: sorted(places)
            for name, places in self.attributes.items()
            if name not in self.defined and name not in known
        }

    def undefined_fields(self, known: set[str]) -> dict[str, list[str]]:
        """Return the paths of fields with a part that neither an annotation nor `known` has."""
        return {
            path: sorted(places)
            for path, places in self.fields.items()
            if not known.union(self.annotations).issuperset(path.lstrip("-").split(LOOKUP_SEP))
        }


def attributes_in(template: str) -> set[str]:
    """Return the attributes that a template reads: "title" and "key" for "{{ page.title.key }}"."""
    expressions = [STRING.sub("", tag) for tag in TEMPLATE_TAG.findall(template)]
    paths = [path for expression in expressions for path in ATTRIBUTE_PATH.findall(expression)]
    return {name for path in paths for name in path.split(".")[1:] if not name.isdigit()}


def _walk(tree: ast.AST) -> Iterator[tuple[ast.AST, bool]]:
    """Yield each node of a module, and whether it is inside a function."""
    remaining = [(tree, False)]
    while remaining:
        node, is_local = remaining.pop()
        yield node, is_local
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            is_local = True
        elif isinstance(node, ast.ClassDef):
            is_local = False
        remaining.extend((child, is_local) for child in ast.iter_child_nodes(node))


def is_installed(source: str) -> bool:
    """Whether all libraries that a script imports are: those of the fonts are not needed for tests."""
    imported = Names()
    imported.read(source, "")
    return all(find_spec(name.partition(".")[0]) for name in imported.imported)


def source_files() -> Iterator[Path]:
    for path in (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))):
        if "migrations" not in path.parts:
            yield path


@pytest.fixture(scope="module")
def names() -> Names:
    names = Names()
    for path in source_files():
        source = path.read_text(encoding="utf-8")
        if path.parent.name != "scripts" or is_installed(source):
            names.read(source, str(path.relative_to(ROOT)))
    return names


@pytest.fixture(scope="module")
def library_names(names) -> set[str]:
    """The names in the modules of Django, the standard library and other libraries, and in their classes."""
    for name in sorted({*names.imported, *LAZY_MODULES}):
        importlib.import_module(name)
    modules = [
        vars(module)
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] not in (*FOLDERS, "tests")
    ]
    classes = {value for module in modules for value in list(module.values()) if isinstance(value, type)}
    bases = {base for value in classes for base in value.__mro__}
    assigned = (name for base in bases for name in vars(base).get("__static_attributes__", ()))
    return {name for module in modules for name in module}.union(*map(dir, classes), assigned)


@pytest.fixture(scope="module")
def model_names() -> set[str]:
    """The attributes of models, with those that Django adds: `kind_id`, `get_kind_display`, related managers."""
    return {name for model in apps.get_models() for name in dir(model)}


@pytest.fixture(scope="module")
def field_names() -> set[str]:
    """What a path of fields may consist of: names of fields and relations, and of lookups."""
    names = {"pk", "defaults", *ANNOTATED}
    for model in (*apps.get_models(), MigrationRecorder.Migration):
        for model_field in model._meta.get_fields():
            names.update({model_field.name, getattr(model_field, "attname", model_field.name)})
            if hasattr(model_field, "get_accessor_name"):
                names.add(model_field.get_accessor_name())
    for kind in (Field, *_subclasses(Field)):
        names.update(kind.get_lookups())
    return names


def _subclasses(parent: type) -> Iterator[type]:
    for child in parent.__subclasses__():
        yield child
        yield from _subclasses(child)


@pytest.mark.skipif(
    sys.version_info < (3, 13), reason="classes list the attributes that they assign since 3.13"
)
class TestAttributes:
    def test_every_attribute_that_is_read_is_defined(self, names, library_names, model_names):
        known = library_names | model_names | ANNOTATED | OF_LIBRARIES

        assert names.undefined_attributes(known) == {}

    def test_every_exception_is_needed(self, names, library_names, model_names):
        assert set(names.undefined_attributes(library_names | model_names)) >= ANNOTATED

    @pytest.mark.parametrize("source", ["print(edition.written_at)", "attrgetter('written_at')(edition)"])
    def test_an_undefined_attribute_is_found(self, source, names, library_names, model_names):
        module = Names(defined=names.defined)
        module.read(f"def publish(written_at):\n    written_at = 1\n    {source}", "publish.py")

        assert module.undefined_attributes(library_names | model_names) == {"written_at": ["publish.py:3"]}

    def test_every_attribute_that_a_template_reads_is_defined(self, names, library_names, model_names):
        """Django shows nothing for one that is missing."""
        known = names.defined | names.strings | library_names | model_names
        templates = (ROOT / "templates").rglob("*.*")

        missing = {
            (str(path.relative_to(ROOT)), name)
            for path in templates
            if path.relative_to(ROOT / "templates").parts[0] not in TEMPLATES_OF_DJANGO
            for name in attributes_in(path.read_text(encoding="utf-8")) - known
        }

        assert missing == set()


def test_attributes_are_found_in_templates():
    template = (
        """{{ edition.written_at|date:"a.b" }} {% if page.0.kind.label and not is_public %}x.y{% endif %}"""
    )

    assert attributes_in(template) == {"written_at", "kind", "label"}


def test_every_field_in_a_queryset_is_one_of_a_model(names, field_names):
    assert names.undefined_fields(field_names) == {}


@pytest.mark.parametrize("source", ["filter(edition__written_at__lt=1)", "order_by('-edition__written_at')"])
def test_an_undefined_field_is_found(source, field_names):
    module = Names()
    module.read(f"Edition.objects.{source}", "search.py")

    assert set(module.undefined_fields(field_names)) in (
        {"edition__written_at__lt"},
        {"-edition__written_at"},
    )
