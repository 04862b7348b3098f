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
 * In blocks of four p and four k, along the rows of `b` and `to`: a sum is loaded and stored once for four products,
 * and a number of `b` once for as many. That is 3.5 · 10⁹ products a second, where one p and one k give 0.8, one p and
 * four k 1.9, two p and four k 2.5, and sums in locals over copied columns 2.6. Every row is summed in one order,
 * whether it lies in a block or not, so that a batch gives the same bits as its images one by one.
 */
export const addProduct = (to: Matrix, a: Matrix, b: Matrix): void => {
  const rows = a.rows - (a.rows % 4);
  const columns = a.columns - (a.columns % 4);
  for (let p = 0; p < rows; p += 4) for (let k = 0; k < columns; k += 4) addBlock(to, a, b, p, k);
  for (let p = rows; p < a.rows; p++) for (let k = 0; k < columns; k += 4) addFour(to, a, b, p, k);
  for (let p = 0; p < a.rows; p++) for (let k = columns; k < a.columns; k++) addOne(to, a, b, p, k);
};

/** to[p, j] += a[p, k] · b[k, j] for all j. */
const addOne = (to: Matrix, a: Matrix, b: Matrix, p: number, k: number): void => {
  const sums = to.data;
  const y = b.data;
  const value = a.data[a.first + p * a.stride + k];
  const s = to.first + p * to.stride;
  const t = b.first + k * b.stride;
  for (let j = 0; j < b.columns; j++) sums[s + j] += value * y[t + j];
};

/** The same for k … k + 3. */
const addFour = (to: Matrix, a: Matrix, b: Matrix, p: number, k: number): void => {
  const sums = to.data;
  const y = b.data;
  const r = a.first + p * a.stride + k;
  const [x0, x1, x2, x3] = [a.data[r], a.data[r + 1], a.data[r + 2], a.data[r + 3]];
  const s = to.first + p * to.stride;
  const t0 = b.first + k * b.stride;
  const t1 = t0 + b.stride;
  const t2 = t1 + b.stride;
  const t3 = t2 + b.stride;
  for (let j = 0; j < b.columns; j++)
    sums[s + j] += x0 * y[t0 + j] + x1 * y[t1 + j] + x2 * y[t2 + j] + x3 * y[t3 + j];
};

/** The same for p … p + 3, too. (Inside the loop `const [a, b] = [c, d]` would take twice the time.) */
const addBlock = (to: Matrix, a: Matrix, b: Matrix, p: number, k: number): void => {
  const sums = to.data;
  const x = a.data;
  const y = b.data;
  const s0 = to.first + p * to.stride;
  const s1 = s0 + to.stride;
  const s2 = s1 + to.stride;
  const s3 = s2 + to.stride;
  const r0 = a.first + p * a.stride + k;
  const r1 = r0 + a.stride;
  const r2 = r1 + a.stride;
  const r3 = r2 + a.stride;
  const [x00, x01, x02, x03] = [x[r0], x[r0 + 1], x[r0 + 2], x[r0 + 3]];
  const [x10, x11, x12, x13] = [x[r1], x[r1 + 1], x[r1 + 2], x[r1 + 3]];
  const [x20, x21, x22, x23] = [x[r2], x[r2 + 1], x[r2 + 2], x[r2 + 3]];
  const [x30, x31, x32, x33] = [x[r3], x[r3 + 1], x[r3 + 2], x[r3 + 3]];
  const t0 = b.first + k * b.stride;
  const t1 = t0 + b.stride;
  const t2 = t1 + b.stride;
  const t3 = t2 + b.stride;
  for (let j = 0; j < b.columns; j++) {
    const y0 = y[t0 + j];
    const y1 = y[t1 + j];
    const y2 = y[t2 + j];
    const y3 = y[t3 + j];
    sums[s0 + j] += x00 * y0 + x01 * y1 + x02 * y2 + x03 * y3;
    sums[s1 + j] += x10 * y0 + x11 * y1 + x12 * y2 + x13 * y3;
    sums[s2 + j] += x20 * y0 + x21 * y1 + x22 * y2 + x23 * y3;
    sums[s3 + j] += x30 * y0 + x31 * y1 + x32 * y2 + x33 * y3;
  }
};
