"""Pages of the notebooks on which every panel moves without a kernel: it answers from a table made when they are built.

Building takes the notebooks, runs each once, moves its controls and keeps what they show; nothing imports this room.
"""
