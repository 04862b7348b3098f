/** What is done to pictures by chance, over 10,000 draws; and what is done without chance. */
import { describe, expect, it } from 'vitest';
import { words } from '../../../src/numeric/random.ts';
import type { Augmentation } from '../../../src/protocol/recipe.ts';
import type { Pixels } from '../../../src/runtime/batches/dataset.ts';
import { axesOf } from '../../../src/runtime/batches/prepare/eigen.ts';
import { addSums, measuredFrom, sumsOf } from '../../../src/runtime/batches/prepare/measure.ts';
import {
  augmented,
  steady,
  type Preparation,
} from '../../../src/runtime/batches/prepare/prepare.ts';
import { scale } from '../../../src/runtime/store/picture-scale.ts';
import { place } from '../../../src/runtime/store/picture-place.ts';

const draws = 10_000;

const pixels = (h: number, w: number, at: (y: number, x: number, c: number) => number): Pixels => ({
  ...{ tag: 'pixels', h, w, channels: 3 },
  data: Uint8Array.from({ length: h * w * 3 }, (_, i) =>
    at(Math.floor(i / 3 / w), Math.floor(i / 3) % w, i % 3),
  ),
});

/** Red says the row, green the column, counted from 1; blue is 9. */
const map = (h: number, w: number): Pixels => pixels(h, w, (y, x, c) => [y + 1, x + 1, 9][c]!);

const preparation = (
  h: number,
  w: number,
  augment: readonly Augmentation[],
  axes: readonly number[] = [],
): Preparation => ({
  frame: { h, w, c: 3 },
  augment,
  input: { order: 'rgb', scale: 1, mean: [], std: [] },
  axes,
});

const drawn = <A>(
  sample: Pixels,
  how: Preparation,
  see: (numbers: Float32Array) => A,
): readonly A[] =>
  Array.from({ length: draws }, (_, index) =>
    see(augmented(sample, how, words({ seed: 3, purpose: 'augment', epoch: 1, index }))),
  );

/** How often each value came, sorted by value. */
const counts = (values: readonly number[]): ReadonlyMap<number, number> => {
  const found = new Map<number, number>();
  for (const value of values.toSorted((a, b) => a - b))
    found.set(value, (found.get(value) ?? 0) + 1);
  return found;
};

/** χ² of values that are to come equally often, less its mean, in deviations: below 4 but for one time in 10,000. */
const unevenness = (values: readonly number[], kinds: number): number => {
  const wanted = draws / kinds;
  let chi = 0;
  for (const count of counts(values).values()) chi += (count - wanted) ** 2 / wanted;
  return (chi - (kinds - 1)) / Math.sqrt(2 * (kinds - 1));
};

const corner = (numbers: Float32Array): readonly number[] => [...numbers.slice(0, 2)];

