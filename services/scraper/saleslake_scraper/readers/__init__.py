"""Bodies as frames of text: every field as it was seen, and the row's number in its file."""

from saleslake_scraper.readers.broken import BrokenFileError
from saleslake_scraper.readers.read import read_file
from saleslake_scraper.readers.unpack import gunzip, members

__all__ = ["BrokenFileError", "gunzip", "members", "read_file"]
