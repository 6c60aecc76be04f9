"""What this package ships: the definitions of the control folders, the initiatives over them, the confirmed aliases, and their lint."""
