"""A property lived through a quarter: 12 lifts, 3 pump rooms, 40 patrol points, with the clock in the script's hand.

`make demo` shows a month of it; tests/simulation compares what the report says of it with figures worked out elsewhere.
"""
