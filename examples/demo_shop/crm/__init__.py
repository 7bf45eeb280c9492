"""What the sales teams' system knows: accounts, opportunities with their states, and monthly bookings."""
