"""The node by zeroconf, so that Home Assistant finds it by itself and after a change of address again."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from ..config import EsphomeConfig
from ..config.web import is_loopback

log = logging.getLogger("jkbus.esphome")

TYPE = "_esphomelib._tcp.local."
_ENCRYPTION = "Noise_NNpsk0_25519_ChaChaPoly_SHA256"


def properties(config: EsphomeConfig, mac: str) -> dict[str, str]:
    """What is said beside name and port. Source: what Home Assistant and ESPHome's own dashboard read."""
    said = {"mac": mac.replace(":", "").lower(), "version": version("jkbus"), "network": "ethernet"}
    said |= {"platform": "host", "board": "host"}
    said |= {"friendly_name": config.friendly_name} if config.friendly_name else {}
    return said | ({"api_encryption": _ENCRYPTION} if config.encryption_key is not None else {})


@asynccontextmanager
async def announced(config: EsphomeConfig, mac: str) -> AsyncIterator[None]:
    """Let the node be found meanwhile. Where that cannot be, say so once: it can be added by its address."""
    from zeroconf import IPVersion, ServiceInfo
    from zeroconf.asyncio import AsyncZeroconf

    if is_loopback(config.listen):
        yield
        return
    zeroconf: AsyncZeroconf | None = None
    try:
        zeroconf = AsyncZeroconf(ip_version=IPVersion.V4Only)
        addresses = await asyncio.to_thread(_addresses, config.listen)
        service = ServiceInfo(
            TYPE,
            f"{config.name}.{TYPE}",
            port=config.api_port,
            properties=properties(config, mac),
            server=f"{config.name}.local.",
            parsed_addresses=addresses,
        )
        await zeroconf.async_register_service(service, allow_name_change=True)
    except Exception as error:  # OSError where there is no network, and what the library raises besides
        log.warning("%s cannot be announced (%s); add it by address and port", config.name, error)
    try:
        yield
    finally:
        if zeroconf is not None:
            await zeroconf.async_unregister_all_services()
            await zeroconf.async_close()


def _addresses(listen: str) -> list[str]:
    """The addresses of this computer at which the node can be reached."""
    from ifaddr import get_adapters  # of zeroconf's own dependencies

    if listen not in ("0.0.0.0", "::", ""):
        return [listen]
    ips = [ip.ip for adapter in get_adapters() for ip in adapter.ips]
    return [ip for ip in ips if isinstance(ip, str) and not is_loopback(ip)]
