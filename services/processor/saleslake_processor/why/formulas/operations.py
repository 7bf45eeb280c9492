"""Formulas of the tables about runs."""

from collections.abc import Mapping

from saleslake_processor.why.formulas.way import COMPANY, NOTHING, SUM, Way, every

OPERATIONS: dict[str, Mapping[str, Way]] = {
    "refresh_info": {
        **every("lines orders customers", "number of distinct ones of all time", COMPANY),
        **every("first_date last_date", "first or last day with a sale or a return", COMPANY),
        "as_of": Way("the day after last_date", COMPANY, ("last_date",)),
        "closed_month": Way("last month that ends before as_of", COMPANY, ("as_of", "first_date")),
        **every(
            "sales_amount net_amount returned_amount refunded_amount margin_amount uncosted_amount "
            "total_amount",
            f"{SUM} of all time",
            COMPANY,
        ),
        **every(
            "opportunities unrated_opportunities", "number of opportunities", NOTHING, rows_of="opportunity"
        ),
        "signed_amount": Way("sum over signed opportunities", NOTHING, rows_of="opportunity"),
        **every("bookings unrated_bookings", "number of bookings", NOTHING, rows_of="booking"),
        "booked_amount": Way("sum over bookings", NOTHING, rows_of="booking"),
        **every(
            "batches sources first_batch last_batch quarantined held", "of the ledger's entries", NOTHING
        ),
        "waiting": Way("number of rows without a day or a rate", COMPANY),
        "restated": Way("number of rows of `restatements` of this snapshot", NOTHING),
        **every("snapshot published_on published_at schema_version", "what the manifest says", NOTHING),
    },
    "batch_ledger": {
        **every("company fetched_on held_for", "what the ledger says of the batch"),
        "seen": Way("rows of the raw table in the batch, read again"),
        **every("ignored quarantined dropped held", "rows staged again by the profile"),
        **every(
            "new updated unchanged superseded duplicate deleted missing", "rows of the log by what they did"
        ),
        "waiting": Way("rows derived again that lack a day or a rate"),
        **every(
            "said_amount kept_amount superseded_amount refused_amount", "what these rows say they are worth"
        ),
    },
    "data_quality": {
        "detail": Way("of what was found, in words"),
        **every("rows dropped said_amount", "rows found again, by check"),
    },
    "restatements": {
        **every("snapshot recorded_on recorded_at as_of caused_by", "as the run recorded it"),
        "old_value": Way("the month added up of what counted before the run"),
        "new_value": Way("the month added up of what counted after the run"),
        "difference": Way("new_value - old_value", None, ("new_value", "old_value")),
    },
    "run_results": {
        **every("snapshot recorded_on recorded_at", "as the run recorded it"),
        "previous": Way("value of the run before"),
        "value": Way("added up of what counted after the run"),
        "change": Way("value - previous", None, ("value", "previous")),
    },
}
