"""What the collection holds: errors, schemas, framework, and the checked collection."""
