"""What PyTorch computes for single layers, for netc's operators to be compared with. Made anew with

    apt-get install python3-torch
    python3 test/oracle/operators.py [OPERATOR…]

Each operator has some cases, whose parameters and shapes are drawn: from the counter-based generator
(src/numeric/random.ts), so that they are the same each time. Inputs and weights come from it too, each from the stream
of its own name, and the fixtures hold parameters, shapes and results only. Shapes are netc's, channels last, and so are
the layouts of weights.
"""

import math
import sys

import numpy as np
import torch
from torch import nn

import draw
from store import encoded, store, sum_up

CASES = 6


class Choice:
    """The draws of one case."""

    def __init__(self, name):
        self.numbers = iter(draw.uniforms(f"oracle:{name}", 64))

    def real(self, low, high):
        """Three digits, so that netc reads the same number."""
        return float(f"{low + (high - low) * next(self.numbers):.3g}")

    def power(self, low, high):
        """A number whose logarithm is uniform."""
        return float(f"{10 ** (low + (high - low) * next(self.numbers)):.3g}")

    def one_of(self, *options):
        return options[int(next(self.numbers) * len(options))]

    def integer(self, low, high):
        return self.one_of(*range(low, high + 1))

    def size(self, low, high):
        return self.integer(low, high), self.integer(low, high)

    def map(self, channels=None, least=1):
        n, c = self.integer(1, 2), channels or self.integer(1, 4)
        h, w = self.integer(least, max(least, 5)), self.integer(least, max(least, 6))
        return (n, h, w, c)

    def vector(self):
        return (self.integer(1, 3), self.integer(2, 12))

    def any(self):
        return self.one_of(self.map, self.vector)()


# ------------------------------------------------------------------------------------------- layouts


def first(t):
    """Channels first, as most of PyTorch's layers want them."""
    return t.permute(0, 3, 1, 2) if t.dim() == 4 else t


def last(t):
    return t.permute(0, 2, 3, 1) if t.dim() == 4 else t


def both(size):
    return {"h": size[0], "w": size[1]}


def edges(vertical, horizontal):
    return {"top": vertical, "bottom": vertical, "left": horizontal, "right": horizontal}


# ------------------------------------------------------------------------------------------- operators

# Each gives netc's arguments, the shape of the input, the shapes of the weights, and what PyTorch does with input and
# weights. Inputs of activations are large at times, where a careless formula overflows.
def plain(module):
    return lambda x, _: last(module(first(x)))


def activation(module):
    return lambda c: ({}, c.any(), {}, plain(module))


def elu(c):
    alpha = c.one_of(1.0, c.power(-2, 2))
    return {"alpha": alpha}, c.any(), {}, plain(nn.ELU(alpha))


def leaky_relu(c):
    alpha = c.one_of(0.01, c.real(0, 1))
    return {"alpha": alpha}, c.any(), {}, plain(nn.LeakyReLU(alpha))


def gelu(c):
    approximate = c.one_of(False, True)
    module = nn.GELU(approximate="tanh" if approximate else "none")
    return {"approximate": approximate}, c.any(), {}, plain(module)


def softmax(c):
    return {}, c.any(), {}, plain(nn.Softmax(dim=1))


def prelu(c):
    shape = c.any()
    apply = lambda x, w: last(nn.functional.prelu(first(x), w["alpha"]))
    return {}, shape, {"alpha": (shape[-1],)}, apply


def affine(channels):
    return {"gamma": (channels,), "beta": (channels,)}


def epsilon(c):
    return c.one_of(1e-5, c.power(-12, -6), c.power(-2, 0))


def layernorm(c):
    shape, eps = c.one_of(c.map(channels=c.integer(2, 8)), c.vector()), epsilon(c)
    apply = lambda x, w: nn.functional.layer_norm(x, shape[-1:], w["gamma"], w["beta"], eps)
    return {"eps": eps}, shape, affine(shape[-1]), apply


