"""The site: the manifest, the files that it names, their stable names, and a page that lists them."""

import hashlib
import os
from pathlib import PurePosixPath

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from saleslake.lake import Lake
from saleslake_gold.page import page

_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_PARQUET = "application/vnd.apache.parquet"


def site(lake: Lake) -> Starlette:
    """The site of a lake, which may be without gold, and need not be there yet."""

    def manifest(request: Request) -> Response:
        """Read whole, so that what is sent is one manifest even while the next one takes its place."""
        try:
            body = lake.gold_manifest.read_bytes()
        except FileNotFoundError:
            return PlainTextResponse("nothing is published yet\n", 404)
        headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()}"', "Cache-Control": _ASK_AGAIN}
        if headers["ETag"] in request.headers.get("If-None-Match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/json")

    def index(request: Request) -> Response:
        try:
            body = lake.gold_manifest.read_bytes()
        except FileNotFoundError:
            body = None
        return HTMLResponse(page(body), headers={"Cache-Control": _ASK_AGAIN})

    def health(request: Request) -> Response:
        return PlainTextResponse("well\n")

    return Starlette(
        routes=[
            Route("/", index),
            Route("/health", health),
            Route("/manifest.json", manifest),
            Mount("/", _Gold(lake)),
        ]
    )


class _Gold(StaticFiles):
    """Files of gold; a name that begins with a dot is under construction, and not there."""

    def __init__(self, lake: Lake) -> None:
        # Asked for at the first request, the folder would have to be there for good.
        super().__init__(directory=lake.gold, check_dir=False)
        self.config_checked = True

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        if any(part.startswith(".") for part in PurePosixPath(path).parts):
            return "", None
        return super().lookup_path(path)

    def file_response(
        self,
        full_path: "str | os.PathLike[str]",
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        # Files are named by their content: what one of them holds never changes.
        named_by_content = scope["path"].startswith("/files/")
        response.headers["Cache-Control"] = _FOR_EVER if named_by_content else _ASK_AGAIN
        response.headers["X-Content-Type-Options"] = "nosniff"
        if response.status_code == 200 and str(full_path).endswith(".parquet"):
            response.headers["Content-Type"] = _PARQUET
        return response
