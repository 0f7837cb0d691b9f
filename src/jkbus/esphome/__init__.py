"""The gateway as an ESPHome device: the server's side of the native API."""
