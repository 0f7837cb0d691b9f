"""What was heard, counted."""

from collections import Counter

from ..protocol import Message, Noise, Report
from ..protocol.messages import Padding


class Tally:
    """Counts messages as they come."""

    def __init__(self) -> None:
        self._messages: Counter[str] = Counter()
        self._reports: dict[int, Counter[str]] = {}
        self._unknown = 0
        self._noise = 0
        self._bad_sums = 0

    def count(self, message: Message) -> None:
        """Count a message."""
        if isinstance(message, Noise):
            if not isinstance(message, Padding):
                self._noise += len(message.data)
                self._bad_sums += message.bad_sums
            return
        self._messages[message.kind] += 1
        if isinstance(message, Report):
            if message.address is None:
                self._unknown += 1
            else:
                self._reports.setdefault(message.address, Counter())[message.frame.kind] += 1

    def brief(self) -> str:
        """What was heard, in a few words."""
        packs = len(self._reports)
        return f"{sum(self._messages.values())} messages, {packs} packs, {self._noise} bytes of noise"

    def summary(self) -> list[str]:
        """What was heard, in a few lines for people."""
        total = sum(self._messages.values())
        kinds = ", ".join(f"{count} {kind}" for kind, count in self._messages.most_common())
        noise = f"{self._noise} bytes of noise, {self._bad_sums} bad checksums"
        lines = [f"{total} messages ({kinds or 'silence'}), {noise}"]
        for address in sorted(self._reports):
            reports = ", ".join(f"{count} {kind}" for kind, count in self._reports[address].items())
            lines.append(f"pack {address:2}: {reports}")
        if self._unknown:
            lines.append(f"{self._unknown} reports from nobody knows which pack")
        return lines
