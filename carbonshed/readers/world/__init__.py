"""Tables that come through pymrio: its parsers read, everything else is checked here.

Only flows are taken from pymrio (Z, Y, F and F_Y), never its accounts: it drops the
emissions of sectors without output and accepts an output that does not fit.
"""
