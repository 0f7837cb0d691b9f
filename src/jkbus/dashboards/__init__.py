"""Dashboards: Home Assistant's, written for the packs that are there; Grafana's as a file."""
