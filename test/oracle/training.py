"""What PyTorch's steps of training do, for netc to be compared with (make.py says how fixtures are made).

    python3 test/oracle/training.py [NAME…]

A net is a function of its layers, called in netc's order of execution; its sources for netc are in training.test.ts.
Weights have netc's shapes and come from streams of their own, as do inputs and masks. Fixtures hold losses and, of each
tensor that has moved, by how much: the largest, the square root of the sum of squares, and samples.
"""

import math
import sys

import torch
import torch.nn.functional as F

import draw
from store import encoded, store, sum_up

CLASSES = 10
SAMPLES = 8


def drawn(purpose, shape, spread):
    values = draw.normals(f"training:{purpose}", math.prod(shape), spread)
    return torch.from_numpy(values.astype("float64")).reshape(shape)


class Net:
    """Layers; each makes its weights when it is called for the first time. Maps are [n, c, h, w] in between."""

    def __init__(self, name, apply):
        self.name, self.apply, self.tensors, self.kinds = name, apply, [], []

    def __call__(self, x, step):
        self.at, self.masks, self.step, self.sides = 0, 0, step, {}
        return self.apply(self, x.permute(0, 3, 1, 2))

    def weight(self, kind, shape):
        if self.at == len(self.tensors):
            purpose = f"{self.name}/{self.at}"
            if kind in ("gamma", "variance"):
                values = (0.5 + draw.uniforms(f"training:{purpose}", math.prod(shape))).astype("float32")
                values = torch.from_numpy(values.astype("float64"))
            else:
                values = drawn(purpose, shape, math.sqrt(2 / math.prod(shape[:-1])) if kind == "kernel" else 0.1)
            values.requires_grad = kind not in ("mean", "variance")
            self.tensors.append(values)
            self.kinds.append(kind)
        self.at += 1
        return self.tensors[self.at - 1]

    def conv(self, x, channels, size, stride=1, bias=True, groups=1):
        kernel = self.weight("kernel", (size, size, x.shape[1] // groups, channels))
        offset = self.weight("bias", (channels,)) if bias else None
        return F.conv2d(x, kernel.permute(3, 2, 0, 1), offset, stride, size // 2, 1, groups)

    def depthwise(self, x, size, stride=1):
        channels = x.shape[1]
        kernel = self.weight("kernel", (size, size, channels, 1))
        return F.conv2d(x, kernel.permute(2, 3, 0, 1), None, stride, size // 2, 1, channels)

    def batchnorm(self, x, eps=1e-5):
        c = (x.shape[1],)
        gamma, beta, mean, variance = [self.weight(k, c) for k in ("gamma", "beta", "mean", "variance")]
        return F.batch_norm(x, mean, variance, gamma, beta, True, 0.1, eps)

    def fc(self, x, units):
        kernel, bias = self.weight("kernel", (x.shape[1], units)), self.weight("bias", (units,))
        return x @ kernel + bias

    def dropout(self, x, rate):
        mask = draw.uniforms(f"training:{self.name}/mask{self.masks}/{self.step}", x.numel()).astype("float32") >= rate
        self.masks += 1
        return x * torch.from_numpy(mask.astype("float64")).reshape(x.shape) / (1 - rate)

    def flatten(self, x):
        return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1)

    def gap(self, x):
        return x.mean((2, 3))


def vgg_d(n, x):
    for channels, count in [(4, 2), (8, 2), (16, 3), (32, 3), (32, 3)]:
        for _ in range(count):
            x = F.relu(n.conv(x, channels, 3))
        x = F.max_pool2d(x, 2)
    x = n.flatten(x)
    for _ in range(2):
        x = n.dropout(F.relu(n.fc(x, 32)), 0.5)
    return n.fc(x, CLASSES)


def conv_bn(n, x, channels, size, stride=1):
    return n.batchnorm(n.conv(x, channels, size, stride, bias=False))


def resnet18(n, x):
    x = F.max_pool2d(F.relu(conv_bn(n, x, 4, 7, 2)), 3, 2, 1)
    for channels, stride in [(4, 1), (8, 2), (16, 2), (32, 2)]:
        for s in [stride, 1]:
            y = conv_bn(n, F.relu(conv_bn(n, x, channels, 3, s)), channels, 3)
            x = F.relu(y + (conv_bn(n, x, channels, 1, s) if s > 1 else x))
    return n.fc(n.gap(x), CLASSES)


def googlenet(n, x):
    def conv(x, channels, size, stride=1):
        return F.relu(n.conv(x, channels, size, stride))

    def inception(x, c1, r3, c3, r5, c5, p):
        a = conv(x, c1, 1)
        b = conv(conv(x, r3, 1), c3, 3)
        c = conv(conv(x, r5, 1), c5, 5)
        return torch.cat([a, b, c, conv(F.max_pool2d(x, 3, 1, 1), p, 1)], 1)

    def auxiliary(x):
        x = n.flatten(conv(F.avg_pool2d(x, 5, 3), 8, 1))
        return n.fc(n.dropout(F.relu(n.fc(x, 16)), 0.7), CLASSES)

    x = F.max_pool2d(conv(x, 8, 7, 2), 3, 2, ceil_mode=True)
    x = F.local_response_norm(x, 5, 1e-4 * 5, 0.75, 2)  # of AlexNet
    x = conv(conv(x, 8, 1), 12, 3)
    x = inception(x, 4, 6, 8, 2, 4, 4)
    n.sides["aux1"] = auxiliary(x)
    x = inception(x, 6, 6, 8, 2, 4, 6)
    n.sides["aux2"] = auxiliary(x)
    x = inception(F.max_pool2d(x, 3, 2, ceil_mode=True), 8, 6, 8, 2, 4, 8)
    return n.fc(n.dropout(n.gap(x), 0.4), CLASSES)


def densenet(n, x):
    act = lambda x: F.relu(n.batchnorm(x))
    conv = lambda x, channels, size, stride=1: n.conv(x, channels, size, stride, bias=False)
    x = F.max_pool2d(act(conv(x, 8, 7, 2)), 3, 2, 1)
    for stage in range(4):
        for _ in range(2):
            x = torch.cat([x, conv(act(conv(act(x), 16, 1)), 4, 3)], 1)
        if stage < 3:
            x = F.avg_pool2d(conv(act(x), x.shape[1] // 2, 1), 2)
    return n.fc(n.gap(act(x)), CLASSES)


def mobilenet_v2(n, x):
    def conv(x, channels, size, stride=1):
        return F.relu6(conv_bn(n, x, channels, size, stride))

    def inverted(x, t, channels, stride=1):
        if t > 1:
            x = conv(x, t * x.shape[1], 1)
        x = F.relu6(n.batchnorm(n.depthwise(x, 3, stride)))
        return conv_bn(n, x, channels, 1)

    x = conv(x, 8, 3, 2)
    for t, channels, count, stride in [(1, 8, 1, 1), (6, 8, 2, 2), (6, 12, 2, 2), (6, 16, 2, 1)]:
        x = inverted(x, t, channels, stride)
        for _ in range(count - 1):
            x = x + inverted(x, t, channels)
    x = n.gap(conv(x, 64, 1))
    return n.fc(n.dropout(x, 0.2), CLASSES)


def small(n, x):
    x = F.max_pool2d(F.relu(n.batchnorm(n.conv(x, 6, 3, bias=False))), 2)  # a bias would not matter, but for noise
    x = F.max_pool2d(F.relu(n.conv(x, 8, 3)), 2)
    return n.fc(n.flatten(x), CLASSES)


def momentum(groups, rate, **more):
    return torch.optim.SGD(groups, lr=rate, momentum=0.9, **more)


# name: the net, the size of its images, the optimiser, and what is not usual
plain = {"rate": 0.05, "batch": 3, "steps": 1, "decay": 5e-4, "all": False, "smoothing": 0, "clip": None, "sides": {}}
ten = {"steps": 10, "batch": 4, "smoothing": 0.1}
CASES = {
    "vgg_d": (vgg_d, 32, momentum, {}),
    "resnet18": (resnet18, 33, momentum, {}),
    "googlenet": (googlenet, 48, momentum, {"sides": {"aux1": 0.3, "aux2": 0.3}}),
    "densenet": (densenet, 64, momentum, {}),
    "mobilenet_v2": (mobilenet_v2, 32, momentum, {}),
    "ten_sgd": (small, 12, momentum, {**ten, "clip": 0.5, "decay": 1e-2}),
    "ten_nesterov": (small, 12, lambda *a: momentum(*a, nesterov=True), {**ten, "decay": 1e-2, "all": True}),
    "ten_adam": (small, 12, torch.optim.Adam, {**ten, "rate": 3e-3, "decay": 1e-2, "clip": 0.2}),
    "ten_adamw": (small, 12, torch.optim.AdamW, {**ten, "rate": 3e-3, "decay": 0.1}),
}
WARM = 4  # steps of the warm-up, of those cases that take ten; then a cosine of as many as are left


def rates(rate, steps):
    """The rate of each step."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
    if steps == 1:
        return [rate]
    warm = torch.optim.lr_scheduler.LinearLR(optimizer, 0.1, total_iters=WARM)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps - WARM)
    schedule = torch.optim.lr_scheduler.SequentialLR(optimizer, [warm, cosine], milestones=[WARM])
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found


def make(name):
    apply, size, optimiser, more = CASES[name]
    how = {**plain, **more}
    net = Net(name, apply)
    shape = (how["batch"], size, size, 3)
    with torch.no_grad():
        net(torch.zeros(shape, dtype=torch.float64), 0)  # makes the weights, and moves statistics
    kinds, made = net.kinds, net.tensors
    net.kinds, net.tensors, net.at = [], [], 0
    for kind, tensor in zip(kinds, made):
        net.weight(kind, tuple(tensor.shape))
    begin = [t.detach().clone() for t in net.tensors]
    trained = [(k, t) for k, t in zip(net.kinds, net.tensors) if t.requires_grad]
    decays = lambda kind: how["all"] or kind == "kernel"
    groups = [
        {"params": [t for k, t in trained if decays(k)], "weight_decay": how["decay"]},
        {"params": [t for k, t in trained if not decays(k)], "weight_decay": 0},
    ]
    optimizer = optimiser([g for g in groups if g["params"]], how["rate"])
    losses, norms = [], []
    for step, rate in enumerate(rates(how["rate"], how["steps"])):
        x = drawn(f"{name}/input/{step}", shape, 1.0)
        labels = torch.tensor([(7 * i + 3 * step) % CLASSES for i in range(shape[0])])
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        entropy = lambda logits: F.cross_entropy(logits, labels, label_smoothing=how["smoothing"])
        loss = entropy(net(x, step)) + sum(w * entropy(net.sides[side]) for side, w in how["sides"].items())
        loss.backward()
        limit = math.inf if how["clip"] is None else how["clip"]
        norms.append(float(torch.nn.utils.clip_grad_norm_([t for _, t in trained], limit)))
        optimizer.step()
        losses.append(float(loss))
    tensors = []
    for kind, before, after in zip(net.kinds, begin, net.tensors):
        moved = (after.detach() - before).reshape(-1)
        at = [i * 7919 % len(moved) for i in range(min(SAMPLES, len(moved)))]
        tensors.append(
            {
                "kind": kind,
                "shape": list(before.shape),
                "moved": encoded([float(moved.abs().max()), float(moved.norm())]),
                "samples": encoded(moved[at].numpy()),
            }
        )
    print(name, "losses", losses[0], losses[-1], "norms", norms[0], norms[-1], flush=True)
    how["rates"] = rates(how["rate"], how["steps"])
    return {**how, "size": size, "losses": encoded(losses), "norms": encoded(norms), "tensors": tensors}


for name in sys.argv[1:] or CASES:
    store(f"training/{name}", make(name))
sum_up()
