"""Who is told what, when and where: the outbox, and what fills and empties it."""
