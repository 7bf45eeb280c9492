"""From the log to the state: pure functions of frames, brought forward by what the new versions change."""
