"""Frame to something seen: labels in two languages, figures, their description and tables."""
