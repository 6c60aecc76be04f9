"""The report as one HTML file: readable offline, by a person at a screen, with a screen reader or on paper."""
