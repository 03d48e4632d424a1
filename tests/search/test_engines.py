"""The engines of the two databases: both do what the interface says."""

from inspect import isfunction, signature

import pytest

from publications.search.engines import ENGINES, Engine


@pytest.mark.parametrize("module", ENGINES.values())
def test_an_engine_has_the_functions_and_constants_of_the_interface(module):
    for name, function in vars(Engine).items():
        if isfunction(function) and not name.startswith("_"):
            assert parameters(getattr(module, name)) == parameters(function)[1:]
    for name in Engine.__annotations__:
        assert isinstance(getattr(module, name), str)


def parameters(function) -> list:
    return list(signature(function).parameters.values())
