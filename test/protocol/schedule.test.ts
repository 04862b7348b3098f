/** Rates of steps: PyTorch's where conventions agree (test/oracle/schedules.py), and what only netc promises. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Schedule } from '../../src/protocol/recipe.ts';
import {
  afterEpoch,
  nothingWatched,
  rateAt,
  type Progress,
  type Watched,
} from '../../src/protocol/schedule.ts';

type Fixture = {
  readonly base: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  readonly cases: readonly { readonly schedule: Schedule; readonly rates: string }[];
  readonly plateaus: readonly {
    readonly patience: number;
    readonly factor: number;
    readonly accuracies: readonly (number | null)[]; // null for NaN
    readonly rates: string;
  }[];
};
const file = new URL('../oracle/fixtures/training/schedules.json', import.meta.url);
const fixture: Fixture = JSON.parse(readFileSync(file, 'utf8'));

const decoded = (text: string): readonly number[] => {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return [...new Float64Array(bytes.buffer)];
};

const at = (step: number, more: Partial<Progress> = {}): Progress => ({
  step,
  stepsPerEpoch: fixture.stepsPerEpoch,
  epochs: fixture.epochs,
  watched: nothingWatched,
  ...more,
});

describe.each(fixture.cases)('$schedule', ({ schedule, rates }) => {
  it('has the rates of PyTorch', () => {
    const found = decoded(rates).map((_, step) => rateAt(schedule, fixture.base, at(step)));
    expect(found.length).toBe(fixture.epochs * fixture.stepsPerEpoch);
    decoded(rates).forEach((rate, step) =>
      expect(Math.abs(found[step]! / rate - 1), `step ${step}`).toBeLessThan(1e-12),
    );
  });
});

type PlateauShape = Extract<Schedule['shape'], { readonly tag: 'plateau' }>;

const plateau = (settings: Partial<PlateauShape>): Schedule => ({
  warmup: 0,
  shape: { tag: 'plateau', factor: 0.1, patience: 2, drops: 100, ...settings },
});

/** What has been seen after each of these epochs, of which the first is before any. */
const watching = (schedule: Schedule, accuracies: readonly number[]): readonly Watched[] => {
  const seen = [nothingWatched];
  for (const accuracy of accuracies) seen.push(afterEpoch(schedule, seen.at(-1)!, accuracy));
  return seen;
};

describe('a plateau', () => {
  it.each(fixture.plateaus)(
    'of patience $patience has the rates of PyTorch with a patience of one less',
    ({ patience, factor, accuracies, rates }) => {
      const schedule = plateau({ patience, factor });
      const seen = watching(
        schedule,
        accuracies.map((a) => a ?? NaN),
      );
      decoded(rates).forEach((rate, epoch) => {
        const found = rateAt(schedule, fixture.base, at(0, { watched: seen[epoch]! }));
        expect(Math.abs(found / rate - 1), `epoch ${epoch}`).toBeLessThan(1e-12);
      });
    },
  );

  it('ends when its drops are used up and it has waited once more', () => {
    const seen = watching(plateau({ patience: 2, drops: 2 }), [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
    expect(seen.map(({ drops }) => drops)).toEqual([0, 0, 0, 1, 1, 2, 2, 2]);
    expect(seen.map(({ over }) => over)).toEqual([...Array<boolean>(7).fill(false), true]);
  });

  it('without drops ends after its patience', () => {
    const seen = watching(plateau({ patience: 2, drops: 0 }), [0.5, 0.4, 0.3]);
    expect(seen.map(({ over }) => over)).toEqual([false, false, false, true]);
  });

  it('counts from the start again when it becomes better, by more than 1e-4 of the best', () => {
    const waits = (accuracies: readonly number[]): readonly number[] =>
      watching(plateau({ patience: 9 }), accuracies).map(({ waited }) => waited);
    expect(waits([0.5, 0.5, 0.6])).toEqual([0, 0, 1, 0]);
    expect(waits([0.5, 0.500049])).toEqual([0, 0, 1]);
    expect(waits([0.5, 0.500051])).toEqual([0, 0, 0]);
    expect(waits([0, 0, 1e-9])).toEqual([0, 0, 1, 0]);
  });

  it('goes on from what was written down as JSON', () => {
    const schedule = plateau({ patience: 2, drops: 1 });
    const accuracies = [NaN, 0.3, 0.2, 0.2, 0.4, 0.1, 0.1];
    const whole = watching(schedule, accuracies).at(-1);
    for (let cut = 0; cut <= accuracies.length; cut++) {
      const kept: Watched = JSON.parse(
        JSON.stringify(watching(schedule, accuracies.slice(0, cut)).at(-1)),
      );
      const rest = accuracies.slice(cut).reduce((w, a) => afterEpoch(schedule, w, a), kept);
      expect(rest).toEqual(whole);
    }
    expect(whole?.over).toBe(true);
  });

  it('is nothing that other schedules watch', () => {
    const constant: Schedule = { warmup: 0, shape: { tag: 'constant' } };
    expect(watching(constant, [0.5, 0.4]).at(-1)).toEqual(nothingWatched);
  });
});

describe('the rate', () => {
  const cosine = (warmup: number): Schedule => ({ warmup, shape: { tag: 'cosine' } });

  it('rises in a warm-up from a tenth, and reaches all of it', () => {
    const rates = Array.from({ length: 7 }, (_, step) => rateAt(cosine(2), 1, at(step)));
    expect(rates[0]).toBe(0.1);
    expect(rates[6]).toBe(1);
    expect(rates.slice(1).every((rate, i) => rate > rates[i]!)).toBe(true);
  });

  it('warms up while other changes happen', () => {
    const schedule: Schedule = { warmup: 2, shape: { tag: 'step', at: [1], factor: 0.5 } };
    expect(rateAt(schedule, 1, at(3))).toBeCloseTo(0.55 * 0.5, 15);
  });

  it('is near 0 at the end of a cosine, and stays 0 in a run that goes on', () => {
    const last = fixture.epochs * fixture.stepsPerEpoch;
    expect(rateAt(cosine(0), 1, at(last - 1))).toBeLessThan(0.01);
    expect(rateAt(cosine(0), 1, at(last + 5))).toBe(0);
  });

  it('is defined where all epochs warm up', () => {
    const all = fixture.epochs;
    const rates = [0, 35, 36, 40].map((step) => rateAt(cosine(all), 1, at(step)));
    expect(rates.every((rate) => rate >= 0.1 && rate <= 1)).toBe(true);
    expect(rateAt(cosine(0), 1, at(0, { epochs: 0 }))).toBe(1);
  });
});
