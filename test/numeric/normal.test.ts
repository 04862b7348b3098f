import { expect, it } from 'vitest';
import { normalBelow } from '../../src/numeric/normal.ts';

/** From tables of 15 digits. */
it.each([
  [0, 0.5],
  [1, 0.841344746068543],
  [-1, 0.158655253931457],
  [2, 0.977249868051821],
  [-3, 1.34989803163009e-3],
  [-5, 2.86651571879194e-7],
  [-10, 7.61985302416053e-24],
  [-40, 0],
  [40, 1],
])('below %d lies %d', (x, share) => {
  expect(Math.abs(normalBelow(x) - share)).toBeLessThanOrEqual(1e-14 * share + 1e-300);
});

it('grows by its density, also where one formula follows the other', () => {
  for (let x = -6; x <= 6; x += 0.25) {
    const step = 1e-3;
    const slope = (normalBelow(x + step) - normalBelow(x - step)) / (2 * step);
    // the third derivative of the share is (x² − 1) times the density
    const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    const expected = density * (1 + ((x * x - 1) * step ** 2) / 6);
    expect(Math.abs(slope - expected)).toBeLessThan(1e-6 * density + 1e-13);
  }
});

it('leaves the rest above', () => {
  for (let x = 0; x <= 8; x += 0.1) expect(normalBelow(x) + normalBelow(-x)).toBeCloseTo(1, 14);
});
