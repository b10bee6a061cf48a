"""One router for each page. A route takes its input apart, calls one service and shows what became of it."""
