"""Frame in, frame out: scoring, comparison and what the context sources hold."""
