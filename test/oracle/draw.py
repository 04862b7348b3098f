"""src/numeric/random.ts with NumPy: the same numbers, many at a time (test/numeric/random.py has them one by one)."""

import math

import numpy as np

MASK = np.uint64(0xFFFFFFFF)
SHIFT = np.uint64(32)
LOG = [2 / (2 * i + 1) for i in range(10)]
SIN = [(-1) ** i / math.factorial(2 * i + 1) for i in range(9)]
COS = [(-1) ** i / math.factorial(2 * i) for i in range(10)]
AT_ONCE = 2**22  # words


def philox(counter, key):
    (c0, c1, c2, c3), (k0, k1) = counter, key
    for _ in range(10):
        p0, p1 = np.uint64(0xD2511F53) * c0, np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = (
            (p1 >> SHIFT) ^ c1 ^ np.uint64(k0),
            p1 & MASK,
            (p0 >> SHIFT) ^ c3 ^ np.uint64(k1),
            p0 & MASK,
        )
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return np.stack([c0, c1, c2, c3], axis=-1)


def words(seed, purpose, first, count):
    """`count` words of the stream (seed, purpose, 0, 0) from word `first` on, which is a multiple of four."""
    h = 0xCBF29CE484222325
    for byte in purpose.encode("utf-8"):
        h = ((h ^ byte) * 0x100000001B3) % 2**64
    one = lambda n: np.array([n], dtype=np.uint64)
    low = one(h & 0xFFFFFFFF), one(h >> 32), one(0), one(0)
    key = [int(k) for k in philox(low, (seed & 0xFFFFFFFF, seed >> 32))[0][:2]]
    blocks = np.arange(first // 4, (first + count + 3) // 4, dtype=np.uint64)
    zero = np.zeros_like(blocks)
    return philox((blocks, zero, zero, zero), key).reshape(-1)[:count]


def polynomial(coefficients, z):
    total = np.zeros_like(z)
    for c in reversed(coefficients):
        total = total * z + c
    return total


def log_of(w):
    m, e = np.frexp(w + 0.5)
    m, e = 2 * m, e - 1
    large = m > math.sqrt(2)
    m, e = np.where(large, m / 2, m), np.where(large, e + 1, e)
    f = (m - 1) / (m + 1)
    return (e - 32) * 0.6931471805599453 + f * polynomial(LOG, f * f)


def pairs(a, b):
    radius = np.sqrt(-2 * log_of(a))
    turns = (b + 0.5) / 2**30
    quarter = np.floor(turns + 0.5)
    angle = (turns - quarter) * (math.pi / 2)
    s = angle * polynomial(SIN, angle * angle)
    c = polynomial(COS, angle * angle)
    turn = quarter.astype(np.int64) % 4
    cosine = np.choose(turn, [c, -s, -c, s])
    sine = np.choose(turn, [s, c, -s, -c])
    return np.stack([radius * cosine, radius * sine], axis=-1).reshape(-1)


def normals(purpose, count, std, seed=1):
    """`fillNormal`: `count` normal numbers, rounded to float32 after the multiplication by `std`."""
    parts = []
    for first in range(0, count, AT_ONCE):
        n = min(AT_ONCE, count - first)
        n += n % 2
        w = words(seed, purpose, first, n).astype(np.float64)
        parts.append((std * pairs(w[0::2], w[1::2])).astype(np.float32))
    return np.concatenate(parts)[:count]


def uniforms(purpose, count, seed=1):
    """`uniform`: numbers in [0, 1) of 53 bits."""
    w = words(seed, purpose, 0, 2 * count)
    a, b = w[0::2] >> np.uint64(5), w[1::2] >> np.uint64(6)
    return (a.astype(np.float64) * 2**26 + b.astype(np.float64)) / 2**53
