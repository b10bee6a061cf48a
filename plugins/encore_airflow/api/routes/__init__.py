"""One router for each area. A route takes its input apart, calls one service and tells what became of it."""
