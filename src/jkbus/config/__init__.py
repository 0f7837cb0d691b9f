"""The configuration: one typed tree from YAML, and faults that name file, line, path and remedy."""

from jkbus.config.alarms import AlarmsConfig, DebounceConfig, WebhookConfig
from jkbus.config.esphome import EsphomeConfig, OldEntityConfig
from jkbus.config.export import Endpoint, ExportConfig, MetricsConfig, format_size
from jkbus.config.history import HistoryConfig
from jkbus.config.loading import dump, json_schema, load
from jkbus.config.ports import ports_missing
from jkbus.config.template import template
from jkbus.config.tree import (
    BusConfig,
    Config,
    GroupConfig,
    GroupsConfig,
    HomeAssistantConfig,
    LogConfig,
    MqttConfig,
    PackConfig,
    TimingConfig,
    demo_config,
)
from jkbus.config.urls import Broker, SecretUrl
from jkbus.config.values import format_duration, parse_address, parse_duration, slug
from jkbus.config.web import TokenConfig, UserConfig, WebConfig
from jkbus.config.words import redact

__all__ = [
    "AlarmsConfig",
    "Broker",
    "BusConfig",
    "Config",
    "DebounceConfig",
    "Endpoint",
    "EsphomeConfig",
    "ExportConfig",
    "GroupConfig",
    "GroupsConfig",
    "HistoryConfig",
    "HomeAssistantConfig",
    "LogConfig",
    "MetricsConfig",
    "MqttConfig",
    "OldEntityConfig",
    "PackConfig",
    "SecretUrl",
    "TimingConfig",
    "TokenConfig",
    "UserConfig",
    "WebConfig",
    "WebhookConfig",
    "demo_config",
    "dump",
    "format_duration",
    "format_size",
    "json_schema",
    "load",
    "parse_address",
    "parse_duration",
    "ports_missing",
    "redact",
    "slug",
    "template",
]
