import copy
import io
import pickle
import re
from collections import Counter

import pytest
import torch
from torch import nn

from helpers.layers import DynamicNet, to_untied

USES = range(7)


def net_of(reuses=(0, 3), **how):
    """A small net in float64, always the same, whose middle layer keeps the size of what it is given."""
    torch.manual_seed(0)
    net = DynamicNet(5, 6, 3, reuses, dtype=torch.float64, **how)
    net.middle_linear.weight.data.mul_(6**0.5)
    return net


def rows(*shape):
    return torch.randn(*shape, 5, dtype=torch.float64)


def loops(net, inputs, reuses):
    """The definition, number by number."""

    def linear(layer, numbers):
        neurons = zip(layer.weight.tolist(), layer.bias.tolist(), strict=True)
        return [sum(w * n for w, n in zip(weights, numbers, strict=True)) + bias for weights, bias in neurons]

    outputs = []
    for row in inputs.tolist():
        hidden = [max(number, 0) for number in linear(net.input_linear, row)]
        for _ in range(reuses):
            hidden = [max(number, 0) for number in linear(net.middle_linear, hidden)]
        outputs.append(linear(net.output_linear, hidden))
    return torch.tensor(outputs, dtype=torch.float64)


def drawn(net, passes):
    """How often each of several passes uses the middle layer."""
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


@pytest.mark.parametrize("reuses", USES)
def test_equals_its_definition(reuses):
    net, inputs = net_of(), rows(8)
    torch.testing.assert_close(net(inputs, reuses), loops(net, inputs, reuses))
    torch.testing.assert_close(net_of(reuses)(inputs), loops(net, inputs, reuses))


def test_every_use_counts():
    net, inputs = net_of(), rows(8)
    outputs = [net(inputs, reuses) for reuses in USES]
    for number, output in enumerate(outputs):
        assert all((output - other).abs().max() > 0.01 for other in outputs[:number])


def test_takes_inputs_of_any_shape():
    net, inputs = net_of(), rows(2, 3)
    assert net(inputs, 2).shape == (2, 3, 3)
    torch.testing.assert_close(net(inputs[1, 2], 2), net(inputs, 2)[1, 2])
    assert net(inputs[:0], 2).shape == (0, 3, 3)


@pytest.mark.parametrize("reuses", USES)
def test_the_gradient_of_the_middle_layer_is_the_sum_over_its_uses(reuses):
    net, inputs = net_of(), rows(8)
    untied = to_untied(net, reuses)
    net(inputs, reuses).square().sum().backward()
    untied(inputs).square().sum().backward()
    first, *middle, last = (layer for layer in untied if isinstance(layer, nn.Linear))
    assert len(middle) == reuses
    pairs = [(net.input_linear, [first]), (net.output_linear, [last])]
    if reuses:
        pairs.append((net.middle_linear, middle))
    else:
        assert net.middle_linear.weight.grad is net.middle_linear.bias.grad is None
    for layer, copies in pairs:
        for name, parameter in layer.named_parameters():
            summed = sum(getattr(one, name).grad for one in copies)
            assert (parameter.grad - summed).abs().max() <= 1e-12
            assert parameter.grad.abs().max() > 0.1


def test_all_numbers_of_uses_are_drawn_equally_often_and_no_others():
    counts = Counter(drawn(net_of((2, 5), generator=seeded(0)), 2000))
    assert sorted(counts) == [2, 3, 4, 5]
    assert all(400 < count < 600 for count in counts.values())
    assert set(drawn(net_of(), 100)) == {0, 1, 2, 3}


def test_draws_from_the_generator_that_it_is_given():
    same, again, other = (drawn(net_of((0, 9), generator=seeded(seed)), 50) for seed in (1, 1, 2))
    assert same == again != other
    generator, net = seeded(1), net_of((0, 9), generator=(mine := seeded(1)))
    before, inputs = torch.get_rng_state(), torch.zeros(1, 5, dtype=torch.float64)
    for _ in range(50):
        net(inputs)
        torch.randint(0, 10, (), generator=generator)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(mine.get_state(), generator.get_state())


def test_without_a_generator_it_draws_from_the_global_one():
    net, found = net_of((0, 9)), []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        found.append(drawn(net, 50))
    assert found[0] == found[1] != found[2]


def test_a_pass_that_is_told_the_number_draws_none():
    for generator in (None, seeded(0)):
        net, inputs = net_of(generator=generator), rows(1)
        before = torch.get_rng_state(), seeded(0).get_state()
        assert not torch.equal(net(inputs, 0), net(inputs, 7))
        assert torch.equal(torch.get_rng_state(), before[0])
        assert generator is None or torch.equal(generator.get_state(), before[1])


