"""From a collection to a document: tables, figures and sentences in the order of a report."""
