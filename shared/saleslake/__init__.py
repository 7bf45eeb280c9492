"""What both services need: settings, the lake's layout, raw batches, source profiles."""
