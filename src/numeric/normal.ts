/** The normal distribution. */

/** e^(−x²/2) / √(2π) */
const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** From here on the continued fraction needs fewer terms than the series. */
const tail = 2;

/** The number of terms that gives all digits of a double, for |x| ≥ `tail`. */
const terms = 120;

/**
 * Φ(x), the share that lies below x. Near the middle it is ½ + φ(x) · (x + x³/3 + x⁵/(3·5) + …), where nothing is
 * subtracted; in the tail φ(x) / (x + 1/(x + 2/(x + 3/(x + …)))), so that small values keep their digits
 * (Abramowitz and Stegun 1964, 26.2.11 and 26.2.14).
 */
export const normalBelow = (x: number): number => {
  if (Number.isNaN(x)) return NaN; // of which the series would never end
  const far = Math.abs(x);
  if (far >= tail) {
    let fraction = far;
    for (let n = terms; n >= 1; n--) fraction = far + n / fraction;
    const above = density(far) / fraction;
    return x < 0 ? above : 1 - above;
  }
  let [sum, term] = [0, x];
  for (let n = 3; sum + term !== sum; n += 2) {
    sum += term;
    term *= (x * x) / n;
  }
  return 0.5 + density(x) * sum;
};
