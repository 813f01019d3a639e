"""What every room stands on: database, clock, errors, forms, outbox, mail, text."""
