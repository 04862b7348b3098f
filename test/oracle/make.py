"""What torchvision computes, for netc to be compared with. Needed only to make the fixtures anew:

    apt-get install python3-torch python3-torchvision
    python3 test/oracle/make.py [NAME…]

Weights and inputs come from the counter-based generator (src/numeric/random.ts), each tensor from the stream
of its own name, so the fixtures hold results only: the output in float64, and samples of some layers on the
way there. A large tensor repeats its first PERIOD numbers, since drawing 60 million took longer than the rest. As no
size of a layer is a multiple of that prime, no two rows of a kernel are the same. The checksum is one of all numbers
drawn, so that other weights are not taken for other results.
"""

import hashlib
import math
import sys

import numpy as np
import torch
import torchvision
from torchvision.models import vgg

import draw
from store import encoded, store, sum_up

# name: torchvision's function, the shape of the input, and what to apply: the whole net, or one child of it. Images
# are small where they can be; the heads of AlexNet and VGG want 224 × 224 pixels, or their average pool would copy what
# there is. The heads on the side are applied in training only, so each is a case of its own. (GoogLeNet's begin with a
# pool to 4 × 4 that is uneven, and netc's is not; it changes nothing on a map of that size.)
#
# A VGG has up to 144 million weights, of which 124 are in its head. `narrow_vgg11` is vgg11 with a sixteenth of the
# channels and ten classes: the same layers, in a hundredth of the time.
image = lambda n: (n, n, 3)
VGG = [f"vgg{n}{norm}" for n in [11, 13, 16, 19] for norm in ["", "_bn"]]
CASES = {
    **{n: (n, image(64), "") for n in ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"]},
    **{n: (n, image(64), "") for n in ["densenet121", "densenet161", "densenet169", "densenet201"]},
    **{n: (n, image(64), "") for n in ["squeezenet1_0", "squeezenet1_1", "mobilenet_v2", "googlenet"]},
    "inception_v3": ("inception_v3", image(75), ""),
    **{n: (n, image(224), "") for n in ["alexnet", *VGG]},
    "googlenet_aux1": ("googlenet", (4, 4, 512), "aux1"),
    "googlenet_aux2": ("googlenet", (4, 4, 528), "aux2"),
    "inception_v3_aux": ("inception_v3", (17, 17, 768), "AuxLogits"),
    **{f"narrow_{n}": (n, image(224), "") for n in VGG},
}
NARROW = 16  # what the channels of a narrow net are divided by
CLASSES = 10  # and its number of classes
COLUMNS = {"vgg11": "A", "vgg13": "B", "vgg16": "D", "vgg19": "E"}
STAGES = 8
SAMPLES = 16
PERIOD = 4_099  # a prime, above the largest number of rows, which is 4,096


def weight(key, shape):
    """The numbers that a tensor repeats. Kernels keep the variance of what a ReLU gives on; statistics are such that
    each of them matters."""
    purpose, count = f"oracle:{key}", min(PERIOD, math.prod(shape))
    if len(shape) > 1:
        return draw.normals(purpose, count, math.sqrt(2 / math.prod(shape[1:])))
    if key.endswith("running_var") or key.endswith("weight"):
        return (0.5 + draw.uniforms(purpose, count)).astype(np.float32)
    return draw.normals(purpose, count, 0.1)


def fill(model, part):
    """Gives the weights of `part` their values, and the checksum of their checksums in order of keys."""
    digest = hashlib.sha256()
    state = model.state_dict()
    for key in sorted(state):
        if key.endswith("num_batches_tracked") or not key.startswith(part):
            continue
        values = weight(key, tuple(state[key].shape))
        digest.update(hashlib.sha256(values.tobytes()).digest())
        state[key] = torch.from_numpy(np.resize(values, tuple(state[key].shape)))
    model.load_state_dict(state)
    return digest.hexdigest()


def channels_last(t):
    return t.permute(0, 2, 3, 1).contiguous() if t.dim() == 4 else t


def narrow_vgg(function):
    """torchvision's own layers, fewer channels wide. Its first fully connected layer is made for 512 channels."""
    column = vgg.cfgs[COLUMNS[function.removesuffix("_bn")]]
    channels = [c if c == "M" else c // NARROW for c in column]
    features = vgg.make_layers(channels, batch_norm=function.endswith("_bn"))
    model = vgg.VGG(features, num_classes=CLASSES, init_weights=False)
    model.classifier[0] = torch.nn.Linear(channels[-2] * 7 * 7, model.classifier[0].out_features)
    return model


def model_of(name):
    function, _, _ = CASES[name]
    if name.startswith("narrow_"):
        return narrow_vgg(function)
    options = {"init_weights": False} if function in ("googlenet", "inception_v3") else {}
    return getattr(torchvision.models, function)(weights=None, **options)


def make(name):
    function, shape, part = CASES[name]
    model = model_of(name).eval()
    digest = fill(model, part)
    model = model.double()
    seen = []
    for key, module in model.named_modules():
        if hasattr(module, "weight"):
            # a copy, as the ReLU behind may write over it
            hook = lambda _m, _in, out, key=key: seen.append((key, channels_last(out).clone()))
            module.register_forward_hook(hook)
    x = draw.normals("oracle:input", math.prod(shape), 1.0).reshape(1, *shape)
    x = torch.from_numpy(x.astype(np.float64)).permute(0, 3, 1, 2)
    with torch.no_grad():
        out = channels_last(model.get_submodule(part)(x))
    chosen = [seen[i] for i in sorted({round(i * (len(seen) - 1) / (STAGES - 1)) for i in range(STAGES)})]
    stages = []
    for key, value in chosen:
        flat = value.reshape(-1).numpy()
        at = [i * 7919 % len(flat) for i in range(SAMPLES)]
        largest = float(np.abs(flat).max())
        stages.append({"module": key, "shape": list(value.shape), "largest": largest, "samples": encoded(flat[at])})
    print(name, "logits", float(out.min()), float(out.max()), float(out.std()), flush=True)
    return {
        "model": function,
        **({"narrow": NARROW} if name.startswith("narrow_") else {}),
        "part": part,
        "input": list(shape),
        "weights": digest,
        "output": {"shape": list(out.shape), "values": encoded(out.numpy())},
        "stages": stages,
    }


if __name__ == "__main__":
    for name in sys.argv[1:] or CASES:
        store(name, make(name))
    sum_up()
