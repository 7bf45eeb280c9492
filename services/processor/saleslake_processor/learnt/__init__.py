"""What is learnt of all sales so far, and kept between passes: forecasts, customers' future, clusters."""
