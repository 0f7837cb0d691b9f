"""`history export`: values over time in a file, for spreadsheets and data tools.

It reads the file of the history itself, hour by hour or day by day, so that neither the gateway nor the
memory of this computer is bothered by how much is asked for.
"""

import csv
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol

from ..app.past import history_of
from ..config.words import reason
from ..errors import JkbusError, UsageError
from ..history.curves import Curve
from ..history.query import curves, latest, reports, sources
from ..history.query import names as every_name
from ..history.series import series_of
from ..history.store import Store
from ..history.whole import KEY, Whole
from ..protocol import Status
from .remembering import ALL, chosen, in_order, series
from .showing import several
from .spans import DAY, Span, iso, told
from .talking import CLEAR, Answer, configuration, selected

HOUR = 3600.0
FORMATS = (".csv", ".parquet")

Row = Sequence[float | None]


class Sheet(AbstractContextManager["Sheet"], Protocol):
    """A file of rows: a time in unix seconds, the name of a pack, and a value for each column."""

    def add(self, rows: Sequence[tuple[float, str, Row]]) -> None:
        """Write some rows."""


def export(path: Path | None, packs: str, names: str, span: Span, raw: bool, output: Path) -> None:
    """Write values of packs over a time into a file. Raises JkbusError."""
    if output.suffix not in FORMATS:
        raise UsageError(
            f"{output}: the name of the file decides what it becomes; end it in .csv or .parquet"
        )
    if output.exists():
        raise UsageError(f"{output}: is there already; nothing was changed")
    config = configuration(path)
    store = history_of(config)
    found = chosen(in_order([asdict(source) for source in sources(store)]), selected([packs]))
    wanted = columns_of(store, found, selected([names]))
    spans = [since(store, source, span, raw) for source in found]
    if raw and min(part.start for part in spans) - span.start > HOUR:
        print(
            f"jkbus: single reports are kept from {told(min(part.start for part in spans))} on",
            file=sys.stderr,
        )
    part = output.with_name(f"{output.name}.part")
    try:
        with sheet(output.suffix, part, titles(wanted, raw), raw) as file:
            rows = sum(
                written(file, store, source, wanted, here, raw)
                for source, here in zip(found, spans, strict=True)
            )
        part.replace(output)
    except OSError as error:
        raise JkbusError(f"{output}: cannot be written ({reason(error)})") from None
    finally:
        part.unlink(missing_ok=True)
    print(f"{output} holds {rows} rows of {several([source['name'] for source in found])}")


def columns_of(store: Store, found: Sequence[Answer], names: Sequence[str]) -> list[str]:
    """The names of the columns; `all` is every measured value of these packs. Raises UsageError."""
    wanted: dict[str, None] = {}
    for source in found:
        own = measured(store, source) if list(names) == [ALL] else names
        wanted |= dict.fromkeys(series(source, name).name for name in own)
    return list(wanted)


def measured(store: Store, source: Answer) -> list[str]:
    """What a source tells all the time, without the cells that are not wired."""
    last = latest(store, source["key"])
    kind = Whole if source["key"] == KEY else Status
    cells = last[1].cell_voltage if last and isinstance(last[1], Status) else ()
    unwired = {str(number) for number, volts in enumerate(cells, 1) if volts is None}
    return [
        name
        for name in series_of(kind)
        if not (name.startswith("cell_") and name.rpartition("_")[2] in unwired)
    ]


def titles(wanted: Sequence[str], raw: bool) -> list[str]:
    """The names of the columns of values."""
    return list(wanted) if raw else [f"{name}{end}" for name in wanted for end in ("_min", "", "_max")]


def since(store: Store, source: Answer, span: Span, raw: bool) -> Span:
    """The part of the time to write: where single reports are wanted, as long as they are kept."""
    start, end = max(span.start, source["first"]), min(span.end, source["last"] + HOUR)
    if raw:
        kind = Whole if source["key"] == KEY else Status
        start = next((at for at, _ in reports(store, source["key"], kind, start, end)), end)
    return Span(start, max(start, end))