def groupnorm(c):
    groups, each, eps = c.integer(1, 4), c.integer(1, 3), epsilon(c)
    shape = c.map(channels=groups * each, least=2)
    apply = lambda x, w: last(nn.functional.group_norm(first(x), groups, w["gamma"], w["beta"], eps))
    return {"groups": groups, "eps": eps}, shape, affine(groups * each), apply


def instancenorm(c):
    shape, eps = c.map(least=2), epsilon(c)
    apply = lambda x, w: last(nn.functional.instance_norm(first(x), weight=w["gamma"], bias=w["beta"], eps=eps))
    return {"eps": eps}, shape, affine(shape[-1]), apply


def batchnorm(c):
    shape, eps = c.any(), epsilon(c)
    weights = {**affine(shape[-1]), "mean": (shape[-1],), "variance": (shape[-1],)}

    def apply(x, w):
        statistics = w["mean"], w["variance"], w["gamma"], w["beta"]
        return last(nn.functional.batch_norm(first(x), *statistics, eps=eps))

    return {"eps": eps}, shape, weights, apply


def lrn(c):
    """PyTorch's alpha is netc's times the size."""
    size, alpha, beta, k = c.one_of(1, 3, 5, 7), c.power(-4, 0), c.real(0.25, 1), c.real(0.5, 2)
    module = nn.LocalResponseNorm(size, alpha * size, beta, k)
    return {"size": size, "alpha": alpha, "beta": beta, "k": k}, c.map(channels=c.integer(1, 9)), {}, plain(module)


def window(c):
    """A kernel, how far windows stand apart, and a padding on both sides of an axis."""
    kernel, stride, padding = c.size(1, 4), c.size(1, 3), c.size(0, 2)
    return {"size": both(kernel), "stride": both(stride), "pad": edges(*padding)}, kernel, stride, padding


def biased(c, channels):
    bias = c.one_of(True, False)
    return bias, {"bias": (channels,)} if bias else {}


def conv(c):
    args, kernel, stride, padding = window(c)
    groups, come, go, dilation = c.integer(1, 3), c.integer(1, 2), c.integer(1, 3), c.integer(1, 2)
    bias, weights = biased(c, groups * go)
    args = {**args, "channels": groups * go, "groups": groups, "dilation": dilation, "bias": bias}

    def apply(x, w):
        filters = w["kernel"].permute(3, 2, 0, 1)
        return last(nn.functional.conv2d(first(x), filters, w.get("bias"), stride, padding, dilation, groups))

    return args, c.map(groups * come, least=7), {"kernel": (*kernel, come, groups * go), **weights}, apply


def depthwise(c):
    args, kernel, stride, padding = window(c)
    channels, multiplier, dilation = c.integer(1, 4), c.integer(1, 3), c.integer(1, 2)
    bias, weights = biased(c, channels * multiplier)
    args = {**args, "multiplier": multiplier, "dilation": dilation, "bias": bias}

    def apply(x, w):
        filters = w["kernel"].permute(2, 3, 0, 1).reshape(-1, 1, *kernel)
        return last(nn.functional.conv2d(first(x), filters, w.get("bias"), stride, padding, dilation, channels))

    return args, c.map(channels, least=7), {"kernel": (*kernel, channels, multiplier), **weights}, apply


def deconv(c):
    kernel, stride = c.size(2, 4), c.size(1, 3)
    padding = c.size(0, 1)
    groups, come, go = c.integer(1, 2), c.integer(1, 3), c.integer(1, 3)
    bias, weights = biased(c, groups * go)
    args = {"size": both(kernel), "stride": both(stride), "pad": edges(*padding), "channels": groups * go}
    args = {**args, "groups": groups, "bias": bias}

    def apply(x, w):
        # [h, w, out/g, in] to [in, out/g, h, w]
        filters = w["kernel"].permute(3, 2, 0, 1)
        out = nn.functional.conv_transpose2d(first(x), filters, w.get("bias"), stride, padding, groups=groups)
        return last(out)

    return args, c.map(groups * come, least=2), {"kernel": (*kernel, go, groups * come), **weights}, apply


