"""The shop while it is open: exports that grow with the clock, a catalogue in pages, a paged JSON API."""
