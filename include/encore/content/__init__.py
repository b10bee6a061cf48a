"""What is posted: the facts as people read them, the texts written from them, the limits, the flyer."""
