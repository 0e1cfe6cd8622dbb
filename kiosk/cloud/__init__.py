"""What a kiosk tells the fleet, behind one port."""
