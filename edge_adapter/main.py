"""Starts the adapter: `python -m edge_adapter.main`. Without its settings it stops and says why."""

from __future__ import annotations

import sys

import uvicorn

from edge_adapter.app import create_app
from edge_adapter.log import configure
from edge_adapter.settings import SettingsError, load_settings


def main() -> int:
    """Serve until told to stop; 2 when a setting is missing or wrong."""
    try:
        settings = load_settings()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    configure()
    uvicorn.run(
        create_app(settings),
        host=settings.adapter_host,
        port=settings.adapter_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
