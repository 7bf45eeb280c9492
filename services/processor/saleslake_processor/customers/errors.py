"""What may be wrong with what is asked."""


class OrdersError(ValueError):
    """Orders of which nothing can be predicted; the message names column or rows."""
