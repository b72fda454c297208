import copy
import pickle
import re
from collections import Counter

import pytest
import torch
from torch import nn

from helpers.layers import DynamicNet, to_untied

GOOD = {"in_features": 5, "hidden_features": 6, "out_features": 3}


def net_of(reuses=(0, 3), **how):
    """Return a small net in float64, always the same, whose middle layer keeps the size of what it is given."""
    torch.manual_seed(0)
    net = DynamicNet(**GOOD, reuses=reuses, dtype=torch.float64, **how)
    net.middle_linear.weight.data.mul_(6**0.5)
    return net


def rows(*shape):
    return torch.randn(*shape, 5, dtype=torch.float64)


def compute_by_definition(net, inputs, reuses):
    for layer in (net.input_linear, *[net.middle_linear] * reuses):
        inputs = (inputs @ layer.weight.T + layer.bias).relu()
    return inputs @ net.output_linear.weight.T + net.output_linear.bias


def count_uses(net, passes):
    """Return how often each of several passes uses the middle layer."""
    uses, found = [], []
    hook = net.middle_linear.register_forward_hook(lambda *_: uses.append(None))
    for _ in range(passes):
        uses.clear()
        net(rows(1))
        found.append(len(uses))
    hook.remove()
    return found


def seeded(seed):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("reuses", [0, 1, 2, 5])
def test_a_net_and_its_untied_twin_equal_the_definition(reuses):
    net, inputs = net_of(), rows(2, 4)
    random, untied = torch.get_rng_state(), to_untied(net, reuses)
    assert torch.equal(torch.get_rng_state(), random)
    expected = compute_by_definition(net, inputs, reuses)
    for output in (net(inputs, reuses), net_of(reuses)(inputs), untied(inputs)):
        torch.testing.assert_close(output, expected)
    torch.testing.assert_close(net(inputs[1, 2], reuses), expected[1, 2])
    assert net(inputs[:0], reuses).shape == (0, 4, 3)
    assert (expected - net(inputs, reuses + 1)).abs().max() > 0.01


@pytest.mark.parametrize("reuses", [0, 1, 3])
def test_a_gradient_is_the_sum_over_the_uses(reuses):
    net, inputs = net_of(), rows(8)
    untied = to_untied(net, reuses)
    net(inputs, reuses).square().sum().backward()
    untied(inputs).square().sum().backward()
    first, *middle, last = (layer for layer in untied if isinstance(layer, nn.Linear))
    assert len(middle) == reuses
    assert len({*net.parameters(), *untied.parameters()}) == 6 + 2 * (reuses + 2)  # they have none in common
    for layer, copies in ((net.input_linear, [first]), (net.middle_linear, middle), (net.output_linear, [last])):
        for name, parameter in layer.named_parameters():
            summed = sum(getattr(one, name).grad for one in copies) if copies else None
            torch.testing.assert_close(parameter.grad, summed)


@pytest.mark.parametrize("reuses", [0, 1, 3])
def test_at_exactly_zero_both_nets_have_the_slope_of_relu(reuses):
    net = net_of()
    for parameter in (*net.input_linear.parameters(), net.middle_linear.bias):
        nn.init.zeros_(parameter)
    untied = to_untied(net, reuses)
    for output, first in ((net(rows(2), reuses), net.input_linear), (untied(rows(2)), untied[0])):
        output.sum().backward()
        assert not first.bias.grad.any()


def test_all_numbers_of_uses_are_drawn_equally_often_and_no_others():
    counts = Counter(count_uses(net_of((2, 5), generator=seeded(0)), 1000))
    assert sorted(counts) == [2, 3, 4, 5]
    assert all(200 < count < 300 for count in counts.values())
    assert set(count_uses(net_of(), 100)) == {0, 1, 2, 3}


def test_draws_from_its_generator_or_from_the_global_one():
    same, again, other = (count_uses(net_of((0, 9), generator=seeded(seed)), 30) for seed in (1, 1, 2))
    assert same == again != other
    net, found = net_of((0, 9)), []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        found.append(count_uses(net, 30))
    assert found[0] == found[1] != found[2]


def test_a_pass_that_is_told_the_number_or_has_a_generator_leaves_the_global_one_alone():
    inputs, generator = rows(1), seeded(0)
    told, given = net_of(), net_of(generator=generator)
    before = torch.get_rng_state()
    assert not torch.equal(told(inputs, 0), given(inputs, 7))
    assert torch.equal(generator.get_state(), seeded(0).get_state())
    given(inputs)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(("reuses", "expected"), [(0, 0), (4, 4), ((2, 2), 2), ([1, 1], 1), (1000, 1000)])
