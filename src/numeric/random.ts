/**
 * The one source of chance: Philox 4x32-10, a counter-based generator (Salmon et al., SC 2011). A stream is
 * named by (seed, purpose, epoch, index) and depends on nothing else, so that shuffling, augmentation,
 * dropout and initial weights are the same on every engine, for any number of workers and after a resume.
 *
 * To reproduce it elsewhere (`test/numeric/random.py` does):
 *
 * - hash = 64-bit FNV-1a of the purpose in UTF-8; a number as purpose stands for its decimal digits.
 * - (k0, k1) = the first two words of philox(counter = [hash mod 2³², hash div 2³², 0, 0],
 *   key = [seed mod 2³², seed div 2³²]).
 * - block b of the stream = philox(counter = [b, index, epoch, 0], key = [k0, k1]), b = 0, 1, 2, …, and its
 *   four words are drawn in order.
 *
 * Everything after that is integers and the float64 operations + − · / √, which IEEE 754 rounds in one way
 * only. `Math.log`, `Math.sin` and `Math.cos` are not used: they differ between versions of V8.
 */
import { Bug } from '../diagnostic/bug.ts';

/** Names a stream. `seed` is below 2⁵³, `epoch` and `index` below 2³². */
export type Key = {
  readonly seed: number;
  readonly purpose: string | number;
  readonly epoch: number;
  readonly index: number;
};

/** Gives the next word of a stream, an integer in [0, 2³²). */
export type Draw = () => number;

const two32 = 2 ** 32;

/** The upper half of the 64-bit product of two words, from 16-bit halves: no step exceeds 2³². */
const high = (a: number, b: number): number => {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const rest = a0 * b1 + (middle & 0xffff);
  return a1 * b1 + (middle >>> 16) + (rest >>> 16);
};

/** Ten rounds on the counter (c0 … c3) under the key (k0, k1); the result replaces what is in `out`. */
const block = (
  out: Uint32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
): void => {
  for (let round = 0; round < 10; round++) {
    const h0 = high(0xd2511f53, c0);
    const l0 = Math.imul(0xd2511f53, c0);
    const h1 = high(0xcd9e8d57, c2);
    const l1 = Math.imul(0xcd9e8d57, c2);
    c0 = (h1 ^ c1 ^ k0) >>> 0;
    c1 = l1 >>> 0;
    c2 = (h0 ^ c3 ^ k1) >>> 0;
    c3 = l0 >>> 0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
};

type Four = readonly [number, number, number, number];

/** Philox 4x32-10 itself: four words for a counter of four and a key of two. */
export const philox = (counter: Four, key: readonly [number, number]): Uint32Array => {
  const out = new Uint32Array(4);
  block(out, ...counter, ...key);
  return out;
};

/** FNV-1a, 64 bits, of UTF-8: the lower and the upper word. */
const hash = (text: string): readonly [number, number] => {
  let h = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text))
    h = BigInt.asUintN(64, (h ^ BigInt(byte)) * 0x100000001b3n);
  return [Number(h & 0xffffffffn), Number(h >> 32n)];
};

const isWord = (n: number): boolean => Number.isInteger(n) && n >= 0 && n < two32;

/** The stream of a key, from its beginning: at most 2³⁴ words. */
export const words = ({ seed, purpose, epoch, index }: Key): Draw => {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Bug(`${seed} is not a seed`);
  if (!isWord(epoch) || !isWord(index)) throw new Bug(`no stream (${epoch}, ${index})`);
  const [low, up] = hash(String(purpose));
  const key = philox([low, up, 0, 0], [seed % two32, Math.floor(seed / two32)]);
  const out = new Uint32Array(4);
  let blocks = 0;
  let next = 4;
  return () => {
    if (next === 4) {
      if (blocks === two32) throw new Bug(`the stream ${purpose} is used up`);
      block(out, blocks++, index, epoch, 0, key[0]!, key[1]!);
      next = 0;
    }
    return out[next++]!;
  };
};

/** In [0, 1), 53 bits from two words a, b: (⌊a/2⁵⌋·2²⁶ + ⌊b/2⁶⌋)/2⁵³, as CPython and NumPy have it. */
export const uniform = (draw: Draw): number => {
  const a = draw() >>> 5;
  const b = draw() >>> 6;
  return (a * 2 ** 26 + b) / 2 ** 53;
};