def fc(c):
    (n, channels), units = c.vector(), c.integer(1, 5)
    bias, weights = biased(c, units)
    apply = lambda x, w: nn.functional.linear(x, w["kernel"].T, w.get("bias"))
    return {"units": units, "bias": bias}, (n, channels), {"kernel": (channels, units), **weights}, apply


def pooling(c):
    """PyTorch wants a padding of at most half the window."""
    kernel, stride = c.size(1, 4), c.size(1, 3)
    padding = tuple(c.integer(0, k // 2) for k in kernel)
    up = c.one_of(False, True)
    args = {"size": both(kernel), "stride": both(stride), "pad": edges(*padding), "round": "ceil" if up else "floor"}
    return args, dict(kernel_size=kernel, stride=stride, padding=padding, ceil_mode=up), c.map(least=4)


def maxpool(c):
    args, given, shape = pooling(c)
    return args, shape, {}, plain(nn.MaxPool2d(**given))


def avgpool(c):
    args, given, shape = pooling(c)
    included = c.one_of(False, True)
    return {**args, "include_pad": included}, shape, {}, plain(nn.AvgPool2d(**given, count_include_pad=included))


def gap(c):
    return {}, c.map(), {}, lambda x, _: nn.AdaptiveAvgPool2d(1)(first(x)).flatten(1)


def pad(c):
    top, bottom, left, right = c.size(0, 3) + c.size(0, 3)
    by = {"top": top, "bottom": bottom, "left": left, "right": right}
    return {"by": by}, c.map(), {}, plain(nn.ZeroPad2d((left, right, top, bottom)))


def upsample(c):
    scale, method = c.integer(1, 4), c.one_of("nearest", "bilinear")
    corners = {} if method == "nearest" else {"align_corners": False}
    return {"scale": scale, "method": method}, c.map(), {}, plain(nn.Upsample(scale_factor=scale, mode=method, **corners))


# As far as PyTorch has a layer for it. Its names are netc's.
OPERATORS = {
    **{f.__name__: f for f in [conv, depthwise, deconv, fc, maxpool, avgpool, gap]},
    **{f.__name__: f for f in [batchnorm, lrn, layernorm, groupnorm, instancenorm]},
    **{f.__name__: f for f in [leaky_relu, softmax, elu, gelu, prelu, pad, upsample]},
    "relu": activation(nn.ReLU()),
    "relu6": activation(nn.ReLU6()),
    "sigmoid": activation(nn.Sigmoid()),
    "tanh": activation(nn.Tanh()),
    "silu": activation(nn.SiLU()),
    "hardswish": activation(nn.Hardswish()),
    "softplus": activation(nn.Softplus()),
    "mish": activation(nn.Mish()),
}


def tensor(name, kind, shape, spread, middle=0.0):
    """Numbers that netc draws too, rounded to float32."""
    count = math.prod(shape)
    if kind == "variance":
        values = (0.5 + draw.uniforms(f"oracle:{name}", count)).astype(np.float32)
    else:
        values = draw.normals(f"oracle:{name}", count, spread) + np.float32(middle)
    return torch.from_numpy(values.astype(np.float64)).reshape(shape)


def case(operator, i):
    name = f"{operator}/{i}"
    choice = Choice(name)
    args, shape, weights, apply = OPERATORS[operator](choice)
    # around 0, where most bend; far from it; and nearly constant
    spread, middle = [(1.0, 0.0), (100.0, 0.0), (0.5, 4.0)][i % 3]
    drawn = {key: tensor(f"{name}/{key}", key, s, 1.0) for key, s in weights.items()}
    out = apply(tensor(f"{name}/input", "input", shape, spread, middle), drawn)
    assert bool(out.isfinite().all()), name
    return {
        "args": args,
        "input": {"shape": shape, "spread": spread, "middle": middle},
        "weights": weights,
        "output": {"shape": list(out.shape), "values": encoded(out.contiguous().numpy())},
    }


for operator in sys.argv[1:] or OPERATORS:
    store(f"operators/{operator}", [case(operator, i) for i in range(CASES)])
sum_up()
