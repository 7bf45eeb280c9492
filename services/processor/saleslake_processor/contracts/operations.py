"""Tables about the lake itself: what came in, and what gold reflects."""

import dataframely as dy
import polars as pl

from saleslake_processor.contracts import columns as c

OUTCOMES = ["new", "updated", "unchanged", "superseded", "duplicate"]
_COUNTED = [*OUTCOMES, "deleted", "ignored", "waiting", "quarantined", "dropped", "held"]


class BatchLedger(dy.Schema):
    """One row per batch, raw table and entity.

    seen = new + updated + unchanged + superseded + duplicate + deleted + ignored + waiting + quarantined
    + dropped + held. said_amount = kept_amount + superseded_amount + refused_amount: control totals of what
    the rows say that they are worth, in their own currencies, before anything is derived from them.
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
    dropped = c.count("rows refused, or of a batch held back, that a person gave up")
    held = c.count("rows of a batch that is held back whole until a person decides")
    held_for = c.text("why the batch is held back, or was; null where nothing spoke against it")
    said_amount = c.money("what the rows that the profile takes say that they are worth; null: no money")
    kept_amount = c.money("of that what is new, updated, unchanged or waiting")
    superseded_amount = c.money("of that what is superseded, duplicate or deleted")
    refused_amount = c.money("of that what is quarantined, dropped or held, as far as it can be read")
    missing = c.count("rows of earlier batches that a snapshot no longer has; not among the seen")

    @dy.rule()
    def each_row_is_counted_once(cls) -> pl.Expr:
        return pl.sum_horizontal(_COUNTED) == cls.seen.col

    @dy.rule()
    def nothing_is_below_0(cls) -> pl.Expr:
        return pl.min_horizontal("seen", "missing", *_COUNTED) >= 0

    @dy.rule()
    def what_it_is_worth_is_counted_once(cls) -> pl.Expr:
        # Sums that no amount holds are null (`ingest`).
        parts = [cls.kept_amount.col, cls.superseded_amount.col, cls.refused_amount.col]
        return (pl.sum_horizontal(parts) == cls.said_amount.col) | pl.any_horizontal(
            part.is_null() for part in (*parts, cls.said_amount.col)
        )


class DataQuality(dy.Schema):
    """One row per check that found something: of a batch's rows where a source and a batch are named, else of
    all that a company has.

    The checks are the rules that refused rows broke (`<field>|<rule>`), and: `held_back`; `column_appeared`,
    `column_vanished` (schema drift); `waits_for_date_or_rate`; `inferred_members` (referred to only);
    `no_amount` (lines that bring no price, and whose product has none); `returned_more_than_sold`;
    `reference_expired` (a line of a reference file whose row says something else by now, since the batch),
    `reference_unused` (one that has found no row); `forecast_drift` (more of what came lay outside the bounds
    of published forecasts than chance explains: `field` says of which, `rows` how many).
    """

    company = c.text("whose rows", primary=True)
    source = c.text("profile by which they came; empty: of all", primary=True)
    batch = c.text("batch; empty: of all", primary=True)
    raw_table = c.text("table of the profile, or reference file; empty: of all", primary=True)
    entity = c.text("what the rows were read as; empty: of a raw table as a whole", primary=True)
    check = c.text("what was found", primary=True)
    field = c.text("field of the entity, or column of the raw table, that it is about", primary=True)
    rows = c.count("rows that it is about; 0 where it is about columns")
    dropped = c.count("of these, rows that a person gave up")
    said_amount = c.money("what the rows say that they are worth, in their own currencies; null: unknown")
    detail = c.text("more, in words")


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
    sources = c.text("the company's sources, in the order of their names", required=True)
    first_batch = c.text("oldest batch of these", required=True)
    batches = c.count("batches of these that were taken in")
    closed_month = c.day("last closed month, by its first day; null where none is closed")
    customers = c.count("known customers with an order line that counts")
    returned_amount = c.money("returned of all time", required=True)
    refunded_amount = c.money("refunded of all time", required=True)
    margin_amount = c.money("margin of all time", required=True)
    uncosted_amount = c.money("net of all time whose cost is unknown", required=True)
    total_amount = c.money("sales and tax and freight of all time", required=True)
    waiting = c.count("rows that wait for a business date or an exchange rate")
    quarantined = c.count("rows in the quarantine")
    held = c.count("rows of batches that are held back")
    unrated_opportunities = c.count("opportunities with an amount that lacks its exchange rate")
    unrated_bookings = c.count("bookings with an amount that lacks its exchange rate")
    restated = c.count("figures of closed months that are other ones since this snapshot (restatements)")


class Restatements(dy.Schema):
    """One row per run, company, closed month and figure that is another one since that run."""

    company = c.text("whose figure", primary=True)
    month = c.day("first day of the month", primary=True)
    kpi = c.text("the figure: the name of a measure", primary=True)
    run = c.count("number of the run", primary=True)
    snapshot = c.count("first snapshot of gold that shows it")
    recorded_on = c.day("day of the run, UTC", required=True)
    recorded_at = c.text("instant of the run, ISO 8601, UTC", required=True)
    as_of = c.day(
        "day after the last business date that was known before, which the month ends before", required=True
    )
    old_value = c.money("the figure before; numbers of things are whole", required=True)
    new_value = c.money("the figure since", required=True)
    difference = c.money("new less old", required=True)
    caused_by = c.text(
        "batches that caused it, as <source>/<batch>, in order of time; of one that a person's decision had "
        "staged again it says so; empty where other code made other figures of the same rows",
        required=True,
    )


class RunResults(dy.Schema):
    """One row per run, company and figure: what the run came to. Every run of the last 31 days, of days
    before that the last one."""

    company = c.text("whose figure", primary=True)
    run = c.count("number of the run; numbers of runs that were killed are left out", primary=True)
    analysis = c.text(
        "the figure: a measure of all time; customers, products, opportunities, bookings; batches that the "
        "run took in, rows_... of these by what became of them; rows_waiting now",
        primary=True,
    )
    snapshot = c.count("first snapshot of gold that shows it")
    recorded_on = c.day("day of the run, UTC", required=True)
    recorded_at = c.text("instant of the run, ISO 8601, UTC", required=True)
    value = c.money("the figure; numbers of things are whole", required=True)
    previous = c.money("the figure of the run before; null where there is none")
    change = c.money("value less previous")
