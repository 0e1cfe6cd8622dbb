"""The technicians' screens: a PIN pad, an overview, one page a slot, outputs by hand.

They speak English, like the self-test's advice, the console and everything else that staff read.
"""
