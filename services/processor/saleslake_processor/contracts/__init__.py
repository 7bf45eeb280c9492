"""What every table promises: type, nullability, range and meaning of each column, a class a table."""
