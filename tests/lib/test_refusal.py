"""Every refusal of the house speaks Vietnamese and says what to do."""

import importlib
import pkgutil
import string
from collections.abc import Iterator

import langso
from langso.lib.refusal import Refused


def _all(kind: type[Refused] = Refused) -> Iterator[type[Refused]]:
    for sub in kind.__subclasses__():
        yield sub
        yield from _all(sub)


def _import_all() -> None:
    for module in pkgutil.walk_packages(langso.__path__, "langso."):
        if ".migrations" not in module.name and not module.name.endswith(("__main__", ".wsgi")):
            importlib.import_module(module.name)


def test_every_refusal_has_a_sentence_of_its_own() -> None:
    _import_all()
    ours = [k for k in _all() if k.__module__.startswith("langso.")]

    assert len(ours) > 30
    for refusal in ours:
        # One that only gathers others (FigureWrong) has no words; those below it do.
        if refusal.__subclasses__() and refusal.says == Refused.says:
            continue
        assert refusal.says != Refused.says, refusal
        assert refusal.says.rstrip("”")[-1] in ".…}" or refusal.says.split()[-1].isascii(), refusal.says
        assert "vui lòng" not in refusal.says.lower(), refusal
        assert "không hợp lệ" not in refusal.says.lower(), refusal
        assert "!" not in refusal.says, refusal


def test_a_refusal_carries_its_facts_and_its_field() -> None:
    class TooMany(Refused):
        says = "Có {count} ô sai."

    refusal = TooMany(field="cell", count=3)

    assert refusal.sentence == "Có 3 ô sai."
    assert refusal.field == "cell"
    assert refusal.facts == {"count": 3}
    assert [name for _, name, _, _ in string.Formatter().parse(TooMany.says) if name] == ["count"]
