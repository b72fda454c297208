"""The layers that torch does not have, from the unshared one to the convolution, and the bridges between them.

`LocallyConnected2d` has a kernel of its own at every position, `TiledConv2d` the same one at every `period`-th.
`to_conv`, `to_tiled`, `to_local`, `to_dense` and `from_dense` turn a layer into another that computes the same, and
refuse where none does. `DynamicNet` shares in depth: it uses its middle layer a number of times in each pass,
and `to_untied` gives each use a copy.
"""

from helpers.layers.bridges import from_dense, to_conv, to_dense, to_local, to_tiled
from helpers.layers.dynamic import DynamicNet, to_untied
from helpers.layers.positional import LocallyConnected2d, TiledConv2d, locally_connected2d

__all__ = [
    "DynamicNet",
    "LocallyConnected2d",
    "TiledConv2d",
    "from_dense",
    "locally_connected2d",
    "to_conv",
    "to_dense",
    "to_local",
    "to_tiled",
    "to_untied",
]
