"""AutoThrottle that learns from unchanged files too."""

from scrapy.core.downloader import Slot
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response


class Throttle(AutoThrottle):
    """Scrapy's own shortens the delay after a 200 only: a crawl of answers 304 would only ever slow down."""

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        measured = response.replace(status=200) if response.status == 304 else response
        super()._adjust_delay(slot, latency, measured)
