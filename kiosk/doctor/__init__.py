"""`kiosk doctor`: is this machine what a kiosk needs? Each question is one function over one `Machine`."""
