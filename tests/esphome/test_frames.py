"""Framing of the native API: any chunks give the same messages, and nonsense ends with a sentence."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise.connection import NoiseConnection

from jkbus.errors import UsageError
from jkbus.esphome.frames import BAD_KEY, LONGEST, Framing, Message, Noise, Plain, WireError, key_of

KEY = bytes(range(32))
MESSAGES = st.lists(st.builds(Message, st.integers(0, 300), st.binary(max_size=300)), max_size=5)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The same bytes in pieces."""
    ends = sorted({place % (len(data) + 1) for place in places} | {len(data)})
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]


class Client:
    """The other side of an encrypted conversation, by the library that real clients use."""

    def __init__(self, key: bytes = KEY) -> None:
        self.noise = NoiseConnection.from_name(b"Noise_NNpsk0_25519_ChaChaPoly_SHA256")
        self.noise.set_as_initiator()
        self.noise.set_psks(key)
        self.noise.set_prologue(b"NoiseAPIInit\x00\x00")
        self.noise.start_handshake()

    def greeting(self) -> bytes:
        return framed(b"") + framed(b"\x00" + self.noise.write_message())

    def accept(self, answer: bytes) -> bytes:
        """Take the server's half; gives its hello."""
        hello, half = frames(answer)
        assert half[0] == 0
        self.noise.read_message(half[1:])
        return hello

    def encode(self, message: Message) -> bytes:
        head = message.type.to_bytes(2, "big") + len(message.data).to_bytes(2, "big")
        return framed(bytes(self.noise.encrypt(head + message.data)))


def framed(data: bytes) -> bytes:
    return b"\x01" + len(data).to_bytes(2, "big") + data


def frames(data: bytes) -> list[bytes]:
    found = []
    while data:
        end = 3 + int.from_bytes(data[1:3], "big")
        found.append(data[3:end])
        data = data[end:]
    return found


def heard(framing: Framing, pieces: list[bytes]) -> list[Message]:
    return [message for piece in pieces for message in framing.receive(piece)[0]]


@given(MESSAGES, st.lists(st.integers(0, 5000)))
def test_plain_messages_come_out_whole_however_they_are_cut(sent: list[Message], places: list[int]) -> None:
    data = b"".join(map(Plain().encode, sent))
    assert heard(Plain(), cut(data, places)) == sent


@given(MESSAGES, st.lists(st.integers(0, 5000)))
def test_encrypted_messages_come_out_whole_however_they_are_cut(
    sent: list[Message], places: list[int]
) -> None:
    client, server = Client(), Noise(KEY, "garage", "024a4b000001")
    assert client.accept(server.receive(client.greeting())[1]) == b"\x01garage\x00024a4b000001\x00"
    data = b"".join(map(client.encode, sent))
    assert heard(server, cut(data, places)) == sent


def test_what_we_encrypt_is_understood() -> None:
    client, server = Client(), Noise(KEY, "garage", "024a4b000001")
    client.accept(server.receive(client.greeting())[1])
    for message in (Message(2, b"hello"), Message(300, b"")):
        clear = client.noise.decrypt(frames(server.encode(message))[0])
        assert clear == message.type.to_bytes(2, "big") + len(message.data).to_bytes(2, "big") + message.data


@given(st.binary(max_size=200), st.lists(st.integers(0, 200)))
@pytest.mark.parametrize("encrypted", [False, True])
def test_any_bytes_give_messages_or_a_sentence(encrypted: bool, data: bytes, places: list[int]) -> None:
    framing: Framing = Noise(KEY, "garage", "024a4b000001") if encrypted else Plain()
    try:
        heard(framing, cut(data, places))
    except WireError as error:
        assert str(error).startswith(("speaks", "does not", "sends", "has"))


def test_a_wrong_key_is_answered_in_the_words_that_clients_know() -> None:
    server = Noise(KEY, "garage", "024a4b000001")
    with pytest.raises(WireError, match="another encryption key") as error:
        server.receive(Client(bytes(32)).greeting())
    assert frames(error.value.last)[1] == b"\x01" + BAD_KEY


def test_plain_text_where_a_key_is_needed_is_answered_encrypted_and_the_other_way_round() -> None:
    with pytest.raises(WireError, match="plain text") as error:
        Noise(KEY, "garage", "024a4b000001").receive(Plain().encode(Message(1, b"")))
    assert error.value.last[0] == 1
    with pytest.raises(WireError, match="no encryption_key") as error:
        Plain().receive(Client().greeting())
    assert error.value.last[0] == 0


def test_messages_that_are_too_long_are_refused_before_they_are_there() -> None:
    with pytest.raises(WireError, match="bytes"):
        Plain().receive(Plain().encode(Message(1, bytes(LONGEST + 1)))[:6])
    with pytest.raises(WireError, match="bytes"):
        Noise(KEY, "garage", "024a4b000001").receive(b"\x01\xff\xff")
    with pytest.raises(WireError, match="does not end"):
        Plain().receive(b"\x00" + b"\xff" * 5)


def test_a_changed_byte_is_noticed() -> None:
    client, server = Client(), Noise(KEY, "garage", "024a4b000001")
    client.accept(server.receive(client.greeting())[1])
    data = bytearray(client.encode(Message(7, b"ping")))
    data[-1] ^= 1
    with pytest.raises(WireError, match="decrypted"):
        server.receive(bytes(data))


@pytest.mark.parametrize("text", ["", "abc", base64.b64encode(bytes(31)).decode(), "ü" * 44])
def test_a_key_that_is_none_is_refused_with_the_way_to_make_one(text: str) -> None:
    with pytest.raises(UsageError, match="openssl rand"):
        key_of(text)


def test_a_key_is_read_as_esphome_writes_it() -> None:
    assert key_of(base64.b64encode(KEY).decode()) == KEY
