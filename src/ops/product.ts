/** The product of matrices: what convolutions and fully connected layers come down to. */

/** A matrix that lies in an array: its number [p, k] is data[first + p·stride + k]. */
type Matrix = {
  readonly data: Float64Array;
  readonly first: number;
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
};

/** A whole array as a matrix of rows that follow each other. */
export const matrix = (data: Float64Array, rows: number, columns: number): Matrix => ({
  data,
  first: 0,
  stride: columns,
  rows,
  columns,
});

/**
 * to[p, j] += Σ over k of a[p, k] · b[k, j].
 *
 * j runs innermost, along the rows of `b` and `to`, for two rows of `a` and four of its columns at a time: a sum is
 * loaded and stored once for four products, and each number of `b` serves two of them. That is 3 · 10⁹ products a
 * second where one row and one column give 0.8, four columns 1.9, and sums in locals over copied columns 2.6. (A
 * `const [a, b] = [c, d]` inside the loop halves it.)
 */
export const addProduct = (to: Matrix, a: Matrix, b: Matrix): void => {
  const even = a.rows - (a.rows % 2);
  for (let p = 0; p < even; p += 2) addTwoRows(to, a, b, p);
  if (even < a.rows) addRow(to, a, b, even);
};

/** What `addProduct` does to rows p and p + 1 of `to`. */
const addTwoRows = (to: Matrix, a: Matrix, b: Matrix, p: number): void => {
  const [sums, x, y] = [to.data, a.data, b.data];
  const [s, t] = [to.first + p * to.stride, to.first + (p + 1) * to.stride];
  const [u, v] = [a.first + p * a.stride, a.first + (p + 1) * a.stride];
  let k = 0;
  for (; k + 4 <= a.columns; k += 4) {
    const u0 = x[u + k];
    const u1 = x[u + k + 1];
    const u2 = x[u + k + 2];
    const u3 = x[u + k + 3];
    const v0 = x[v + k];
    const v1 = x[v + k + 1];
    const v2 = x[v + k + 2];
    const v3 = x[v + k + 3];
    const k0 = b.first + k * b.stride;
    const k1 = k0 + b.stride;
    const k2 = k0 + 2 * b.stride;
    const k3 = k0 + 3 * b.stride;
    for (let j = 0; j < b.columns; j++) {
      const y0 = y[k0 + j];
      const y1 = y[k1 + j];
      const y2 = y[k2 + j];
      const y3 = y[k3 + j];
      sums[s + j] += u0 * y0 + u1 * y1 + u2 * y2 + u3 * y3;
      sums[t + j] += v0 * y0 + v1 * y1 + v2 * y2 + v3 * y3;
    }
  }
  for (; k < a.columns; k++)
    for (let j = 0; j < b.columns; j++) {
      const value = y[b.first + k * b.stride + j];
      sums[s + j] += x[u + k] * value;
      sums[t + j] += x[v + k] * value;
    }
};

/** What `addProduct` does to row p of `to`. */
const addRow = (to: Matrix, a: Matrix, b: Matrix, p: number): void => {
  const [sums, x, y] = [to.data, a.data, b.data];
  const [s, u] = [to.first + p * to.stride, a.first + p * a.stride];
  let k = 0;
  for (; k + 4 <= a.columns; k += 4) {
    const u0 = x[u + k];
    const u1 = x[u + k + 1];
    const u2 = x[u + k + 2];
    const u3 = x[u + k + 3];
    const k0 = b.first + k * b.stride;
    const k1 = k0 + b.stride;
    const k2 = k0 + 2 * b.stride;
    const k3 = k0 + 3 * b.stride;
    for (let j = 0; j < b.columns; j++)
      sums[s + j] += u0 * y[k0 + j] + u1 * y[k1 + j] + u2 * y[k2 + j] + u3 * y[k3 + j];
  }
  for (; k < a.columns; k++)
    for (let j = 0; j < b.columns; j++) sums[s + j] += x[u + k] * y[b.first + k * b.stride + j];
};
