"""Messages on the terminal as they come."""

from ..outputs.traffic import line
from ..protocol import Message, Noise
from ..protocol.messages import Padding
from .painting import Paint


class Printer:
    """Prints a line a message; noise that comes in pieces becomes one line when it has ended."""

    def __init__(self, paint: Paint) -> None:
        self._paint = paint
        self._noise = bytearray()
        self._bad_sums = 0
        self._clock = ""  # time of the first piece of noise

    @property
    def waiting(self) -> bool:
        """Whether noise is held back."""
        return bool(self._noise)

    def show(self, message: Message, clock: str, sent: bool = False) -> None:
        """Print a message with its time as text; padding is no news."""
        if isinstance(message, Padding):
            return
        if isinstance(message, Noise):
            self._clock = self._clock if self._noise else clock
            self._noise += message.data
            self._bad_sums += message.bad_sums
            return
        self.flush()
        self._print(message, clock, sent)

    def flush(self) -> None:
        """Print the noise that is held back."""
        if self._noise:
            self._print(Noise(bytes(self._noise), self._bad_sums), self._clock, False)
            self._noise, self._bad_sums = bytearray(), 0

    def _print(self, message: Message, clock: str, sent: bool) -> None:
        print(line(message, clock, self._paint, sent), flush=True)
