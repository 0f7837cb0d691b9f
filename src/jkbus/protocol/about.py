"""About, report type 0x03: who a pack is.

JK's documents call it device info. Asked for at register 0x161C, readable from register 0x1400 on. A JK
master never asks for it and never sends its own. It carries the Bluetooth PIN and the settings password in
clear text: rows marked secret must never be logged, published or captured. Sources: JK's PC application,
the vendor's register map V1.1, and captures of firmware 11.17 to 19.27.
"""

from .fields import Count, Opaque, Quantity, Text
from .frames import Frame


class About(Frame):
    """Who a pack is: report type 0x03, asked for at register 0x161C."""

    type = 3
    kind = "about"
    block = 0x1400

    model = Text(6, 15)  # 15 bytes; the sixteenth is max_cells
    max_cells = Count(21, "B")  # maximum number of cells of the board
    hardware_version = Text(22, 8)  # e.g. 15A, 14.XA, 19A
    software_version = Text(30, 8)  # e.g. 14.20, 15.41, 19.27
    total_runtime = Count(38, "I", "s")  # total running time
    power_on_count = Count(42, "I")  # number of starts
    device_name = Text(46, 16)  # Bluetooth name (user-settable)
    device_password = Text(62, 16, secret=True)  # Bluetooth PIN in clear text
    manufacturing_date = Text(78, 8)  # YYMMDD, date of first start / manufacture
    serial_number = Text(86, 16)  # up to NUL; older boards keep a passcode behind it
    user_data = Text(102, 16)  # free text of the user
    setup_password = Text(118, 16, secret=True)  # settings password in clear text
    user_data_2 = Text(134, 16)  # second free text of the user
    command_support_flags = Opaque(150, 32)  # which commands the firmware supports
    agency_id = Count(182, "H")  # agency identifier
    uart1_protocol = Count(184, "B")  # protocol number of UART1 (RS485-1), see README code list
    can_protocol = Count(185, "B")  # protocol number of the CAN port, see README code list
    uart1_protocols_available = Opaque(186, 4)  # bit n = UART protocol n selectable on UART1
    hardware_options = Text(190, 12)  # letters of fitted options
    can_protocols_available = Opaque(202, 4)  # bit n = CAN protocol n selectable
    info_reserved_206 = Opaque(206, 12)
    uart2_protocol = Count(218, "B")  # protocol number of UART2 (RS485-2), see README code list
    uart2_protocols_available = Opaque(219, 4)  # bit n = UART protocol n selectable on UART2
    info_reserved_223 = Opaque(223, 11)
    lcd_buzzer_trigger = Count(234, "B")  # trigger source of the buzzer, see README code list
    dry_contact_1_trigger = Count(235, "B")  # trigger source of dry contact 1
    dry_contact_2_trigger = Count(236, "B")  # trigger source of dry contact 2
    uart_protocol_library_version = Count(237, "B")  # version of the UART protocol library
    lcd_buzzer_trigger_value = Count(238, "i")  # buzzer on at
    lcd_buzzer_release_value = Count(242, "i")  # buzzer off at
    dry_contact_1_trigger_value = Count(246, "i")  # dry contact 1 closes at
    dry_contact_1_release_value = Count(250, "i")  # dry contact 1 opens at
    dry_contact_2_trigger_value = Count(254, "i")  # dry contact 2 closes at
    dry_contact_2_release_value = Count(258, "i")  # dry contact 2 opens at
    data_storage_period = Count(262, "I", "s")  # only the low 16 bits survive on some firmware
    requested_charge_voltage_time = Quantity(266, "B", "h", per=10)  # how long RCV is held (absorption)
    requested_float_voltage_time = Quantity(267, "B", "h", per=10)  # how long RFV is held (float)
    can_protocol_library_version = Count(268, "B")  # version of the CAN protocol library
    emergency_duration = Count(269, "B", "min")  # length of the emergency mode
    uart3_protocol = Count(270, "B")  # protocol number of UART3
    uart3_protocols_available = Opaque(271, 7)  # bit set
    rebulk_soc = Count(278, "B", "%")  # SOC below which a new bulk stage starts
    uart4_protocol = Count(279, "B")  # protocol number of UART4
    uart4_protocols_available = Opaque(280, 4)  # bit set
    info_reserved_284 = Opaque(284, 3)
    info_support_flags = Opaque(287, 11)  # which device-info fields the firmware supports
    protocol_version = Count(298, "B")  # version of the protocol
