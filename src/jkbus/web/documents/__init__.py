"""What the page and programs are told, as JSON documents: pure functions of what was heard, and their shapes.

Unknown is null and never 0. Times are unix seconds, durations seconds; V, A, W, Ah, °C, Ω, kWh and per cent.
Current and power are positive while charging; cells are numbered from 1.
"""
