/** Eigenvectors of a symmetric 3x3 matrix, by Jacobi's method (Golub & Van Loan, section 8.5). */

type Pair = readonly [p: number, q: number];

const pairs: readonly Pair[] = [
  [0, 1],
  [0, 2],
  [1, 2],
];

/** Sweeps until nothing changes any more; six are known to be enough in float64. */
const sweeps = 12;

/** Eigenvalues, and the eigenvectors as columns of a matrix in rows. Only + − · / √, so the bits are the same anywhere. */
const eigen = (
  matrix: readonly number[],
): { readonly values: readonly number[]; readonly vectors: readonly number[] } => {
  const a = [...matrix];
  const v = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const turn = (m: number[], i: number, j: number, c: number, s: number): void => {
    const [x, y] = [m[i]!, m[j]!];
    m[i] = c * x - s * y;
    m[j] = s * x + c * y;
  };
  for (let sweep = 0; sweep < sweeps; sweep++)
    for (const [p, q] of pairs) {
      const off = a[p * 3 + q]!;
      if (off === 0) continue;
      const theta = (a[q * 4]! - a[p * 4]!) / (2 * off);
      const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
      const c = 1 / Math.sqrt(t * t + 1);
      const s = t * c;
      for (let k = 0; k < 3; k++) turn(a, k * 3 + p, k * 3 + q, c, s);
      for (let k = 0; k < 3; k++) turn(a, p * 3 + k, q * 3 + k, c, s);
      for (let k = 0; k < 3; k++) turn(v, k * 3 + p, k * 3 + q, c, s);
      a[p * 3 + q] = 0;
      a[q * 3 + p] = 0;
    }
  return { values: [a[0]!, a[4]!, a[8]!], vectors: v };
};

/**
 * What light of deviation 1 does to bytes: each column is an eigenvector, times its eigenvalue for pixels in 0–1, times
 * 255. The covariance is that of bytes, 255² times as large.
 */
export const axesOf = (covariance: readonly number[]): readonly number[] => {
  const { values, vectors } = eigen(covariance);
  return vectors.map((x, i) => (x * Math.max(0, values[i % 3]!)) / 255);
};
