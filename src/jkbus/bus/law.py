"""What may leave this program at all. Every byte that is said on a bus has passed `lawful`.

Above the settings lie command registers: some are documented, others erase a board or arm a firmware upgrade
and must never be touched, not even to find out. So nothing is forbidden here by name: what is not listed is
not said. The shutdown (0x1604) is documented and left out on purpose: nothing on the bus could undo it.

Sources: the vendor's register map V1.1 and JK's PC application; sizes in bytes.
"""

from ..protocol.checksum import crc16
from ..protocol.messages import TRIGGERS, WRITE

SETTABLE = dict.fromkeys(range(0x1000, 0x1088, 4), 4)  # limits and switches, smart sleep first
SETTABLE[0x110C] = 4  # precharge time
SETTABLE[0x1114] = 2  # 16 switches
SETTABLE[0x1116] = 2  # heater: start and stop
SETTABLE[0x1118] = 2  # delay of smart sleep, and a byte that is kept
SETTABLE[0x1504] = 2  # times of RCV and RFV

COMMANDS = {
    0x1600: 4,  # voltage calibration
    0x1606: 4,  # current calibration
    0x160A: 2,  # Li-ion preset
    0x160C: 2,  # LiFePO4 preset
    0x160E: 2,  # LTO preset
    0x1610: 2,  # emergency start
    0x1612: 4,  # clock
}


def lawful(data: bytes) -> bool:
    """Whether a whole message may be sent: a request, a write of a setting, or a documented command."""
    if len(data) < 11 or data[1] != WRITE or crc16(data[:-2]) != data[-2] | data[-1] << 8:
        return False
    register, count, size = data[2] << 8 | data[3], data[4] << 8 | data[5], data[6]
    if data[0] > 15 or size != 2 * count or len(data) != 9 + size:
        return False
    if register in TRIGGERS:
        return data[7:-2] == b"\0\0"
    return size == SETTABLE.get(register, COMMANDS.get(register, 0))