describe('crop', () => {
  const seen = drawn(
    map(9, 12),
    preparation(4, 5, [{ tag: 'crop', size: { h: 4, w: 5 }, pad: 0 }]),
    corner,
  );
  const rows = seen.map(([row]) => row!);
  const columns = seen.map(([, column]) => column!);

  it('reaches every place, the last row and the last column too', () => {
    expect([...counts(rows).keys()]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...counts(columns).keys()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('reaches each as often, rows and columns apart', () => {
    expect(unevenness(rows, 6)).toBeLessThan(4);
    expect(unevenness(columns, 8)).toBeLessThan(4);
    expect(
      unevenness(
        seen.map(([row, column]) => row! * 100 + column!),
        48,
      ),
    ).toBeLessThan(4);
  });

  it('is a piece of the picture', () => {
    const how = preparation(4, 5, [{ tag: 'crop', size: { h: 4, w: 5 }, pad: 0 }]);
    const draw = words({ seed: 3, purpose: 'augment', epoch: 1, index: 0 });
    const piece = augmented(map(9, 12), how, draw);
    const [top, left] = [piece[0]!, piece[1]!];
    expect(piece).toEqual(
      Float32Array.from(pixels(4, 5, (y, x, c) => [top + y, left + x, 9][c]!).data),
    );
  });

  it('has black around the picture, as far as it is padded', () => {
    const how = preparation(4, 4, [{ tag: 'crop', size: { h: 4, w: 4 }, pad: 2 }]);
    const moved = drawn(map(4, 4), how, (numbers) => {
      const rows = [0, 1, 2, 3].map((y) => numbers.slice(y * 12, y * 12 + 12).some((x) => x > 0));
      return rows.indexOf(true) - (3 - rows.lastIndexOf(true)); // black rows above less those below
    });
    expect([...counts(moved).keys()]).toEqual([-2, -1, 0, 1, 2]);
    expect(unevenness(moved, 5)).toBeLessThan(4);
  });

  it('enlarges what is too small, as `run` does', () => {
    const how = preparation(8, 8, [{ tag: 'crop', size: { h: 8, w: 8 }, pad: 0 }]);
    const small = map(4, 5);
    const scaled = place(small, { h: 8, w: 8, c: 3 }, undefined).scaled;
    expect(scaled).toEqual({ h: 8, w: 10 });
    const whole = scale(small.data, small, { scaled, cut: { top: 0, left: 0, ...scaled } });
    const columns = new Set(drawn(small, how, (numbers) => numbers.slice(0, 3).join()));
    const wanted = new Set([0, 1, 2].map((x) => whole.slice(x * 3, x * 3 + 3).join()));
    expect(columns).toEqual(wanted);
  });
});

describe('flip', () => {
  it('exchanges left and right one time in two', () => {
    const seen = drawn(map(2, 3), preparation(2, 3, [{ tag: 'flip' }]), (numbers) =>
      [numbers[1], numbers[4], numbers[7]].join(''),
    );
    const flipped = seen.filter((columns) => columns === '321').length;
    expect(seen.filter((columns) => columns === '123')).toHaveLength(draws - flipped);
    expect(Math.abs(flipped - draws / 2)).toBeLessThan(4 * Math.sqrt(draws / 4));
  });

  it('also of a piece, and before it', () => {
    const crop = { tag: 'crop', size: { h: 2, w: 2 }, pad: 1 } as const;
    const columns = (augment: readonly Augmentation[]) =>
      counts(drawn(map(2, 4), preparation(2, 2, augment), ([, a = 0, , , b = 0]) => a * 10 + b));
    const [after, before] = [columns([crop, { tag: 'flip' }]), columns([{ tag: 'flip' }, crop])];
    expect([...after.keys()]).toEqual([...before.keys()]);
    expect([...after.keys()]).toContain(40); // the last column, mirrored: 4 and the border
    expect([...after.keys()]).toContain(12);
    expect([...after.keys()]).toContain(21);
  });
});

describe('rescale', () => {
  it('draws each side of the range as often, both ends too', () => {
    const how = preparation(8, 8, [
      { tag: 'rescale', from: 8, to: 12 },
      { tag: 'crop', size: { h: 8, w: 8 }, pad: 0 },
    ]);
    const slope = pixels(10, 14, (y) => y * 20);
    // three rows of S apart, a slope of 20 a row has become 20·10/S·3
    const sides = drawn(slope, how, (numbers) => {
      const row = (y: number): number => numbers[y * 24]!;
      return Math.round(600 / (row(5) - row(2)));
    });
    expect([...counts(sides).keys()]).toEqual([8, 9, 10, 11, 12]);
    expect(unevenness(sides, 5)).toBeLessThan(4);
  });

  it('takes the shorter side, and the longer rounded down', () => {
    const how = preparation(4, 4, [{ tag: 'rescale', from: 5, to: 5 }]);
    const sample = map(8, 11);
    const cut = { top: 0, left: 1, h: 4, w: 4 }; // of 5 and ⌊5·11/8⌋ = 6, as torchvision takes the centre
    const wanted = scale(sample.data, sample, { scaled: { h: 5, w: 6 }, cut });
    expect(steady(sample, how)).toEqual(Float32Array.from(wanted));
  });
});

describe('without chance', () => {
  const crop = (n: number, pad: number) => ({ tag: 'crop', size: { h: n, w: n }, pad }) as const;
  const seen = (sample: Pixels, n: number, augment: readonly Augmentation[]) =>
    steady(sample, preparation(n, n, augment));
  const run = (sample: Pixels, n: number, resize: number | undefined) => {
    const placement = place(sample, { h: n, w: n, c: 3 }, resize);
    return Float32Array.from(scale(sample.data, sample, placement));
  };

  it('pictures are as `run` prepares them', () => {
    expect(seen(map(9, 12), 5, [])).toEqual(run(map(9, 12), 5, undefined));
    expect(seen(map(4, 3), 5, [])).toEqual(run(map(4, 3), 5, undefined));
  });

  it('they are rescaled to the middle of the range, and their centre is cut out', () => {
    const augment = [{ tag: 'rescale', from: 6, to: 9 }, crop(5, 0), { tag: 'flip' }] as const;
    expect(seen(map(9, 12), 5, augment)).toEqual(run(map(9, 12), 5, 7));
  });

  it('the centre of a padded picture has black around it', () => {
    const numbers = seen(map(2, 2), 4, [crop(4, 1)]);
    const red = [0, 1, 2, 3].map((y) =>
      [...numbers].filter((_, i) => i % 3 === 0).slice(y * 4, y * 4 + 4),
    );
    expect(red).toEqual([
      [0, 0, 0, 0],
      [0, 1, 1, 0],
      [0, 2, 2, 0],
      [0, 0, 0, 0],
    ]);
  });

  it('light and flips change nothing', () => {
    const light = { tag: 'rgb_shift', deviation: 1 } as const;
    expect(seen(map(5, 5), 5, [{ tag: 'flip' }, light])).toEqual(seen(map(5, 5), 5, []));
  });
});

describe('what is measured', () => {
  const samples = [
    map(3, 4),
    map(3, 4),
    pixels(3, 4, (y, x, c) => (y * 31 + x * 7 + c * 50) % 256),
  ];
  const measured = (order: 'rgb' | 'bgr' | 'grey', sized: Preparation) => {
    const total = sumsOf(samples[0]!, sized);
    for (const sample of samples.slice(1)) addSums(total, sumsOf(sample, sized));
    return measuredFrom(total, { order, scale: 0.5 }, true);
  };
  const numbers = (c: number): readonly number[] =>
    samples.flatMap(({ data }) => [...data].filter((_, i) => i % 3 === c));
  const mean = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0) / all.length;
  const covariance = (a: number, b: number): number =>
    mean(numbers(a).map((x, i) => (x - mean(numbers(a))) * (numbers(b)[i]! - mean(numbers(b)))));

  it('is of all pixels, in the order of the net, after scaling', () => {
    const found = measured('bgr', preparation(3, 4, []));
    [2, 1, 0].forEach((c, i) => {
      expect(found.mean[i]).toBeCloseTo(mean(numbers(c)) * 0.5, 9);
      expect(found.std[i]).toBeCloseTo(Math.sqrt(covariance(c, c)) * 0.5, 9);
    });
  });

  it('has the covariance of bytes of red, green and blue', () => {
    const found = measured('grey', preparation(3, 4, []));
    expect(found.mean).toHaveLength(1);
    found.covariance.forEach((x, i) =>
      expect(x).toBeCloseTo(covariance(Math.floor(i / 3), i % 3), 7),
    );
  });

  it('is measured at the size that pictures are validated at', () => {
    const sized = preparation(3, 3, [{ tag: 'rescale', from: 4, to: 6 }]);
    expect(sumsOf(samples[0]!, sized)[0]).toBe(5 * 6); // 3x4 becomes 5x⌊5·4/3⌋
  });
});

describe('rgb_shift', () => {
  const covariance = [900, 300, 100, 300, 500, 50, 100, 50, 200];
  const how = preparation(1, 1, [{ tag: 'rgb_shift', deviation: 0.1 }], axesOf(covariance));
  const seen = drawn(
    pixels(1, 1, () => 100),
    how,
    (numbers) => [...numbers].map((x) => x - 100),
  );

  it('has mean 0, and the covariance P·diag((0.1·λ)²)·Pᵀ, the square of that of the pixels', () => {
    const square = (a: number, b: number): number =>
      [0, 1, 2].reduce((sum, k) => sum + covariance[a * 3 + k]! * covariance[k * 3 + b]!, 0);
    for (const a of [0, 1, 2]) {
      const mean = seen.reduce((sum, light) => sum + light[a]!, 0) / draws;
      const own = Math.sqrt(square(a, a)) * (0.1 / 255);
      expect(Math.abs(mean)).toBeLessThan((4 * own) / Math.sqrt(draws));
      for (const b of [0, 1, 2]) {
        const found = seen.reduce((sum, light) => sum + light[a]! * light[b]!, 0) / draws;
        const wanted = square(a, b) * (0.1 / 255) ** 2;
        const other = Math.sqrt(square(b, b)) * (0.1 / 255);
        expect(Math.abs(found - wanted)).toBeLessThan((6 * own * other) / Math.sqrt(draws));
      }
    }
  });

  it('adds the same light to all pixels of a picture', () => {
    const light = augmented(
      map(3, 3),
      { ...how, frame: { h: 3, w: 3, c: 3 } },
      words({ seed: 1, purpose: 'augment', epoch: 0, index: 0 }),
    );
    const blue = new Set(light.filter((_, i) => i % 3 === 2));
    expect(blue.size).toBe(1);
  });
});
