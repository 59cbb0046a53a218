"""What the stand-ins share: a server on loopback, and a connection that breaks."""

import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


def serve(app: Starlette, port: int) -> None:
    """Run until a signal ends the process; loopback only."""
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=1,
    )


class DroppedConnection(Response):
    """Begins an answer and hangs up: the caller cannot know what became of its request."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        headers = [(b"content-length", b"1000"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
