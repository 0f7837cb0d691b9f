"""Settings, report type 0x01: the protection limits and switches of a pack.

JK's application calls it the parameter or configuration page. Asked for at register 0x161E, readable and
writable from register 0x1000 on. Sources: the vendor's register map V1.1, JK's PC application, and captures
of firmware 11.17 to 19.27.
"""

from .fields import Bit, Count, Flags, Opaque, Quantities, Quantity
from .frames import Frame


class Settings(Frame):
    """What a pack was told: report type 0x01, asked for at register 0x161E."""

    type = 1
    kind = "settings"
    block = 0x1000

    smart_sleep_cell_voltage = Quantity(6, "I", "V", per=1000)  # smart sleep may begin below
    cell_undervoltage_protection_voltage = Quantity(10, "I", "V", per=1000)  # UVP: discharging stops below
    cell_undervoltage_release_voltage = Quantity(14, "I", "V", per=1000)  # UVPR: discharging resumes above
    cell_overvoltage_protection_voltage = Quantity(18, "I", "V", per=1000)  # OVP: charging stops above
    cell_overvoltage_release_voltage = Quantity(22, "I", "V", per=1000)  # OVPR: charging resumes below
    balancing_trigger_delta_voltage = Quantity(26, "I", "V", per=1000)  # spread that starts balancing
    soc_100_cell_voltage = Quantity(30, "I", "V", per=1000)  # cell voltage at which SOC is set to 100 %
    soc_0_cell_voltage = Quantity(34, "I", "V", per=1000)  # cell voltage at which SOC is set to 0 %
    requested_charge_cell_voltage = Quantity(38, "I", "V", per=1000)  # RCV: bulk and absorption voltage
    requested_float_cell_voltage = Quantity(42, "I", "V", per=1000)  # RFV: float voltage
    power_off_cell_voltage = Quantity(46, "I", "V", per=1000)  # the board switches off below
    charge_current_limit = Quantity(50, "I", "A", per=1000)  # charge over-current above
    charge_overcurrent_delay = Count(54, "I", "s")  # over the limit before charging stops
    charge_overcurrent_release_time = Count(58, "I", "s")  # time until charging is tried again
    discharge_current_limit = Quantity(62, "I", "A", per=1000)  # discharge over-current above
    discharge_overcurrent_delay = Count(66, "I", "s")  # time over the limit before discharging stops
    discharge_overcurrent_release_time = Count(70, "I", "s")  # time until discharging is tried again
    short_circuit_release_time = Count(74, "I", "s")  # until discharging is tried again
    balancing_current_limit = Quantity(78, "I", "A", per=1000)  # maximum balancing current
    charge_overtemperature_protection = Quantity(82, "i", "°C", per=10)  # charging stops above
    charge_overtemperature_release = Quantity(86, "i", "°C", per=10)  # charging allowed again below
    discharge_overtemperature_protection = Quantity(90, "i", "°C", per=10)  # discharging stops above
    discharge_overtemperature_release = Quantity(94, "i", "°C", per=10)  # discharging allowed again below
    charge_undertemperature_protection = Quantity(98, "i", "°C", per=10)  # charging stops below
    charge_undertemperature_release = Quantity(102, "i", "°C", per=10)  # charging allowed again above
    mosfet_overtemperature_protection = Quantity(106, "i", "°C", per=10)  # power stage stops above
    mosfet_overtemperature_release = Quantity(110, "i", "°C", per=10)  # power stage allowed again below
    cell_count_setting = Count(114, "I")  # configured number of cells in series
    charge_enabled = Count(118, "I")  # charge switch: 0 = off, 1 = on
    discharge_enabled = Count(122, "I")  # discharge switch: 0 = off, 1 = on
    balancing_enabled = Count(126, "I")  # balancer switch: 0 = off, 1 = on
    design_capacity = Quantity(130, "I", "Ah", per=1000)  # configured (design) capacity of the pack
    short_circuit_delay = Count(134, "I", "µs")  # µs both ways; the reference's scale is wrong
    balancing_start_cell_voltage = Quantity(138, "I", "V", per=1000)  # balancing is allowed above
    cell_wire_compensation_resistance = Quantities(142, "32I", "Ω", per=1000000)  # as set; always 0 so far
    device_address = Count(270, "I")  # as stored; may differ from the DIP switch
    precharge_time = Count(274, "I", "s")  # before the discharge MOSFET closes
    current_range = Quantity(278, "I", "A", per=1000)  # full-scale range of the current measurement
    settings_switches = Flags(282, "H")  # register 0x1114; a write keeps every other bit
    heating_enabled = Bit(settings_switches, 0)  # heating function on
    temperature_sensors_disabled = Bit(settings_switches, 1)  # ignore the temperature sensors
    gps_heartbeat_enabled = Bit(settings_switches, 2)  # supervise the GPS module
    shared_port_is_rs485 = Bit(settings_switches, 3)  # multiplexed port: 1 = RS485, 0 = CAN
    display_always_on = Bit(settings_switches, 4)  # LCD stays on
    special_charger_enabled = Bit(settings_switches, 5)  # recognise the dedicated charger
    smart_sleep_enabled = Bit(settings_switches, 6)  # smart sleep on
    parallel_current_limiter_disabled = Bit(settings_switches, 7)  # PCL off
    timed_data_storage_enabled = Bit(settings_switches, 8)  # periodic data logging on
    charge_float_mode_enabled = Bit(settings_switches, 9)  # charge float mode on
    button_emergency_enabled = Bit(settings_switches, 10)  # button may start the emergency mode
    dry_contact_intermittent_enabled = Bit(settings_switches, 11)  # pulses instead of staying closed
    discharge_overcurrent_2_enabled = Bit(settings_switches, 12)  # second discharge over-current stage on
    discharge_overcurrent_3_enabled = Bit(settings_switches, 13)  # third discharge over-current stage on
    gps_charge_lock = Bit(settings_switches, 14)  # charging locked through the GPS module
    gps_discharge_lock = Bit(settings_switches, 15)  # discharging locked through the GPS module
    heating_start_temperature = Count(284, "b", "°C")  # heater on below; firmware 15.41, V19; before: alarm
    heating_stop_temperature = Count(285, "b", "°C")  # heater off above; same remark
    smart_sleep_delay = Count(286, "B", "h")  # idle time before smart sleep
    settings_support_flags = Opaque(287, 9)  # which settings the firmware supports
    discharge_undertemperature_protection = Count(296, "b", "°C")  # V19 only, 0 before
    discharge_undertemperature_release = Count(297, "b", "°C")  # V19 only, 0 before
    settings_reserved_298 = Opaque(298, 1)
