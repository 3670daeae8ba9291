"""Documents that leave the project: one model of what they hold, and a writer for each format."""
