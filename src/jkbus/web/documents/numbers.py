"""Numbers and texts on their way into JSON."""

import json
import math
from typing import Any, TypeVar, overload

Whatever = TypeVar("Whatever")


@overload
def rounded(value: float, decimals: int) -> float: ...
@overload
def rounded(value: float | None, decimals: int) -> float | None: ...
def rounded(value: float | None, decimals: int) -> float | None:
    """The value with so many decimals; None for what is no number, such as the NaN of a damaged report."""
    if value is None or not math.isfinite(value):
        return None
    return round(value, decimals)


def encoded(document: object) -> bytes:
    """A document as JSON in UTF-8, without spaces; what is no number is null."""
    try:
        return _dumped(document)
    except ValueError:
        return _dumped(finite(document))


def finite(value: Any) -> Any:
    """The same with None in place of every NaN and infinity."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [finite(one) for one in value]
    return value


def _dumped(document: object) -> bytes:
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode(errors="backslashreplace")
