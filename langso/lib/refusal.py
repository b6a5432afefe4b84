"""A refusal speaks to the person: what happened, why, what to do next."""

from typing import Any, ClassVar


class Refused(Exception):
    """The work cannot be done as asked; nothing was changed.

    A subclass is named for what is wrong (`VisitTooOld`) and carries one Vietnamese sentence in `says`, with the facts
    as format fields. `field` names the form field or the cell at fault, when there is one.
    """

    says: ClassVar[str] = "Chưa làm được việc này."

    def __init__(self, *, field: str = "", **facts: Any) -> None:
        self.field = field
        self.facts = facts
        super().__init__(self.says.format(**facts))

    @property
    def sentence(self) -> str:
        return str(self)
