"""Where fine ends: each limit with its reason, for LiFePO4 packs of 16 cells on JK-PB boards.

"Known" is what data sheets and vendors' warranties of large LiFePO4 cells say alike; "ours" is our judgement.
"""

# Spread at the top, V. Known: at 3.45 V a cell rises 50 mV with less than 1 % of charge, an hour's work for
# a 2 A balancer. Ours: 150 mV put the highest cell at the over-voltage limit while the average is at 3.45.
TOP_WATCH, TOP_ACT = 0.050, 0.150
TOP_MARGIN = 0.03  # V below its over-voltage protection, in which the highest cell ends charges early: ours

# Spread at the bottom, V. Known: matched cells differ by 1 to 2 % in capacity, at 3.0 V that is 50 to 150 mV.
BOTTOM_WATCH, BOTTOM_ACT = 0.150, 0.300

# Trend of the spread, V a week. Ours: 5 mV a week is from even to worth watching in ten weeks.
TREND_WATCH = 0.005

# A cell's resistance over the median of its pack. Known: cells of one batch differ by 10 to 20 %, joints add
# as much. Ours: half more is a joint or a cell worth a look; two and a half times is a joint that gets warm.
CELL_OHM_WATCH, CELL_OHM_ACT = 1.5, 2.5

# Heat in a lead above the others' at the strongest current seen, W. Ours: a lug with 10 W gets hot to the
# touch, one with 30 W discolours its insulation.
LEAD_HEAT_WATCH, LEAD_HEAT_ACT = 10.0, 30.0

# The same in Ω, since a loose cable keeps its own current low. Known: a metre of 35 mm² has 0.5 mΩ, a good
# lug 0.1. Ours: 4 mΩ more than the others is no cable's length, 10 mΩ is a joint about to fail.
LEAD_OHM_WATCH, LEAD_OHM_ACT = 0.004, 0.010

# Share of charge moved over that of capacity. Ours: below two thirds a pack is hardly used; asked once all
# packs together have moved their capacity.
MOVED_WATCH, TURNED = 0.67, 1.0

# Current from pack to pack. Ours: packs come level for an hour after each charge with some amperes; more, or
# for longer, wears them for nothing. A tenth of the capacity in an hour is a pack joined at another charge.
ROUND_HOURS, ROUND_AMPERES, ROUND_ACT = 1.0, 5.0, 0.1
ROUND_HISTORY = 3.0  # h that say whether it lasts

# Capacity over design. Known: warranties end at 70 to 80 %; new cells hold 100 to 105 %.
CAPACITY_WATCH, CAPACITY_ACT = 0.85, 0.70

# Error of the board's count, % of capacity a day. Ours: one per cent is the 0.1 A that many sensors are off;
# it is 10 % in ten dark days. Five make the count worthless from one weekend to the next.
DRIFT_WATCH, DRIFT_ACT = 1.0, 5.0
COUNT_WATCH = 10.0  # %: how far off the count may be by now

# Energy back over energy in. Known: 94 to 98 % for LiFePO4 at the usual 0.1 to 0.3 C.
EFFICIENCY_WATCH, EFFICIENCY_ACT = 0.93, 0.88

# Hours a week that the balancer gives to one cell, or takes from one. Known: a sound cell loses 1 to 3 % a
# month by itself, all alike. Ours: ten hours a week of 1 A on average are 3 % a week of 280 Ah for one cell.
BALANCING_WATCH = 10.0

# Hours a week beyond limits. Known: above 3.6 V the electrolyte suffers, below 2.8 V the copper may dissolve,
# 10 K above 25 °C halve the calendar life, charging below 0 °C plates lithium for good.
HIGH_WATCH, LOW_WATCH, HOT_WATCH, FROST_ACT = 1.0, 1.0, 10.0, 0.1
STANDING_WATCH = 0.6  # of the time above 95 %: ours, calendar ageing is fastest there
