"""The touchscreen: passive customtkinter views and the ChargingScreen that owns the records."""
