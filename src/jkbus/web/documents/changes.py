"""The shapes of plans and of what comes of them, as the requests of the local API give them."""

from typing import Any

from typing_extensions import TypedDict


class Change(TypedDict):
    """A setting, what it is and what it shall be, as numbers in `unit` or true and false, and in words."""

    name: str
    old: float | bool
    new: float | bool
    unit: str
    old_text: str
    new_text: str


class Step(TypedDict):
    """One write on the bus; `action` is empty where settings are changed."""

    register: str
    bytes: str
    type: int
    action: str
    changes: list[Change]


class Plan(TypedDict):
    """What would be written to a pack. Nothing is, until the whole plan is sent to api/apply.

    `warnings` should be read before. `word` has to be sent along, "" for none. `unchanged` are wishes that
    stand so already.
    """

    pack: str
    key: str
    bus: str
    address: int
    steps: list[Step]
    unchanged: list[str]
    warnings: list[str]
    word: str
    wishes: dict[str, Any]
    action: str
    value: str
    fingerprint: list[str]


class Plans(TypedDict):
    """A plan for each pack; `left_out` has a sentence for each pack of `all` that there is none for."""

    plans: list[Plan]
    left_out: list[str]