def written(file: Sheet, store: Store, source: Answer, wanted: Sequence[str], span: Span, raw: bool) -> int:
    """Write the rows of a source; how many there were."""
    own = [name for name in wanted if name in every_name(source["key"])]
    level: Literal["raw", "minute"] = "raw" if raw else "minute"
    step, count = HOUR if raw else DAY, 0
    for piece in pieces(span, step):
        progress(f"{source['name']} {told(piece.start)} ...")
        found = curves(store, source["key"], own, piece.start, piece.end, None, level)
        rows = list(rows_of(found, wanted, raw))
        file.add([(at, source["name"], values) for at, values in rows])
        count += len(rows)
    progress("")
    return count


def pieces(span: Span, step: float) -> Iterator[Span]:
    """A time in parts of `step` seconds, cut at whole ones."""
    start = span.start
    while start < span.end:
        end = min((start // step + 1) * step, span.end)
        yield Span(start, end)
        start = end


def rows_of(found: dict[str, Curve], wanted: Sequence[str], raw: bool) -> Iterator[tuple[float, Row]]:
    """A row for each time at which anything is known; None where a value is not."""
    width = 1 if raw else 3
    rows: dict[float, list[float | None]] = {}
    for place, name in enumerate(wanted):
        curve = found.get(name)
        if curve is None:
            continue
        for at, *values in zip(curve.times, curve.low, curve.mean, curve.high, strict=True):
            row = rows.setdefault(at, [None] * (width * len(wanted)))
            row[place * width : (place + 1) * width] = values[1:2] if raw else values
    yield from sorted(rows.items())


def progress(text: str) -> None:
    """Say in a terminal how far it is."""
    if sys.stderr.isatty():
        print(f"{CLEAR}{text}", end="", file=sys.stderr, flush=True)


def sheet(suffix: str, path: Path, names: Sequence[str], raw: bool) -> Sheet:
    """An empty file of that kind. Raises JkbusError if it needs what is not installed."""
    return Csv(path, names, raw) if suffix == ".csv" else Parquet(path, names)


class Csv:
    """Comma-separated values in UTF-8, the time as ISO 8601 with its zone."""

    def __init__(self, path: Path, names: Sequence[str], raw: bool) -> None:
        self._file = path.open("w", newline="", encoding="utf-8")
        self._writer = csv.writer(self._file)
        self._writer.writerow(["time", "pack", *names])
        self._raw = raw

    def add(self, rows: Sequence[tuple[float, str, Row]]) -> None:
        """Write some rows; nothing between two commas is what is not known."""
        for at, pack, values in rows:
            self._writer.writerow([iso(at, self._raw), pack, *map(_number, values)])

    def __enter__(self) -> "Csv":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


class Parquet:
    """An Apache Parquet file, a group of rows for each day; times are UTC."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        try:
            self._arrow: Any = import_module("pyarrow")
            parquet: Any = import_module("pyarrow.parquet")
        except ImportError:
            raise JkbusError(
                ".parquet needs pyarrow, which is not installed; `pip install 'jkbus[parquet]'` brings it,"
                " and .csv works without"
            ) from None
        arrow = self._arrow
        fields = [("time", arrow.timestamp("ms", tz="UTC")), ("pack", arrow.string())]
        self._schema = arrow.schema([*fields, *((name, arrow.float64()) for name in names)])
        self._writer = parquet.ParquetWriter(str(path), self._schema, compression="zstd")

    def add(self, rows: Sequence[tuple[float, str, Row]]) -> None:
        """Write some rows."""
        if rows:
            times, packs, values = zip(*rows, strict=True)
            columns = [[round(at * 1000) for at in times], packs, *zip(*values, strict=True)]
            self._writer.write_table(self._arrow.table(columns, schema=self._schema))

    def __enter__(self) -> "Parquet":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
