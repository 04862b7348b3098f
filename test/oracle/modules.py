"""Modules of PyTorch's own making, as users write them, and what they compute (pytorch-modules.test.ts):

    python3 test/oracle/modules.py

A fixture has the names and shapes of the state dict in the order of definition, and the result for one input. Weights and
the input come from the generator, each tensor from the stream of its name (make.py).
"""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import draw
from make import channels_last, weight
from store import encoded, store, sum_up


class Vgg(nn.Module):
    """VGG with batch norms: most layers have the shapes of others."""

    def __init__(self):
        super().__init__()
        layers, c = [], 3
        for n in [4, "M", 6, 6, "M", 6, 6]:
            if n == "M":
                layers.append(nn.MaxPool2d(2))
            else:
                layers += [nn.Conv2d(c, n, 3, padding=1), nn.BatchNorm2d(n), nn.ReLU(True)]
                c = n
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Linear(6 * 3 * 2, 10), nn.ReLU(), nn.Linear(10, 10), nn.ReLU(), nn.Linear(10, 5))

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


class Bottleneck(nn.Module):
    def __init__(self, c, n, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(c, n, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(n)
        self.conv2 = nn.Conv2d(n, n, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(n)
        self.conv3 = nn.Conv2d(n, 2 * n, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(2 * n)
        self.downsample = None
        if stride > 1 or c != 2 * n:
            self.downsample = nn.Sequential(nn.Conv2d(c, 2 * n, 1, stride, bias=False), nn.BatchNorm2d(2 * n))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        return F.relu(self.bn3(self.conv3(y)) + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    """The shortcut of the first block has the shapes of the last convolution of its body; the net has it first."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(4)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = nn.Sequential(Bottleneck(4, 4), Bottleneck(8, 4), Bottleneck(8, 4))
        self.layer2 = nn.Sequential(Bottleneck(8, 8, 2), Bottleneck(16, 8))
        self.fc = nn.Linear(16, 5)

    def forward(self, x):
        x = self.maxpool(F.relu(self.bn1(self.conv1(x))))
        return self.fc(self.layer2(self.layer1(x)).mean((2, 3)))


class MobileNet(nn.Module):
    """Depthwise convolutions, and convolutions and norms in lists of their own."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, 2, 1, bias=False)
        self.depthwise = nn.ModuleList(nn.Conv2d(6, 6, 3, 1, 1, groups=6, bias=False) for _ in range(3))
        self.pointwise = nn.ModuleList(nn.Conv2d(6, 6, 1, bias=False) for _ in range(3))
        self.norms = nn.ModuleList(nn.BatchNorm2d(6) for _ in range(7))
        self.head = nn.Linear(6, 4)

    def forward(self, x):
        x = F.relu6(self.norms[0](self.stem(x)))
        for i in range(3):
            x = F.relu6(self.norms[2 * i + 1](self.depthwise[i](x)))
            x = F.relu6(self.norms[2 * i + 2](self.pointwise[i](x)))
        return self.head(x.mean((2, 3)))


def double(c, n):
    return nn.Sequential(
        nn.Conv2d(c, n, 3, padding=1, bias=False), nn.BatchNorm2d(n), nn.ReLU(inplace=True),
        nn.Conv2d(n, n, 3, padding=1, bias=False), nn.BatchNorm2d(n), nn.ReLU(inplace=True),
    )


class UNet(nn.Module):
    """The names of the way up are before those of the way down, and count down while it is executed."""

    def __init__(self):
        super().__init__()
        self.encoder1, self.encoder2, self.encoder3 = double(3, 4), double(4, 6), double(6, 8)
        self.bottom = double(8, 10)
        self.up3, self.decoder3 = nn.ConvTranspose2d(10, 8, 2, 2), double(16, 8)
        self.up2, self.decoder2 = nn.ConvTranspose2d(8, 6, 2, 2), double(12, 6)
        self.up1, self.decoder1 = nn.ConvTranspose2d(6, 4, 2, 2), double(8, 4)
        self.outc = nn.Conv2d(4, 2, 1)

    def forward(self, x):
        a = self.encoder1(x)
        b = self.encoder2(F.max_pool2d(a, 2))
        c = self.encoder3(F.max_pool2d(b, 2))
        x = self.bottom(F.max_pool2d(c, 2))
        x = self.decoder3(torch.cat([c, self.up3(x)], 1))
        x = self.decoder2(torch.cat([b, self.up2(x)], 1))
        x = self.decoder1(torch.cat([a, self.up1(x)], 1))
        return self.outc(x)


class Dense(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.norm1, self.conv1 = nn.BatchNorm2d(c), nn.Conv2d(c, 8, 1, bias=False)
        self.norm2, self.conv2 = nn.BatchNorm2d(8), nn.Conv2d(8, 4, 3, padding=1, bias=False)

    def forward(self, x):
        y = self.conv1(F.relu(self.norm1(x)))
        return torch.cat([x, self.conv2(F.relu(self.norm2(y)))], 1)


class DenseNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv0 = nn.Conv2d(3, 8, 3, 1, 1, bias=False)
        self.block1 = nn.Sequential(Dense(8), Dense(12))
        self.transition = nn.Sequential(nn.BatchNorm2d(16), nn.ReLU(), nn.Conv2d(16, 8, 1, bias=False), nn.AvgPool2d(2))
        self.block2 = nn.Sequential(Dense(8), Dense(12))
        self.norm = nn.BatchNorm2d(16)
        self.classifier = nn.Linear(16, 3)

    def forward(self, x):
        x = self.block2(self.transition(self.block1(self.conv0(x))))
        return self.classifier(F.relu(self.norm(x)).mean((2, 3)))


class Towers(nn.Module):
    """Two maps are flattened and joined, a norm goes along them; one slope for all channels; groups in both directions."""

    def __init__(self):
        super().__init__()
        self.left = nn.Conv2d(2, 3, 3, padding=1)
        self.right = nn.Conv2d(2, 4, 3, 2, 1)
        self.act = nn.PReLU()
        self.acts = nn.PReLU(4)
        self.spread = nn.ConvTranspose2d(4, 6, 3, 2, 1, 1, groups=2)
        self.mix = nn.Conv2d(6, 4, 3, 1, 1, groups=2)
        self.norm = nn.BatchNorm1d(3 * 16 + 4 * 16)
        self.fc1 = nn.Linear(3 * 16 + 4 * 16, 6)
        self.ln = nn.LayerNorm(6)
        self.fc2 = nn.Linear(6, 6)

    def forward(self, x):
        a = self.act(self.left(x))
        b = self.mix(self.spread(self.acts(self.right(x))))
        y = self.norm(torch.cat([a.flatten(1), b.flatten(1)], 1))
        return self.fc2(self.ln(self.fc1(y)))


CASES = {
    "vgg": (Vgg, (12, 8, 3)),
    "resnet": (ResNet, (32, 32, 3)),
    "mobilenet": (MobileNet, (16, 16, 3)),
    "unet": (UNet, (16, 24, 3)),
    "densenet": (DenseNet, (8, 8, 3)),
    "towers": (lambda: nn.DataParallel(Towers()), (4, 4, 2)),
}


def filled(model):
    state = model.state_dict()
    for key, value in state.items():
        if not key.endswith("num_batches_tracked"):
            state[key] = torch.from_numpy(np.resize(weight(key, tuple(value.shape)), tuple(value.shape)))
    model.load_state_dict(state)
    return model.eval()


def make(name):
    module, shape = CASES[name]
    model = filled(module())
    state = [[key, list(value.shape)] for key, value in model.state_dict().items()]
    x = draw.normals("oracle:input", math.prod(shape), 1.0).reshape(1, *shape)
    with torch.no_grad():
        out = channels_last(model.double()(torch.from_numpy(x.astype(np.float64)).permute(0, 3, 1, 2)))
    output = {"shape": list(out.shape), "values": encoded(out.numpy())}
    store(f"modules/{name}", {"input": list(shape), "state": state, "output": output})


if __name__ == "__main__":
    for name in CASES:
        make(name)
    sum_up()
