"""How each column of gold comes about, declared table by table."""
