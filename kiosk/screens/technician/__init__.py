"""The technicians' screens: a PIN pad, an overview, slots and their sensors, outputs by hand, self-test, health,
network, logs.

They speak the language that was chosen on the first screen. What devices, self-test and store say of themselves stays
English, as in the log and the guides.
"""