@pytest.mark.parametrize(("reuses", "expected"), [(0, (0, 0)), (4, (4, 4)), ((2, 2), (2, 2)), ([1, 1], (1, 1))])
def test_one_number_of_uses_is_used_in_every_pass(reuses, expected):
    net = net_of(reuses)
    assert net.reuses == expected
    assert drawn(net, 20) == [expected[0]] * 20


def test_behaves_like_a_module():
    net, inputs = net_of((0, 9), generator=seeded(1)), rows(3)
    twin = DynamicNet(5, 6, 3, (0, 9), seeded(1), dtype=torch.float64)
    file = io.BytesIO()
    torch.save(net.state_dict(), file)
    file.seek(0)
    twin.load_state_dict(torch.load(file))
    copies = twin, copy.deepcopy(net), pickle.loads(pickle.dumps(net))
    draws = [drawn(one, 20) for one in (net, *copies)]
    assert all(one == draws[0] for one in draws)  # a copy has a generator of its own
    for copied in copies:
        assert torch.equal(copied(inputs, 3), net(inputs, 3))
        copied.middle_linear.weight.data.add_(1)
        assert not torch.equal(copied(inputs, 3), net(inputs, 3))
    assert list(net.state_dict()) == [
        f"{layer}_linear.{name}" for layer in ("input", "middle", "output") for name in ("weight", "bias")
    ]
    assert net.float()(inputs.float()).dtype == torch.float32
    assert {parameter.device.type for parameter in net_of(device="meta").parameters()} == {"meta"}
    assert "reuses=(0, 9)" in repr(net)
    assert "reuses=(2, 2)" in repr(net_of(2))


@pytest.mark.parametrize("reuses", [0, 3, 1000, (0, 3), (5, 1000)])
def test_the_number_of_parameters_does_not_depend_on_the_uses(reuses):
    net = DynamicNet(1000, 100, 10, reuses)
    assert sum(parameter.numel() for parameter in net.parameters()) == 111_210


def test_the_most_uses_still_give_numbers():
    assert net_of()(rows(2), 1000).isfinite().all()
    assert drawn(net_of(1000), 1) == [1000]


GOOD = {"in_features": 5, "hidden_features": 6, "out_features": 3}


@pytest.mark.parametrize("argument", GOOD)
@pytest.mark.parametrize("value", [0, -1, 2.0, True, "3", None, (3, 1)])
def test_a_bad_width_is_named(argument, value):
    with pytest.raises((TypeError, ValueError), match=re.escape(f"{argument}={value!r} is ") + ".*allowed is an int"):
        DynamicNet(**{**GOOD, argument: value})


@pytest.mark.parametrize(
    ("reuses", "error", "message"),
    [
        (-1, ValueError, "reuses=-1 is too small; allowed is an int, 0 or larger"),
        (2.0, TypeError, "reuses=2.0 is a float; allowed is an int, 0 or larger"),
        (True, TypeError, "reuses=True is a bool; allowed"),
        ("3", TypeError, "reuses='3' is a str; allowed"),
        (1001, ValueError, "reuses=1001 is too large; allowed is 0 to 1,000"),
        pytest.param(10**5000, ValueError, "reuses=<.*> is too large; allowed is 0 to 1,000", id="enormous"),
    ],
)
def test_a_bad_number_of_uses_is_named(monkeypatch, reuses, error, message):
    with pytest.raises(error, match=message):
        DynamicNet(**GOOD, reuses=reuses)
    net = DynamicNet(**GOOD)
    net.middle_linear.register_forward_hook(lambda *_: pytest.fail("the middle layer was used"))
    with pytest.raises(error, match=message):
        net(torch.zeros(1, 5), reuses)
    monkeypatch.setattr(copy, "deepcopy", lambda _: pytest.fail("a layer was copied"))
    with pytest.raises(error, match=message):
        to_untied(net, reuses)


