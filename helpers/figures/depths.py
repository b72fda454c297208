"""How well a net names digits when its shared layer is used more or less often than in training."""

import numpy as np
from matplotlib.patches import Rectangle

from helpers.figures.accuracy import Results, apart
from helpers.figures.ballot import Ballot
from helpers.figures.style import CHOSEN, FONT_SIZE, INK, SHARED

LOOKS = ((SHARED, "D", "-", "◆"), (INK, "s", "--", "■"))
MOST_DEPTHS = 7
PREDICTIONS = {"its own depth alone": 0, "one more or less too": 1, "all depths": MOST_DEPTHS}


class DepthAccuracies(Ballot):
    """Test accuracy over the number of uses in the test, for two nets; hidden until the learner has voted."""

    lines = 3
    hidden = "the curves"

    def __init__(self, results: Results, own: int) -> None:
        """`results` maps (net, "depth d") to the test accuracies in percent, one for each seed.

        There are two nets and depths from 0 up to at most 6; `own` is the depth at which the second net was trained.
        """
        nets, depths = (list(dict.fromkeys(key[part] for key in results)) for part in (0, 1))
        count = len(depths)
        if len(nets) != 2 or len(results) != 2 * count or count > MOST_DEPTHS or depths != _depths(count):
            raise ValueError(f"results has {nets} at {depths}; allowed are two nets at depth 0 up to {MOST_DEPTHS - 1}")
        seeds = {len(accuracies) for accuracies in results.values()}
        if len(seeds) != 1 or seeds == {0}:
            raise ValueError(f"results has rows of {sorted(seeds)} accuracies; allowed is one number of seeds for all")
        if not 0 <= own < count:
            raise ValueError(f"own={own}; allowed is 0 to {count - 1}")
        super().__init__(940, 440)
        self._own, self._count = own, count
        box = (80, 66, 570, 320)
        axes = self.chart(box, "test accuracy in %", -0.1, "uses of the middle layer in the test")
        axes.set(xlim=(-0.5, count - 0.5), ylim=(0, 104))
        axes.set_xticks(range(count))
        self._band = self.moves(axes.add_patch(Rectangle((0, 0), 1, 104, color=CHOSEN, alpha=0.3, linewidth=0)))
        marks, parts, ends, keys = [], [], {}, {}
        for net, (colour, marker, dash, sign) in zip(nets, LOOKS, strict=True):
            of = [results[net, depth] for depth in depths]
            ends[net], keys[net] = np.mean(of[-1]), (f"{sign} {net}", colour)
            drawn = axes.plot([np.mean(values) for values in of], dash, color=colour, linewidth=3)
            for depth, values in enumerate(of):
                at = [depth] * len(values)
                drawn += axes.plot(at, values, marker, color=colour, alpha=0.6, mew=0, markersize=10, clip_on=False)
            marks += [self.moves(mark) for mark in drawn]
            parts.append(f"{net}: {', '.join(f'{np.mean(values):.1f}' for values in of)} %")
        for net, y in zip(sorted(ends, key=ends.get), apart(sorted(ends.values()), room=8, most=100), strict=True):
            text, colour = keys[net]
            name = self.words(664, 66 + 320 * y / 104, FONT_SIZE + 1, weight="bold", va="center", color=colour)
            name.set_text(text)
            marks.append(name)
        self.sentence = f"Mean test accuracy at 0 to {count - 1} uses, over {seeds.pop()} seeds: {'; '.join(parts)}."
        self.seal(marks, PREDICTIONS, x=365, y=230)

    def _mark(self, vote: str) -> None:
        self._band.set_visible(vote in PREDICTIONS)
        if vote in PREDICTIONS:
            around = PREDICTIONS[vote]
            first, last = max(0, self._own - around), min(self._count - 1, self._own + around)
            self._band.set_bounds(first - 0.4, 0, last - first + 0.8, 104)


def _depths(count: int) -> list[str]:
    return [f"depth {depth}" for depth in range(count)]
