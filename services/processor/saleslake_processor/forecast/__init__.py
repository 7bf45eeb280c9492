"""Sales forecasts with bounds, of any frame of series; `Forecaster` is the face of it."""

from saleslake_processor.forecast.forecaster import Forecaster, NotFittedError
from saleslake_processor.forecast.history import HistoryError

__all__ = ["Forecaster", "HistoryError", "NotFittedError"]
