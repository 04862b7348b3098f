/**
 * Exact integers in doubles. A result that is no longer exact becomes NaN, which survives all further
 * arithmetic up to the one check at its end. −0, which is not 0 for a test of equality, never comes out.
 */

/** The number itself, or NaN beyond the safe integers. */
export const exact = (n: number): number => (Number.isSafeInteger(n) ? n + 0 : NaN);
/** The exact sum; NaN where a step on the way is not. */
export const sum = (...terms: readonly number[]): number => {
  let total = 0;
  for (const term of terms) total = exact(total + term);
  return total;
};
/** The exact product; NaN where a step on the way is not. */
export const product = (...factors: readonly number[]): number => {
  let total = 1;
  for (const factor of factors) total = exact(total * factor);
  return total;
};

/** The greatest common divisor, whatever the signs; of 0 and 0 it is 0. */
export const gcd = (a: number, b: number): number => {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y > 0) [x, y] = [y, x % y];
  return x;
};
/** The least common multiple; NaN where that is not an exact integer. */
export const lcm = (a: number, b: number): number => product(a / gcd(a, b), b);

/** The remainder in 0..d − 1; JavaScript's own has the sign of x. */
export const mod = (x: number, d: number): number => {
  const r = x % d;
  return r < 0 ? r + d : r + 0;
};

/**
 * ⌊x/d⌋, exact for all |x| < 2⁵³ and d ≥ 1: a quotient that is not an integer lies at least 1/d below the
 * next one, and that is more than half the distance |x/d|·2⁻⁵² between doubles there.
 */
export const floorDiv = (x: number, d: number): number => Math.floor(x / d);

/** ⌊(a·x + b)/d⌋, exact even where a·x is not; where the result itself is not, the double next to it. */
export const floorAt = (a: number, x: number, b: number, d: number): number => {
  const top = sum(product(a, x), b);
  if (!Number.isNaN(top)) return floorDiv(top, d);
  const [n, s] = [BigInt(a) * BigInt(x) + BigInt(b), BigInt(d)];
  return Number(n / s - (n % s < 0n ? 1n : 0n));
};

/** The x in 0..d − 1 with a·x ≡ 1 (mod d), for gcd(a, d) = 1: the algorithm of Euclid. */
export const inverse = (a: number, d: number): number => {
  let [r, next] = [d, mod(a, d)];
  let [x, y] = [0, 1];
  while (next > 0) {
    const q = floorDiv(r, next);
    [r, next] = [next, r - q * next];
    [x, y] = [y, x - q * y];
  }
  return mod(x, d);
};

/** x·y mod d for x, y in 0..d − 1. */
export const timesMod = (x: number, y: number, d: number): number =>
  Number.isSafeInteger(x * y) ? (x * y) % d : Number((BigInt(x) * BigInt(y)) % BigInt(d));

/** The prime factors of n ≥ 1, as often as they divide it: 12 gives 2, 2, 3. */
export const primeFactors = (n: number): readonly number[] => {
  const found: number[] = [];
  let rest = n;
  for (let p = 2; p * p <= rest; p++) for (; rest % p === 0; rest /= p) found.push(p);
  return rest > 1 ? [...found, rest] : found;
};

/** The least i in 0..n − 1 that holds, else n, where `holds` is false up to some place and true from there. */
export const firstIndex = (n: number, holds: (i: number) => boolean): number => {
  let [low, high] = [0, n];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
};