def test_one_number_of_uses_is_used_in_every_pass(reuses, expected):
    net = net_of(reuses)
    assert net.reuses == (expected, expected)
    assert count_uses(net, 3) == [expected] * 3


def test_behaves_like_a_module():
    net, inputs = net_of((0, 9), generator=seeded(1)), rows(3)
    twin = DynamicNet(5, 6, 3, (0, 9), seeded(1), dtype=torch.float64)
    twin.load_state_dict(net.state_dict())
    copies = net, twin, copy.deepcopy(net), pickle.loads(pickle.dumps(net))
    assert all(torch.equal(copied(inputs, 3), net(inputs, 3)) for copied in copies)
    draws = [count_uses(one, 20) for one in copies]
    assert all(one == draws[0] for one in draws)  # a copy has a generator of its own
    assert {parameter.dtype for parameter in net.parameters()} == {torch.float64}
    assert {parameter.device.type for parameter in net_of(device="meta").parameters()} == {"meta"}
    assert "reuses=(0, 9)" in repr(net)


@pytest.mark.parametrize(
    ("reuses", "message"),
    [
        (-1, "reuses=-1 is too small; allowed is an int, 0 or larger"),
        (2.0, "reuses=2.0 is a float; allowed is an int, 0 or larger"),
        (True, "reuses=True is a bool; allowed"),
        (1001, "reuses=1001 is too large; allowed is 0 to 1,000"),
        pytest.param(10**5000, "reuses=<.*> is too large; allowed is 0 to 1,000", id="enormous"),
    ],
)
def test_a_bad_number_of_uses_is_named(monkeypatch, reuses, message):
    net = DynamicNet(**GOOD)
    net.middle_linear.register_forward_hook(lambda *_: pytest.fail("the middle layer was used"))
    monkeypatch.setattr(copy, "deepcopy", lambda _: pytest.fail("a layer was copied"))
    for use in (
        lambda: DynamicNet(**GOOD, reuses=reuses),
        lambda: DynamicNet(**GOOD, reuses=(0, reuses)),
        lambda: net(torch.zeros(1, 5), reuses),
        lambda: to_untied(net, reuses),
    ):
        with pytest.raises((TypeError, ValueError), match=message):
            use()


@pytest.mark.parametrize(
    ("argument", "values", "message"),
    [
        *((name, [0, 2.0, True, None, (3, 1)], "allowed is an int, 1 or larger") for name in GOOD),
        ("reuses", [(3, 1), (1, 2, 3), ()], r"allowed is an int, or \(fewest, most\) with fewest <= most"),
        ("reuses", [None], "is a NoneType; allowed"),
        ("generator", ["cpu"], "is a str; allowed is a torch.Generator"),
        ("dtype", [torch.int64, torch.complex64, "float32"], "allowed is a floating point torch.dtype"),
        ("max_bytes", [1.5, 0], "allowed is an int, 1 or larger"),
    ],
)
def test_a_bad_argument_is_named(argument, values, message):
    for value in values:
        named = argument if argument == "generator" else re.escape(f"{argument}={value}")
        with pytest.raises((TypeError, ValueError), match=f"{named}.*{message}"):
            DynamicNet(**{**GOOD, argument: value})


def test_too_large_a_net_is_refused_before_it_is_allocated(monkeypatch):
    parameters = 5 * 6 + 6 + 6 * 6 + 6 + 6 * 3 + 3
    net = net_of(max_bytes=8 * parameters)
    assert sum(parameter.numel() for parameter in net.parameters()) == parameters
    monkeypatch.setattr(nn, "Linear", lambda *_, **__: pytest.fail("a layer was allocated"))
    message = (
        f"net would have {parameters} parameters, {8 * parameters} bytes, more than max_bytes={8 * parameters - 1}"
    )
    with pytest.raises(ValueError, match=message) as caught:
        net_of(max_bytes=8 * parameters - 1)
    assert all(name in str(caught.value) for name in GOOD)
    for name in GOOD:
        with pytest.raises(ValueError, match=r"about 10\^\d+ parameters.*max_bytes=1,073,741,824"):
            DynamicNet(**{**GOOD, name: 10**5000})


@pytest.mark.parametrize("other", [nn.Linear(5, 3), None, DynamicNet])
def test_only_a_dynamic_net_has_an_untied_twin(other):
    kind = f"{type(other).__module__}.{type(other).__qualname__}"
    with pytest.raises(TypeError, match=re.escape(f"net is a {kind}; allowed is a helpers.layers.DynamicNet")):
        to_untied(other, 2)
