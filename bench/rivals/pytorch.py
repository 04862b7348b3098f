"""PyTorch on two cores. The argument is the JSON of a task: what is done, with which net, and the batch; `export` writes
the net as an ONNX file instead."""

import json
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

task = json.loads(sys.argv[1])
what, batch = task["what"], task["batch"]
torch.set_num_threads(2)
side = task["side"]


def vgg():
    layers, c, size = [], 3, side
    for channels, count in task["stages"]:
        for _ in range(count):
            layers += [nn.Conv2d(c, channels, 3, padding=1)]
            layers += [nn.BatchNorm2d(channels)] * task.get("normalised", False)
            layers += [nn.ReLU(inplace=True)]
            c = channels
        layers.append(nn.MaxPool2d(2))
        size //= 2
    layers.append(nn.Flatten())
    c *= size * size
    for i, units in enumerate(task["units"]):
        layers += [nn.ReLU(inplace=True)] * (i > 0) + [nn.Linear(c, units)]
        c = units
    return nn.Sequential(*layers)


class Bottleneck(nn.Module):
    """A block of ResNet-50 whose batch norms are folded into the convolutions."""

    def __init__(self, c, width, stride, projects):
        super().__init__()
        self.first = nn.Conv2d(c, width, 1)
        self.second = nn.Conv2d(width, width, 3, stride, 1)
        self.third = nn.Conv2d(width, 4 * width, 1)
        self.shortcut = nn.Conv2d(c, 4 * width, 1, stride) if projects else nn.Identity()

    def forward(self, x):
        y = F.relu(self.second(F.relu(self.first(x))))
        return F.relu(self.third(y) + self.shortcut(x))


def resnet50():
    layers, c = [nn.Conv2d(3, 64, 7, 2, 3), nn.ReLU(), nn.MaxPool2d(3, 2, 1)], 64
    for stage, count in enumerate([3, 4, 6, 3]):
        for i in range(count):
            width, stride = 64 << stage, 2 if i == 0 and stage > 0 else 1
            layers.append(Bottleneck(c, width, stride, i == 0))
            c = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c, 1000))


class Basic(nn.Module):
    """A block of a ResNet for 32 × 32 pixels; its shortcut has no parameters (He et al. 2016, section 4.2)."""

    def __init__(self, c, width):
        super().__init__()
        self.first = nn.Conv2d(c, width, 3, width // c, 1, bias=False)
        self.second = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.norms = nn.ModuleList([nn.BatchNorm2d(width), nn.BatchNorm2d(width)])
        self.widens = width > c

    def forward(self, x):
        y = self.norms[1](self.second(F.relu(self.norms[0](self.first(x)))))
        if self.widens:
            x = x[:, :, ::2, ::2]
            x = torch.cat([x, 0 * x], 1)
        return F.relu(x + y)


def resnet20():
    layers, c = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()], 16
    for width in [16, 32, 64]:
        for _ in range(3):
            layers.append(Basic(c, width))
            c = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c, 10))


def densenet121():
    from torchvision.models import densenet121

    return densenet121()


nets = {"ResNet-50": resnet50, "ResNet-20": resnet20, "DenseNet-121": densenet121}
net = nets.get(task.get("net"), vgg)()
x = torch.randn(batch, 3, side, side)
if what == "export":
    model = nn.Sequential(net, nn.Softmax(1)).eval()
    torch.onnx.export(model, x, task["file"], opset_version=13)
    sys.exit()

optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)


def step():
    optimizer.zero_grad()
    F.cross_entropy(net(x), torch.arange(batch) % task["units"][-1]).backward()
    optimizer.step()


def forward():
    with torch.no_grad():
        F.softmax(net(x), 1)


if what == "forward":
    net.eval()
work = step if what == "step" else forward
print("ready", torch.get_num_threads(), flush=True)
for _ in sys.stdin:
    begin, busy = time.perf_counter(), time.process_time()
    work()
    clock, processor = time.perf_counter() - begin, time.process_time() - busy
    memory = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(1000 * clock, 1000 * processor, memory, flush=True)
