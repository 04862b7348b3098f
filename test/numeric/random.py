"""src/numeric/random.ts once more, from its documentation alone. Prints what random.golden.json holds.

    python3 test/numeric/random.py > test/numeric/random.golden.json
"""

import json
import math
import struct

MASK = 0xFFFFFFFF


def philox(counter, key):
    (c0, c1, c2, c3), (k0, k1) = counter, key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & MASK, (p0 >> 32) ^ c3 ^ k1, p0 & MASK
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return [c0, c1, c2, c3]


def words(seed, purpose, epoch, index):
    h = 0xCBF29CE484222325
    for byte in str(purpose).encode("utf-8"):
        h = ((h ^ byte) * 0x100000001B3) % 2**64
    key = philox([h & MASK, h >> 32, 0, 0], [seed & MASK, seed >> 32])[:2]
    block = 0
    while True:
        yield from philox([block, index, epoch, 0], key)
        block += 1


def uniform(draw):
    a, b = next(draw) >> 5, next(draw) >> 6
    return (a * 2**26 + b) / 2**53


def below(draw, n):
    while True:
        w = next(draw)
        if w < 2**32 // n * n:
            return w % n


def permutation(draw, n):
    order = list(range(n))
    for i in range(n - 1, 0, -1):
        j = below(draw, i + 1)
        order[i], order[j] = order[j], order[i]
    return order


def polynomial(coefficients, z):
    total = 0.0
    for c in reversed(coefficients):
        total = total * z + c
    return total


LOG = [2 / (2 * i + 1) for i in range(10)]
SIN = [(-1) ** i / math.factorial(2 * i + 1) for i in range(9)]
COS = [(-1) ** i / math.factorial(2 * i) for i in range(10)]


def log_of(w):
    e = w.bit_length() - 1
    m = (w + 0.5) / 2.0**e
    if m > math.sqrt(2):
        m, e = m / 2, e + 1
    f = (m - 1) / (m + 1)
    return (e - 32) * 0.6931471805599453 + f * polynomial(LOG, f * f)


def pair(a, b):
    radius = math.sqrt(-2 * log_of(a))
    turns = (b + 0.5) / 2**30
    quarter = math.floor(turns + 0.5)
    angle = (turns - quarter) * (math.pi / 2)
    s = angle * polynomial(SIN, angle * angle)
    c = polynomial(COS, angle * angle)
    cosine, sine = [(c, s), (-s, c), (-c, -s), (s, -c)][quarter % 4]
    return radius * cosine, radius * sine


def float32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def normals(draw, n, std):
    out = []
    while len(out) < n:
        out.extend(float32(std * x) for x in pair(next(draw), next(draw)))
    return out[:n]


KEYS = [(0, "", 0, 0), (1, "shuffle", 0, 0), (2**53 - 1, 7, 2**32 - 1, 2**32 - 1), (42, "Größe/Ω", 3, 9)]

golden = []
for seed, purpose, epoch, index in KEYS:
    stream = lambda: words(seed, purpose, epoch, index)
    draw, uniforms, whole = stream(), stream(), stream()
    golden.append(
        {
            "key": {"seed": seed, "purpose": purpose, "epoch": epoch, "index": index},
            "words": [next(draw) for _ in range(9)],
            "uniform": [uniform(uniforms) for _ in range(4)],
            "below": [below(whole, n) for n in (1, 2, 3, 10, 1000, 2**31 + 1, 2**32)],
            "permutation": permutation(stream(), 20),
            "normals": normals(stream(), 1001, 0.1)[-41:],
        }
    )
print(json.dumps(golden, indent=1))
