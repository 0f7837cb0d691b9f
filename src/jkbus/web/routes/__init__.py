"""The routes of the API, a module for each subject; each has `router(shown)`, see `site`."""
