"""The kiosk process and its people: composition, screens, console, command line."""