@pytest.mark.parametrize(
    ("reuses", "message"),
    [
        ((3, 1), r"reuses=\(3, 1\); allowed is an int, or \(fewest, most\) with fewest <= most"),
        ((1, 2, 3), r"reuses=\(1, 2, 3\); allowed is an int, or \(fewest, most\)"),
        ((), r"reuses=\(\); allowed is an int, or \(fewest, most\)"),
        ((-1, 2), "reuses=-1 is too small; allowed"),
        ((0, 1001), "reuses=1001 is too large; allowed"),
        ((0, 10**5000), "reuses=<.*> is too large; allowed"),
        ((False, 2), "reuses=False is a bool; allowed"),
        ((0, 2.0), "reuses=2.0 is a float; allowed"),
        (None, "reuses=None is a NoneType; allowed"),
    ],
)
def test_a_bad_pair_of_uses_is_named(reuses, message):
    with pytest.raises((TypeError, ValueError), match=message):
        DynamicNet(**GOOD, reuses=reuses)
    if reuses is not None:  # which in a pass means to draw
        with pytest.raises(TypeError, match=r"reuses=.* is a tuple; allowed"):
            DynamicNet(**GOOD)(torch.zeros(1, 5), reuses)


@pytest.mark.parametrize("generator", [0, "cpu", torch.Generator])
def test_a_bad_generator_is_named(generator):
    with pytest.raises(TypeError, match=rf"generator is a {type(generator).__name__}; allowed is a torch.Generator"):
        DynamicNet(**GOOD, generator=generator)


@pytest.mark.parametrize("dtype", [torch.int64, torch.bool, torch.complex64, "float32"])
def test_a_bad_dtype_is_named(dtype):
    with pytest.raises(TypeError, match=rf"dtype={dtype} .*allowed is a floating point torch.dtype"):
        DynamicNet(**GOOD, dtype=dtype)


def test_too_large_a_net_is_refused_before_it_is_allocated(monkeypatch):
    parameters = 5 * 6 + 6 + 6 * 6 + 6 + 6 * 3 + 3
    DynamicNet(**GOOD, max_bytes=4 * parameters)
    net_of(max_bytes=8 * parameters)
    monkeypatch.setattr(nn, "Linear", lambda *_, **__: pytest.fail("a layer was allocated"))
    message = (
        rf"net would have {parameters} parameters, {4 * parameters} bytes, more than max_bytes={4 * parameters - 1}"
    )
    with pytest.raises(ValueError, match=message) as caught:
        DynamicNet(**GOOD, max_bytes=4 * parameters - 1)
    assert all(name in str(caught.value) for name in GOOD)
    with pytest.raises(ValueError, match="max_bytes"):
        net_of(max_bytes=8 * parameters - 1)
    for name in GOOD:
        with pytest.raises(ValueError, match=r"parameters.*max_bytes"):
            DynamicNet(**{**GOOD, name: 10**9})
        with pytest.raises(ValueError, match=r"about 10\^\d+ parameters.*max_bytes"):
            DynamicNet(**{**GOOD, name: 10**5000})
    for bad in (0, 1.5, True, "1"):
        with pytest.raises((TypeError, ValueError), match=r"max_bytes=.*allowed"):
            DynamicNet(**GOOD, max_bytes=bad)


@pytest.mark.parametrize("reuses", USES)
def test_the_untied_net_computes_the_same(reuses):
    net, inputs = net_of(), rows(2, 4)
    before = torch.get_rng_state()
    untied = to_untied(net, reuses)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(untied(inputs), net(inputs, reuses))
    torch.testing.assert_close(untied(inputs[0]), loops(net, inputs[0], reuses))
    stored = sum(parameter.numel() for parameter in untied.parameters())
    assert stored == 36 + 42 * reuses + 21


def test_the_copies_of_an_untied_net_are_trained_apart():
    net, inputs = net_of(), rows(8)
    before, output = copy.deepcopy(net.state_dict()), net(inputs, 3)
    untied = to_untied(net, 3)
    optimizer = torch.optim.SGD(untied.parameters(), lr=0.1)
    untied(inputs).square().sum().backward()
    optimizer.step()
    assert all(torch.equal(net.state_dict()[name], before[name]) for name in before)
    assert all(parameter.grad is None for parameter in net.parameters())
    middle = [layer for layer in untied if isinstance(layer, nn.Linear)][1:-1]
    for number, one in enumerate(middle):
        for other in (net.middle_linear, *middle[:number]):
            assert not torch.equal(one.weight, other.weight)
    trained = untied(inputs)
    net.middle_linear.weight.data.add_(1)
    assert torch.equal(untied(inputs), trained)
    assert not torch.equal(net(inputs, 3), output)


@pytest.mark.parametrize("other", [nn.Linear(5, 3), nn.Sequential(), None, DynamicNet])
def test_only_a_dynamic_net_has_an_untied_twin(other):
    kind = f"{type(other).__module__}.{type(other).__qualname__}"
    with pytest.raises(TypeError, match=re.escape(f"net is a {kind}; allowed is a helpers.layers.DynamicNet")):
        to_untied(other, 2)
