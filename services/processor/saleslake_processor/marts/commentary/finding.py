"""A finding: cells of gold, and a sentence about them in each language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import dataframely as dy

from saleslake_processor.contracts import commentary, customers, forecasts, kpis, marts, products, team
from saleslake_processor.marts.commentary.printed import Locale, Printer

Row = Mapping[str, Any]

TABLES: dict[str, type[dy.Schema]] = {
    "kpis": kpis.Kpis,
    "price_volume_mix": products.PriceVolumeMix,
    "product_demand": products.ProductDemand,
    "discount_impact": products.DiscountImpact,
    "sales_by_region": marts.SalesByRegion,
    "sales_by_salesperson": team.SalesBySalesperson,
    "team_profile": team.TeamProfile,
    "opportunity_funnel": team.OpportunityFunnel,
    "customer_analysis": customers.CustomerAnalysis,
    "rfm_history": customers.RfmHistory,
    "segment_migration": customers.SegmentMigration,
    "sales_anomalies": commentary.SalesAnomalies,
    "forecast_outlook": forecasts.ForecastOutlook,
    "forecast_accuracy": forecasts.ForecastAccuracy,
}
"""Tables whose cells sentences say."""


@dataclass(frozen=True)
class Figure:
    """A cell of a gold table, and how it is shown."""

    table: str
    row: Row
    column: str
    printed: Printer

    @property
    def key(self) -> str:
        """The row, as `saleslake why` takes it."""
        return " ".join(f"{name}={self.row[name]}" for name in TABLES[self.table].primary_key())

    @property
    def value(self) -> str:
        """The cell in full."""
        cell = self.row[self.column]
        return repr(cell) if isinstance(cell, float) else str(cell)


@dataclass(frozen=True)
class Finding:
    """What was found. Each placeholder of both sentences is a figure, and each figure stands in both."""

    name: str
    topic: str
    stake: Decimal
    """Money at stake, by which findings are ranked."""
    figures: Mapping[str, Figure]
    en: str
    fr: str

    def rows(self, period: date, rank: int, to: Locale) -> Iterator[dict[str, Any]]:
        """The rows of `commentary`, but for the company."""
        shown = {name: each.printed(each.row[each.column], to) for name, each in self.figures.items()}
        sentence = {"en": self.en, "fr": self.fr}[to.language].format(**shown)
        for number, (name, each) in enumerate(self.figures.items(), 1):
            yield {
                "language": to.language,
                "period": period,
                "rank": rank,
                "figure": number,
                "finding": self.name,
                "topic": self.topic,
                "sentence": sentence,
                "shown": shown[name],
                "table_name": each.table,
                "key": each.key,
                "column_name": each.column,
                "value_text": each.value,
            }