/**
 * An integer in [0, n), each as likely as the other, for 1 ≤ n ≤ 2³². A word w gives w mod n; words from
 * the last multiple of n below 2³² on are passed over.
 */
export const below = (draw: Draw, n: number): number => {
  if (!Number.isInteger(n) || n < 1 || n > two32) throw new Bug(`no integers below ${n}`);
  const fair = two32 - (two32 % n);
  for (;;) {
    const word = draw();
    if (word < fair) return word % n;
  }
};

/** 0 … n−1 in any order: for i = n−1, …, 1 the entry i changes places with below(i + 1) (Fisher–Yates). */
export const permutation = (draw: Draw, n: number): Uint32Array => {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = below(draw, i + 1);
    const swapped = order[i]!;
    order[i] = order[j]!;
    order[j] = swapped;
  }
  return order;
};

/** Σ cᵢ·zⁱ by Horner's rule. */
const polynomial = (coefficients: readonly number[], z: number): number => {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * z + coefficients[i]!;
  return sum;
};

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1)); // exact up to 18!
const series = (terms: number, term: (i: number) => number): readonly number[] =>
  Array.from({ length: terms }, (_, i) => term(i));
const logTerms = series(10, (i) => 2 / (2 * i + 1));
const sineTerms = series(9, (i) => (i % 2 === 0 ? 1 : -1) / factorial(2 * i + 1));
const cosineTerms = series(10, (i) => (i % 2 === 0 ? 1 : -1) / factorial(2 * i));

/** 2⁻¹ … 2³¹: `**` would take longer than all the rest. */
const powers = series(33, (i) => 2 ** (i - 1));

/**
 * ln((w + ½)/2³²) of a word. With w + ½ = m·2ᵉ and m in (√½, √2], ln m = 2 artanh f for f = (m − 1)/(m + 1),
 * |f| < 0.172: ten terms of the series are exact to 1e-16.
 */
const logOf = (w: number): number => {
  let e = 31 - Math.clz32(w); // of w = 0 it is −1, as ½ = 1·2⁻¹
  let m = (w + 0.5) / powers[e + 1]!;
  if (m > Math.SQRT2) {
    m /= 2;
    e += 1;
  }
  const f = (m - 1) / (m + 1);
  return (e - 32) * Math.LN2 + f * polynomial(logTerms, f * f);
};

/**
 * Cosine and sine of an angle in quarter turns, which are taken off exactly; what is left lies within ±π/4 for Taylor's
 * series. The same bits everywhere.
 */
export const cosineAndSine = (turns: number): readonly [cosine: number, sine: number] => {
  const quarter = Math.floor(turns + 0.5);
  const angle = (turns - quarter) * (Math.PI / 2);
  const z = angle * angle;
  const s = angle * polynomial(sineTerms, z);
  const c = polynomial(cosineTerms, z);
  switch (quarter % 4) {
    case 0:
      return [c, s];
    case 1:
      return [-s, c];
    case 2:
      return [-c, -s];
    default:
      return [s, -c];
  }
};

/**
 * Two independent standard normal numbers from two words a, b (Box–Muller): √(−2 ln u) times the cosine and
 * the sine of 2πv, with u = (a + ½)/2³² and v = (b + ½)/2³². The largest is 6.8.
 */
const pair = (a: number, b: number): readonly [number, number] => {
  const radius = Math.sqrt(-2 * logOf(a));
  const [cosine, sine] = cosineAndSine((b + 0.5) / 2 ** 30);
  return [radius * cosine, radius * sine];
};

/** One standard normal number in float64, from two words; the sine is left. */
export const normal = (draw: Draw): number => pair(draw(), draw())[0];

/**
 * Fills `out` with normal numbers of mean 0, rounded to float32 after the multiplication by `std`: cosine
 * and sine of one pair of words after the other, of the last pair only the cosine if `out` is odd.
 */
export const fillNormal = (draw: Draw, out: Float32Array, std: number): void => {
  for (let i = 0; i < out.length; i += 2) {
    const [c, s] = pair(draw(), draw());
    out[i] = std * c;
    if (i + 1 < out.length) out[i + 1] = std * s;
  }
};
