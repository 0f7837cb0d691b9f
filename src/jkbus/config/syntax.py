"""YAML text to ruamel's nodes, which know their lines, and its complaints in plain words."""

from __future__ import annotations

import re
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import Node
from ruamel.yaml.reader import ReaderError

from jkbus.config.words import reason

LARGEST = 1_000_000  # bytes; fifty buses of sixteen packs need 50 000
QUOTE = "put the text in 'single quotes'"
PROBLEMS = (
    (r"character '\\t'", "a tab cannot indent; use spaces"),
    (
        r"character '[%@`]'|scanning an? (directive|alias|anchor)",
        f"text cannot begin with % @ ` & or *; {QUOTE}",
    ),
    (r"undefined alias", f"no anchor has this name; if the text itself begins with *, {QUOTE}"),
    (r"scanning a block scalar|character '[|>]'", f"only | or > alone may begin a block of lines; {QUOTE}"),
    (
        r"quoted scalar.*end of stream",
        "the quote that opens here is never closed; add it at the end of the text",
    ),
    (r"double-quoted scalar|unknown escape", f"a backslash in double quotes must be doubled; or {QUOTE}"),
    (
        r"flow (mapping|sequence|node)",
        "the bracket that opens here is not closed as it should; add , or } or ]",
    ),
    (r"found \(?'[]},]'", f"this bracket or comma opens nothing; {QUOTE}, or remove it"),
    (r"expected ':'", "a colon and a space are missing after the key; write key: value"),
    (
        r"mapping values are not allowed",
        f"a colon too many; mend indentation or the space after a colon, or {QUOTE}",
    ),
    (
        r"sequence entries are not allowed",
        "a list begins on a line of its own; break the line before the dash",
    ),
    (
        r"<block end>|<document start>",
        f"this line does not fit those above; mend its indentation, or {QUOTE}",
    ),
    (r"another document", "a second document begins; keep one, without a line --- or ... between"),
    (r"\btag\b", f"text cannot begin with !, unless with !secret, !include or !env_var; {QUOTE}"),
)


class UnreadableFile(Exception):
    """A file that gives no YAML: why, and where in it (line and column from 1, None: nowhere)."""

    def __init__(self, file: Path, why: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(why)
        self.file = file
        self.why = why
        self.line = line
        self.about = f"column {column}" if column else ""


class MissingFile(UnreadableFile):
    """A file that is not there."""


class EmptyFile(UnreadableFile):
    """A file with nothing but remarks in it."""


def compose(path: Path) -> Node:
    """The one document of a file. Raises `UnreadableFile` and nothing else, whatever its bytes."""
    text = read(path)
    yaml = YAML(typ="safe", pure=True)
    yaml.composer.warn_double_anchors = False
    try:
        node = yaml.compose(text)
    except MarkedYAMLError as error:
        raise explained(path, error) from None
    except ReaderError as error:
        before = text[: error.position].split("\n")
        why = "an invisible control character; delete it"
        raise UnreadableFile(path, why, len(before), len(before[-1]) + 1) from None
    except RecursionError:
        raise UnreadableFile(path, "brackets or lists nest too deeply") from None
    except (AssertionError, ValueError, OverflowError):  # %YAML 1.9, "\UFFFFFFFF": ruamel checks these late
        why = "a % directive or a \\U escape that YAML does not know; remove it"
        raise UnreadableFile(path, why) from None
    if not isinstance(node, Node) or (node.value == "" and not getattr(node, "style", None)):
        raise EmptyFile(path, "the file is empty")
    return node


def read(path: Path) -> str:
    """The text of a file. Raises `UnreadableFile`."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise MissingFile(path, "there is no such file") from None
    except IsADirectoryError:
        raise UnreadableFile(path, "this is a directory, not a file") from None
    except OSError as error:
        raise UnreadableFile(path, f"the file cannot be read: {reason(error)}") from None
    except ValueError:
        raise UnreadableFile(path, "this is no file name") from None
    if len(data) > LARGEST:
        raise UnreadableFile(path, "the file is larger than 1 MB, so it is no configuration")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(path, "this is not UTF-8 text; save the file with that encoding", line) from None


def explained(path: Path, error: MarkedYAMLError) -> UnreadableFile:
    """ruamel's complaint in plain words, without the text it is about, which may be a password."""
    said = f"{error.context}: {error.problem}"
    why = next((why for pattern, why in PROBLEMS if re.search(pattern, said)), None)
    opened = why is not None and "opens here" in why
    mark = (opened and error.context_mark) or error.problem_mark or error.context_mark
    why = why or "this is not YAML; mend indentation, colons or quotes"
    return UnreadableFile(path, why, mark.line + 1, mark.column + 1)
