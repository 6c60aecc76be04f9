"""Reports: one finished run in, text out; one file per format."""
