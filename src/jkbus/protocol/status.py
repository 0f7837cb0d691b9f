"""Status, report type 0x02: what a pack measures now.

JK's documents call it cell info. Asked for at register 0x1620, readable from register 0x1200 on. The layout
is the one other programs call JK02_32S (room for 32 cells). Sources: the vendor's register map V1.1, JK's PC
application, and captures of firmware 11.17 to 19.27.
"""

from .fields import Bit, CellVoltages, Count, Flags, Float, Opaque, Probe, Quantities, Quantity
from .frames import Frame


class Status(Frame):
    """What a pack measures now: report type 0x02, asked for at register 0x1620."""

    type = 2
    kind = "status"
    block = 0x1200

    cell_voltage = CellVoltages(6)  # cell 1 first; None where none is wired
    cell_present_mask = Flags(70, "I")  # bit n: cell n + 1 is wired
    cell_voltage_average = Quantity(74, "H", "V", per=1000)  # average cell voltage computed by the board
    cell_voltage_delta = Quantity(76, "H", "V", per=1000)  # max - min cell voltage computed by the board
    cell_voltage_max_index = Count(78, "B")  # highest cell, counted from 0
    cell_voltage_min_index = Count(79, "B")  # lowest cell, counted from 0
    cell_wire_resistance = Quantities(80, "32H", "Ω", per=1000)  # measured, cell 1 first
    mosfet_temperature = Probe(144, present=0)  # temperature of the power board
    cell_wire_resistance_alarm_mask = Flags(146, "I")  # bit n: wire of cell n + 1
    battery_voltage = Quantity(150, "I", "V", per=1000)  # pack voltage
    battery_power_magnitude = Quantity(154, "I", "W", per=1000)  # never negative; signed power is V times I
    battery_current = Quantity(158, "i", "A", per=1000)  # positive while charging
    battery_temperature_1 = Probe(162, present=1)  # battery sensor 1 (NT1)
    battery_temperature_2 = Probe(164, present=2)  # battery sensor 2 (NT2)
    alarms = Flags(166, "I")
    alarm_wire_resistance = Bit(alarms, 0)  # balance wire resistance too high
    alarm_mosfet_overtemperature = Bit(alarms, 1)  # power stage over-temperature protection
    alarm_cell_count_mismatch = Bit(alarms, 2)  # number of cells differs from the setting
    alarm_current_sensor_fault = Bit(alarms, 3)  # current sensor fault
    alarm_cell_overvoltage_or_full = Bit(alarms, 4)  # stays set on a full battery: no fault by itself
    alarm_battery_overvoltage = Bit(alarms, 5)  # pack over-voltage protection
    alarm_charge_overcurrent = Bit(alarms, 6)  # charge over-current protection
    alarm_charge_short_circuit = Bit(alarms, 7)  # charge short-circuit protection
    alarm_charge_overtemperature = Bit(alarms, 8)  # charge over-temperature protection
    alarm_charge_undertemperature = Bit(alarms, 9)  # charge under-temperature protection
    alarm_internal_communication = Bit(alarms, 10)  # communication between the processors failed
    alarm_cell_undervoltage = Bit(alarms, 11)  # cell under-voltage protection
    alarm_battery_undervoltage = Bit(alarms, 12)  # pack under-voltage protection
    alarm_discharge_overcurrent = Bit(alarms, 13)  # discharge over-current protection
    alarm_discharge_short_circuit = Bit(alarms, 14)  # discharge short-circuit protection
    alarm_discharge_overtemperature = Bit(alarms, 15)  # discharge over-temperature protection
    alarm_charge_mosfet_fault = Bit(alarms, 16)  # charge MOSFET abnormal
    alarm_discharge_mosfet_fault = Bit(alarms, 17)  # discharge MOSFET abnormal
    alarm_gps_disconnected = Bit(alarms, 18)  # GPS module disconnected
    alarm_change_password = Bit(alarms, 19)  # only a reminder
    alarm_discharge_start_failed = Bit(alarms, 20)  # discharge could not be switched on
    alarm_battery_overtemperature = Bit(alarms, 21)  # battery over-temperature warning
    alarm_temperature_sensor_fault = Bit(alarms, 22)  # temperature sensor abnormal
    alarm_parallel_module_fault = Bit(alarms, 23)  # parallel current limiter module fault
    alarm_short_circuit_release_failed = Bit(alarms, 24)  # short-circuit protection could not be released
    alarm_discharge_overcurrent_2 = Bit(alarms, 25)  # second discharge over-current stage tripped
    alarm_discharge_overcurrent_3 = Bit(alarms, 26)  # third discharge over-current stage tripped
    alarm_discharge_undertemperature = Bit(alarms, 27)  # discharge under-temperature
    alarm_gps_remote_lock = Bit(alarms, 28)  # locked by the GPS module
    balancing_current = Quantity(170, "h", "A", per=1000)  # balancing current (sign follows the direction)
    balancing_state = Count(172, "B")  # 0 idle, 1 charging a cell, 2 discharging a cell
    state_of_charge = Count(173, "B", "%")  # SOC 0..100
    remaining_capacity = Quantity(174, "I", "Ah", per=1000)  # remaining charge
    full_charge_capacity = Quantity(178, "I", "Ah", per=1000)  # present full capacity (learned)
    cycle_count = Count(182, "I")  # number of charge cycles
    cycle_capacity = Quantity(186, "I", "Ah", per=1000)  # total charge moved over all cycles
    state_of_health = Count(190, "B", "%")  # one byte, not four
    precharge_active = Count(191, "B")  # 1 = pre-charge running
    user_alarm_1 = Count(192, "H")  # user-layer alarm word 1, bits not documented
    runtime = Count(194, "I", "s")  # total running time of the board
    charge_mosfet_on = Count(198, "B")  # the switch, not the current
    discharge_mosfet_on = Count(199, "B")  # the switch, not the current
    user_alarm_2 = Flags(200, "H")  # user-layer alarm word 2
    user_alarm_2_temperature_high = Bit(user_alarm_2, 0)  # temperature too high
    user_alarm_2_temperature_low = Bit(user_alarm_2, 1)  # temperature too low
    user_alarm_2_temperature_spread = Bit(user_alarm_2, 2)  # temperature difference too large
    user_alarm_2_cell_voltage_high = Bit(user_alarm_2, 3)  # cell voltage too high
    user_alarm_2_cell_voltage_low = Bit(user_alarm_2, 4)  # cell voltage too low
    user_alarm_2_discharge_overcurrent = Bit(user_alarm_2, 5)  # discharge over-current
    user_alarm_2_charge_overcurrent = Bit(user_alarm_2, 6)  # charge over-current
    user_alarm_2_temperature_sensor_fault = Bit(user_alarm_2, 7)  # temperature sensor failure
    user_alarm_2_charger_communication_fault = Bit(user_alarm_2, 8)  # charger communication failure
    user_alarm_2_heating_relay_fault = Bit(user_alarm_2, 10)  # heating relay failure
    user_alarm_2_charger_fault = Bit(user_alarm_2, 11)  # charger failure
    user_alarm_2_low_temperature_heating_fault = Bit(user_alarm_2, 12)  # heating at low temperature failed
    user_alarm_2_heater_fault = Bit(user_alarm_2, 13)  # heater failure
    discharge_overcurrent_release_countdown = Count(202, "H", "s")  # until it releases
    discharge_short_circuit_release_countdown = Count(204, "H", "s")  # until it releases
    charge_overcurrent_release_countdown = Count(206, "H", "s")  # until it releases
    charge_short_circuit_release_countdown = Count(208, "H", "s")  # until it releases
    cell_undervoltage_release_countdown = Count(210, "H", "s")  # until it releases
    cell_overvoltage_release_countdown = Count(212, "H", "s")  # until it releases
    temperature_sensor_present = Flags(214, "B")  # 1 = present, though the vendor calls it absent
    mosfet_temperature_sensor_present = Bit(temperature_sensor_present, 0)  # 1 = present, 0 = missing
    battery_temperature_sensor_1_present = Bit(temperature_sensor_present, 1)  # 1 = present, 0 = missing
    battery_temperature_sensor_2_present = Bit(temperature_sensor_present, 2)  # 1 = present, 0 = missing
    battery_temperature_sensor_3_present = Bit(temperature_sensor_present, 3)  # 1 = present, 0 = missing
    battery_temperature_sensor_4_present = Bit(temperature_sensor_present, 4)  # 1 = present, 0 = missing
    battery_temperature_sensor_5_present = Bit(temperature_sensor_present, 5)  # 1 = present, 0 = missing
    heating_active = Count(215, "B")  # 1 = heater running
    status_reserved_216 = Opaque(216, 2)
    emergency_countdown = Count(218, "H", "s")  # of forced discharge
    discharge_current_correction = Count(220, "H")  # correction factor of the discharge current
    charge_current_sensor_voltage = Quantity(222, "H", "V", per=1000)
    discharge_current_sensor_voltage = Quantity(224, "H", "V", per=1000)
    battery_voltage_correction = Float(226)  # correction factor of the pack voltage
    balancing_charge_pwm = Count(230, "H", "%")  # called %, yet 163..192 was seen
    balancing_discharge_pwm = Count(232, "H", "%")  # PWM duty of the balancer in discharge direction
    battery_voltage_coarse = Quantity(234, "H", "V", per=100)  # pack voltage, coarse copy of offset 150
    heating_current = Quantity(236, "h", "A", per=1000)  # garbage while heating_active is 0
    relay_on = Count(238, "B")  # relay state
    acc_on = Count(239, "B")  # ACC (ignition) input state
    special_charger_plugged = Count(240, "B")  # dedicated charger plugged
    startup_flag = Count(241, "B")  # start-up flag
    c_minus_voltage = Count(242, "B", "V")  # voltage at C-
    mcu_id = Count(243, "B")  # processor identifier
    status_reserved_244 = Opaque(244, 1)
    charger_plugged = Count(245, "B")  # 1 = charger plugged
    uptime = Quantity(246, "I", "s", per=10)  # since the last start
    power_drop_timestamp = Quantity(250, "I", "s", per=10)  # tick of the last supply-voltage drop
    battery_temperature_3 = Probe(254, present=3)  # copy of the MOSFET on PB boards
    battery_temperature_4 = Probe(256, present=4)  # third probe (NT3) of a PB pack
    battery_temperature_5 = Probe(258, present=5)  # fourth probe (NT4) of a PB pack
    charge_current_correction = Count(260, "H")  # correction factor of the charge current
    rtc = Count(262, "I", "s")  # since 2020-01-01, local time of whoever set it
    detail_log_count = Count(266, "I")  # number of entries in the fault log
    time_to_sleep = Count(270, "I", "s")  # time left until smart sleep
    parallel_limiter_active = Count(274, "B")  # 1 = parallel current limiter working
    cell_chemistry = Count(275, "B")  # 0 LiFePO4, 1 Li-ion, 2 LTO; firmware 15.37 and later
    status_reserved_276 = Opaque(276, 2)
    charge_stage_elapsed = Count(278, "H", "s")  # time since the charge stage began
    charge_stage = Count(280, "B")  # 0 bulk, 1 absorption, 2 float; V15 and later
    output_status = Flags(281, "B")  # outputs
    lcd_buzzer_active = Bit(output_status, 0)  # buzzer alarm on
    dry_contact_1_active = Bit(output_status, 1)  # dry contact 1 closed
    dry_contact_2_active = Bit(output_status, 2)  # dry contact 2 closed
    status_reserved_282 = Opaque(282, 5)
    status_support_flags = Opaque(287, 12)  # which status fields the firmware supports
