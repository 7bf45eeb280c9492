"""Tables about the lake itself: what came in, and what gold reflects."""

import dataframely as dy

from saleslake_processor.contracts import columns as c

OUTCOMES = ["new", "updated", "unchanged", "superseded", "duplicate"]


class BatchLedger(dy.Schema):
    """One row per batch, raw table and entity.

    seen = new + updated + unchanged + superseded + duplicate + deleted + ignored + waiting + quarantined.
    """

    company = c.text("whose rows", required=True)
    source = c.text("profile by which they came", primary=True)
    batch = c.text("batch; sorts by time", primary=True)
    raw_table = c.text("table of the profile", primary=True)
    entity = c.text("what the rows were read as; empty: the profile maps the table to nothing", primary=True)
    fetched_on = c.day("day of the fetch, UTC", required=True)
    seen = c.count("rows in the raw table")
    new = c.count("rows with a key not there before")
    updated = c.count("rows that changed what was there")
    unchanged = c.count("newer versions with the same values")
    superseded = c.count("versions older than the one that counts")
    duplicate = c.count("rows that say again what the counting version says")
    deleted = c.count("rows that say the thing is gone")
    ignored = c.count("rows that the profile's `where` leaves out")
    waiting = c.count("rows without which gold has to do until what they need comes")
    quarantined = c.count("rows refused, with rule and origin in the quarantine")
    missing = c.count("rows of earlier batches that a snapshot no longer has; not among the seen")


class RefreshInfo(dy.Schema):
    """One row per company: what this snapshot of gold reflects."""

    company = c.text("whose sales", primary=True)
    snapshot = c.count("number of the published snapshot")
    published_on = c.day("day of the publication, UTC", required=True)
    published_at = c.text("instant of the publication, ISO 8601, UTC", required=True)
    schema_version = c.count("version of the gold schema; raised by changes that break readers")
    as_of = c.day("day after the company's last closed business date; null where it has no sales")
    first_date = c.day("first business date; null where it has no sales")
    last_date = c.day("last business date; null where it has no sales")
    last_batch = c.text("newest batch of the company's sources", required=True)
    lines = c.count("order lines that count")
    orders = c.count("orders with such a line")
    sales_amount = c.money("sales of all time", required=True)
    net_amount = c.money("net of all time", required=True)
    opportunities = c.count("opportunities, whatever became of them")
    signed_amount = c.money("amounts of those that were signed", required=True)
    bookings = c.count("bookings: months of accounts")
    booked_amount = c.money("amounts of those", required=True)
