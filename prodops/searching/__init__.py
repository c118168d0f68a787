"""Finding things: what was typed, which entries it finds, in what order, and by what they are counted."""
