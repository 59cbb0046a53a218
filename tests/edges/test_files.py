"""Files come from Meta within limits and from nowhere else; a picture goes out as one message."""

from __future__ import annotations

import base64
import hashlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from edge_adapter import graph as graph_api
from edge_adapter.backend import StoredMedia
from edge_adapter.graph import Graph
from edge_adapter.media import File, Limits, NotFetched, fetch
from tests.edges.conftest import NUMBER, TOKEN, Standin

pytestmark = pytest.mark.anyio

DATA = b"OggS" + bytes(range(256)) * 40
LIMITS = Limits(len(DATA), frozenset({"audio/ogg", "image/jpeg"}), 2)
BASE64 = base64.b64encode(hashlib.sha256(DATA).digest()).decode()
HEX = hashlib.sha256(DATA).hexdigest()


def _put(meta: Standin, data: bytes = DATA, mime: str = "audio/ogg", **lies: str) -> None:
    """A file that the vendor's answer may lie about."""
    meta.control.put(
        "/_standin/media/7", content=data, headers={"content-type": mime}, params=lies
    ).raise_for_status()


@pytest.mark.parametrize("sha256", [None, BASE64, HEX])
async def test_a_file_comes_as_it_was_sent(meta: Standin, graph: Graph, sha256: str | None) -> None:
    _put(meta, mime="audio/ogg; codecs=opus")
    found = await fetch(graph, StoredMedia(id="7", sha256=sha256), LIMITS)
    assert found == File(DATA, "audio/ogg")


@pytest.mark.parametrize(
    ("media", "lies", "code"),
    [
        ({"id": "8"}, {}, "media_unavailable"),
        ({"id": "../112233445566"}, {}, "media_unavailable"),
        ({"id": "7", "sha256": BASE64[::-1]}, {}, "media_unavailable"),
        ({"id": "7"}, {"sha256": HEX[::-1]}, "media_unavailable"),
        ({"id": "7", "mime": "video/mp4"}, {}, "media_type"),
        ({"id": "7"}, {"mime_type": "video/mp4"}, "media_type"),
        ({"id": "7"}, {"file_size": str(len(DATA) + 1)}, "media_too_large"),
    ],
    ids=["unknown", "path", "webhook hash", "graph hash", "type", "graph type", "size"],
)
async def test_what_is_not_what_was_told_is_not_read(
    meta: Standin, graph: Graph, media: dict[str, str], lies: dict[str, str], code: str
) -> None:
    _put(meta, DATA, "audio/ogg", **lies)
    assert await fetch(graph, StoredMedia(**media), LIMITS) == NotFetched(code)  # type: ignore[arg-type]


async def test_more_bytes_than_the_limit_are_not_taken_whatever_was_told(
    meta: Standin, graph: Graph
) -> None:
    _put(meta, DATA + b"x", file_size="5")
    assert await fetch(graph, StoredMedia(id="7"), LIMITS) == NotFetched("media_too_large")


@pytest.mark.parametrize("to", ["described", "files"])
@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 429}, {"drop": True}])
async def test_what_falters_is_asked_for_again_but_not_for_ever(
    meta: Standin, graph: Graph, to: str, fault: dict[str, object]
) -> None:
    _put(meta)
    meta.post("fail", to=to, times=2, **fault)
    assert await fetch(graph, StoredMedia(id="7"), LIMITS) == File(DATA, "audio/ogg")
    meta.post("fail", to=to, times=3, **fault)
    assert await fetch(graph, StoredMedia(id="7"), LIMITS) == NotFetched("media_unavailable")
    assert await fetch(graph, StoredMedia(id="7"), LIMITS) == File(DATA, "audio/ogg")


async def test_what_is_refused_is_not_asked_for_again(meta: Standin, graph: Graph) -> None:
    _put(meta)
    meta.post("fail", to="described", status=400, code=100)
    assert await fetch(graph, StoredMedia(id="7"), LIMITS) == NotFetched("media_unavailable")


async def test_a_redirect_is_not_followed_with_the_token(meta: Standin, graph: Graph) -> None:
    with _listener() as (host, heard):
        _put(meta)
        meta.post("fail", to="files", location=f"http://{host}/file")
        assert await fetch(graph, StoredMedia(id="7"), LIMITS) == NotFetched("media_unavailable")
        meta.post("fail", to="described", location=f"http://{host}/file")
        assert await fetch(graph, StoredMedia(id="7"), LIMITS) == NotFetched("media_unavailable")
        assert heard == []


@contextmanager
def _listener() -> Iterator[tuple[str, list[bytes]]]:
    """Somebody else's server: what it was sent."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    heard.append(connection.recv(65536))
                    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", heard
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.mark.parametrize(
    "address",
    [
        "http://{host}/file",
        "http://graph.facebook.com@{host}/file",
        "http://{host}#.fbsbx.com",
        "http://{host}/.fbsbx.com",
        "//{host}/file",
    ],
)
async def test_the_token_goes_to_no_other_host(meta: Standin, graph: Graph, address: str) -> None:
    with _listener() as (host, heard):
        url = address.format(host=host)
        _put(meta, url=url)
        assert await fetch(graph, StoredMedia(id="7"), LIMITS) == NotFetched("media_unavailable")
        assert await graph.download(url, 100) is None
        assert heard == []


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", True),
        ("https://mmg.whatsapp.net/x", True),
        ("http://lookaside.fbsbx.com/x", False),
        ("https://lookaside.fbsbx.com:8443/x", False),
        ("https://fbsbx.com.evil.example/x", False),
        ("https://evilfbsbx.com/x", False),
        ("https://user@lookaside.fbsbx.com/x", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("file:///etc/passwd", False),
        ("ftp://lookaside.fbsbx.com/x", False),
    ],
)
async def test_only_metas_hosts_over_https_are_asked(
    meta: Standin, graph: Graph, url: str, taken: bool
) -> None:
    _put(meta, url=url)
    assert (await graph.find_media("7") is not None) is taken


async def test_a_slow_or_absent_vendor_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        async with Graph(url, "v25.0", NUMBER, TOKEN, timeout_seconds=5) as graph:
            limits = Limits(100, LIMITS.types, 0.2)
            found = await fetch(graph, StoredMedia(id="7"), limits)
    assert found == NotFetched("media_unavailable")


# --- the other way --------------------------------------------------------------------------------


async def test_a_picture_is_uploaded_and_sent_over_its_words(meta: Standin, graph: Graph) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    media_id = await graph.upload(picture, "image/png", "sales.png")
    assert media_id
    stored = meta.control.get(f"/_standin/media/{media_id}")
    assert (stored.content, stored.headers["content-type"]) == (picture, "image/png")
    outcome = await graph.send_image(
        "27830000001", media_id, "Sales: R5", reply_to="wamid.1", callback_data="7"
    )
    assert isinstance(outcome, graph_api.Sent)
    (sent,) = meta.get("messages")
    assert sent["payload"]["image"] == {"id": media_id, "caption": "Sales: R5"}
    assert sent["payload"]["context"] == {"message_id": "wamid.1"}
    assert sent["payload"]["biz_opaque_callback_data"] == "7"


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 400, "code": 131053}, {"text": "?"}])
async def test_a_picture_that_is_not_taken_has_no_id(
    meta: Standin, graph: Graph, fault: dict[str, object]
) -> None:
    meta.post("fail", to="media", **fault)
    assert await graph.upload(b"x", "image/png", "sales.png") is None
