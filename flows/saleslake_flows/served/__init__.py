"""The flows as Prefect serves them: schedules, run names, artifacts, and what keeps them alive.

Only here is Prefect imported, and only when it serves or runs: the command line does without it. What the
scraper's image runs (`scrape`, `serve`, and what they stand on) does without the processor.
"""
