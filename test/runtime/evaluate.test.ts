/** What is made of posteriors: metrics, calibration, and means. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { words } from '../../src/numeric/random.ts';
import { calibrated, calibrationOf } from '../../src/runtime/evaluate/calibration.ts';
import { metricsOf } from '../../src/runtime/evaluate/metrics.ts';
import { meanOf, newSum, type Posteriors } from '../../src/runtime/evaluate/posteriors.ts';

const posteriorsOf = (rows: readonly (readonly number[])[]): Posteriors => ({
  places: Uint32Array.from(rows, (_, i) => i),
  classes: rows[0]!.length,
  data: Float64Array.from(rows.flat()),
  isSeen: new Uint8Array(rows.length).fill(1),
});

describe('metrics', () => {
  const rows = [
    [0.7, 0.2, 0.1],
    [0.4, 0.4, 0.2],
    [0.1, 0.3, 0.6],
    [0.5, 0.3, 0.2],
  ];
  const labels = Uint32Array.of(0, 1, 2, 2);

  it('count the first class, of equal ones the one that is numbered lower', () => {
    const { pictures, top1, top5, loss, byClass, confusion } = metricsOf(
      posteriorsOf(rows),
      labels,
    );
    expect([pictures, top1, top5]).toEqual([4, 2, 4]);
    expect(loss).toBeCloseTo(-(Math.log(0.7) + Math.log(0.4) + Math.log(0.6) + Math.log(0.2)) / 4);
    expect(byClass.map((c) => [c.pictures, c.top1])).toEqual([
      [1, 1],
      [1, 0],
      [2, 1],
    ]);
    expect(confusion).toEqual([
      [1, 0, 0],
      [1, 0, 0],
      [1, 0, 1],
    ]);
  });

  it('leave out what could not be read', () => {
    const some = { ...posteriorsOf(rows), isSeen: Uint8Array.of(1, 0, 1, 0) };
    expect(metricsOf(some, labels)).toMatchObject({ pictures: 2, top1: 2 });
  });

  it('count the fifth and not the sixth', () => {
    const six = [0.3, 0.2, 0.18, 0.16, 0.1, 0.06];
    const of = (label: number) => metricsOf(posteriorsOf([six]), Uint32Array.of(label)).top5;
    expect([of(4), of(5)]).toEqual([1, 0]);
  });
});

describe('the calibration error', () => {
  it('is the mean distance of confidence and accuracy over bins of one width', () => {
    // two pictures in (0.8, 0.8667], of which one is right, and one in (0.5333, 0.6] that is
    const rows = [
      [0.85, 0.15],
      [0.81, 0.19],
      [0.45, 0.55],
    ];
    const { error, bins } = calibrationOf(posteriorsOf(rows), Uint32Array.of(0, 1, 1));
    expect(error).toBeCloseTo((2 / 3) * Math.abs(0.5 - 0.83) + (1 / 3) * Math.abs(1 - 0.55));
    expect(bins.map((b) => b.pictures).join('')).toBe('000000001000200');
  });

  it('takes the end of a bin into it', () => {
    const { bins } = calibrationOf(posteriorsOf([[1, 0]]), Uint32Array.of(0));
    expect(bins[14]!.pictures).toBe(1);
    expect(calibrationOf(posteriorsOf([[0.6, 0.4]]), Uint32Array.of(0)).bins[8]!.pictures).toBe(1);
  });

  it('becomes small at the temperature by which a net is too sure', () => {
    const draw = words({ seed: 1, purpose: 'calibration', epoch: 0, index: 0 });
    const uniform = (): number => draw() / 2 ** 32;
    const rows: number[][] = [];
    const labels = Array.from({ length: 4000 }, () => {
      const logits = [0, 1, 2, 3].map(() => 4 * (uniform() - 0.5));
      const softmax = (by: number): number[] => {
        const all = logits.map((l) => Math.exp(l * by));
        const sum = all.reduce((a, b) => a + b);
        return all.map((e) => e / sum);
      };
      rows.push(softmax(3)); // three times as sure as it may be
      let left = uniform();
      return softmax(1).findIndex((p) => (left -= p) < 0);
    });
    const made = posteriorsOf(rows);
    const found = calibrated(made, Uint32Array.from(labels))!;
    expect(found.temperature).toBeGreaterThan(2.8);
    expect(found.temperature).toBeLessThan(3.2);
    expect(calibrationOf(made, Uint32Array.from(labels)).error).toBeGreaterThan(0.2);
    expect(calibrationOf(found.posteriors, Uint32Array.from(labels)).error).toBeLessThan(0.04);
  });
});

describe('posteriors', () => {
  it('of pieces are averaged after the softmax, and add up to 1', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 12, maxLength: 12 }),
        (numbers) => {
          const sum = newSum(Uint32Array.of(3, 8), 3);
          const logits = Float32Array.from(numbers);
          sum.add({ places: Uint32Array.of(8, 3), pieces: 2, logits }, 0.25);
          sum.add({ places: Uint32Array.of(3, 8), pieces: 2, logits }, 0.75);
          const { data } = sum.posteriors();
          const softmax = (at: number): readonly number[] => {
            const row = [0, 1, 2].map((c) => Math.exp(logits[at + c]!));
            const all = row.reduce((a, b) => a + b);
            return row.map((e) => e / all);
          };
          const of = (at: number) => softmax(at).map((p, c) => (p + softmax(at + 3)[c]!) / 2);
          const [first, second] = [of(0), of(6)];
          [0, 1, 2].forEach((c) => {
            expect(data[c]).toBeCloseTo(0.25 * second[c]! + 0.75 * first[c]!, 12);
            expect(data[3 + c]).toBeCloseTo(0.25 * first[c]! + 0.75 * second[c]!, 12);
          });
        },
      ),
    );
  });

  it('of several have their mean, of the pictures that all could read', () => {
    const a = {
      ...posteriorsOf([
        [1, 0],
        [0.5, 0.5],
      ]),
      isSeen: Uint8Array.of(1, 1),
    };
    const b = {
      ...posteriorsOf([
        [0.5, 0.5],
        [0, 0],
      ]),
      isSeen: Uint8Array.of(1, 0),
    };
    const { data, isSeen } = meanOf([a, b]);
    expect([...data.slice(0, 2), ...isSeen]).toEqual([0.75, 0.25, 1, 0]);
  });
});
