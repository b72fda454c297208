"""What a teacher runs: plans and their slides, what a class hands in, and editions to hand out."""
