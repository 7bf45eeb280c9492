"""Scrapy settings that hold for every source; `manners` adds what a profile says of its own source."""

BOT_NAME = "saleslake"
SPIDER_MODULES = ["saleslake_scraper.spiders"]
USER_AGENT = "saleslake/0.1 (sales lakehouse; fetches the sales exports of the company that runs it)"
DEFAULT_REQUEST_HEADERS = {"Accept": "*/*", "Accept-Encoding": "gzip"}

# On by default in Scrapy 2.19: a local port that runs Python.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

ROBOTSTXT_OBEY = True
COOKIES_ENABLED = False
REFERRER_POLICY = "same-origin"
METAREFRESH_ENABLED = False
REDIRECT_MAX_TIMES = 5
# Off by default in Scrapy 2.19, and secrets travel in headers.
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_FAIL_ON_DATALOSS = True
DOWNLOAD_WARNSIZE = 0
# `delay` is the least time between two requests, so nothing may shorten it by chance.
DOWNLOAD_DELAY_JITTER = 0

AUTOTHROTTLE_ENABLED = True
# The robots.txt and the index page have measured the site before the first file is asked for.
AUTOTHROTTLE_START_DELAY = 0
AUTOTHROTTLE_MAX_DELAY = 30

# Scrapy's own would take a cut gzip body for a whole one; see middlewares.encoding.
COMPRESSION_ENABLED = False
# Scrapy's own tries again at once; see middlewares.retries.
RETRY_ENABLED = False
# Seconds before the second try; doubled for each further one.
RETRY_BASE_SECONDS = 1.0
RETRY_MAX_SECONDS = 60.0
# Longest wait that a Retry-After header can ask for.
RETRY_AFTER_MAX_SECONDS = 300.0

DOWNLOADER_MIDDLEWARES = {
    # Before robots.txt: not even that is asked of a host that is not allowed.
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "saleslake_scraper.middlewares.hosts.HostsMiddleware": 50,
    "saleslake_scraper.middlewares.retries.RetriesMiddleware": 550,
    "saleslake_scraper.middlewares.encoding.EncodingMiddleware": 590,
}
# A response has one item; Scrapy makes as many tasks for each as this says, 100 by default.
CONCURRENT_ITEMS = 1
# The spider itself tells 304 from 404, and names the address of either.
HTTPERROR_ALLOW_ALL = True

ITEM_PIPELINES = {"saleslake_scraper.landing.LandingPipeline": 500}
EXTENSIONS = {
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
    "saleslake_scraper.throttle.Throttle": 0,
    "saleslake_scraper.progress.Progress": 500,
}
PROGRESS_SECONDS = 10.0

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
# Items hold bodies, and DEBUG names every item and request: no customer data in logs.
LOG_LEVEL = "INFO"
LOG_VERSIONS: list[str] = []
STATS_DUMP = False
