"""The web page: what a browser and other programs are shown, and what they may change."""
