"""What there is at a source: the addresses of a folder or of index pages that feed a raw table."""
