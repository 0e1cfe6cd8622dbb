"""The rules of the kiosk: what a session is, who owns which second, what a sensor reading proves.

Standard library only. Nothing here knows Tk, GPIO or a network, and nothing reads a clock: every instant is an
argument.
"""
