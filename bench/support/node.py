"""The gateway of `bench/esphome.py`: a process of its own with 16 packs at full rate and the native API.

Run: node.py PORT KEY FOLDER
"""

import asyncio
import signal
import sys
from pathlib import Path

from jkbus.app import Gateway
from jkbus.config import EsphomeConfig
from jkbus.config.web import WebConfig
from support.page import config, play
from support.traffic import saturated


async def main(port: int, key: str, folder: Path) -> None:
    said = {"listen": "127.0.0.1", "api_port": port, "encryption_key": key}
    parts = {"esphome": EsphomeConfig.model_validate(said), "web": WebConfig(enabled=False)}
    gateway = Gateway(config(1, folder / "state").model_copy(update=parts), play)
    running = asyncio.create_task(gateway.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    await asyncio.gather(running, return_exceptions=True)


if __name__ == "__main__":
    saturated()
    saturated(60.0, 1, 1.1)
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
