"""Tables from other systems and spreadsheets, read into the fields of records."""
