/** The report of a run. `NETC_UPDATE=1` writes the golden page; look at it in a browser. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Entry, Figures } from '../../src/runtime/runs/log.ts';
import type { Story } from '../../src/runtime/runs/story.ts';
import { chartSvg, smoothed, thinned, ticks, type Point } from '../../src/report/run/chart.ts';
import { confusionHtml } from '../../src/report/run/confusion.ts';
import { reportHtml } from '../../src/report/run/page.ts';
import { expectGolden } from '../golden.ts';
import { describing } from '../runtime/runs/made.ts';

const entry = (event: 'step' | 'epoch', step: number, figures: Figures): Entry => ({
  ...{ event, step, epoch: Math.ceil(step / 4), seconds: step / 10, figures },
});

const story = (changes: Partial<Story> = {}): Story => ({
  evaluations: [],
  run: {
    folder: 'runs/first-1',
    record: {
      ...{ id: '0123456789abcdef', run: 'first-1', net: 'N', data: 'shapes(size = 8)' },
      ...{ dataDigest: 'd1', classes: ['circle', '<b>square</b>'], seed: 7, epochs: 2 },
      ...{
        input: { order: 'rgb', scale: 1, mean: [], std: [] },
        measured: undefined,
        start: undefined,
      },
      ...{ engine: 'wasm', device: '1 thread', versions: { netc: '0.1.0' } },
      options: describing().facts.options,
      ...{ command: 'netc train first.net', started: '2026-01-02T03:04:05.000Z' },
      ...{ sources: ['first.net'], sourceDigest: 's1', recipeDigest: 'r1' },
    },
    state: {
      ...{ state: 'stopped', reason: undefined, step: 8, epoch: 2, epochs: 3 },
      ...{ best: { metric: 'validation_top1', value: 0.875, epoch: 2 }, seconds: 65 },
    },
    holder: undefined,
  },
  entries: [
    { event: 'began', step: 0, epoch: 0, seconds: 0, at: '2026-01-02T03:04:05.000Z' },
    ...[2.5, 2, NaN, 1, 0.5].map((loss, i) =>
      entry('step', i + 1, { loss, top1: i / 8, rate: 0.1 }),
    ),
    entry('epoch', 4, { loss: 2, top1: 0.25, validation_loss: 1.5, validation_top1: 0.5 }),
    entry('epoch', 8, { loss: 1, top1: 0.5, validation_loss: 1.25, validation_top1: 0.875 }),
    { event: 'ended', step: 8, epoch: 2, seconds: 65, state: 'stopped' },
  ],
  findings: {
    epoch: 2,
    confusion: [
      [6, 2],
      [0, 8],
    ],
    worst: [
      { name: 'val/"a".png', label: 0, guess: 1, probability: 0.01, png: 'iVBORw0KGgo=' },
      { name: 'val/b.png', label: 1, guess: 1, probability: 0.6, png: '"><script>' },
    ],
  },
  sources: [{ path: 'first.net', text: 'net N : [8, 8, 3] -> [2] { conv3-4 }\n' }],
  configuration: 'train first : N { batch 16 }\n',
  plan: 'peak 1 MiB\n',
  memory: {
    live: [4096, 8192, 9216, 2048],
    layers: ['N/conv1', 'N/<b>', 'N/fc1', 'N'],
    peak: 2,
    held: [
      { layer: 'N/<b>', bytes: 8192 },
      { layer: 'input', bytes: 1024 },
    ],
    weights: 512,
  },
  ...changes,
});

describe('the report of a run', () => {
  it('is this page', () => {
    expectGolden(join(import.meta.dirname, 'run-page.html'), reportHtml(story()));
  });

  it('needs nothing but itself, and what others wrote stays text', () => {
    const page = reportHtml(story());
    expect(page).not.toMatch(/https?:|<script|<link|@import|url\(/);
    expect([...page.matchAll(/src="([^"]*)"/g)].map(([, src]) => src)).toEqual([
      'data:image/png;base64,iVBORw0KGgo=',
    ]);
    expect(page).not.toContain('<b>square</b>');
    expect(page).toContain('&lt;b&gt;square&lt;/b&gt;');
  });

  it('says where weights were taken from, and for which layers', () => {
    const { run } = story();
    const start = {
      file: 'a.safetensors',
      digest: 'd1',
      taken: ['conv1', 'fc1'],
      drawn: ['conv2'],
    };
    const page = reportHtml(story({ run: { ...run, record: { ...run.record, start } } }));
    expect(page).toContain('<code>a.safetensors, d1</code>');
    expect(page).toContain('<code>conv1 fc1</code>');
    expect(reportHtml(story())).not.toContain('begins with');
  });

  it('is there before anything was measured', () => {
    const { run } = story();
    const state = { ...run.state, state: 'running', step: 0, epoch: 0, best: undefined } as const;
    const page = reportHtml(
      story({
        run: { ...run, state },
        entries: [],
        findings: undefined,
        plan: '',
        memory: undefined,
      }),
    );
    expect(page.match(/nothing was measured yet/g)).toHaveLength(3);
    expect(page).toContain('state-killed');
    expect(page).not.toMatch(/Confusion|Worst|Memory|best/);
  });
});

describe('a chart', () => {
  const drawn = (points: readonly Point[]): string =>
    chartSvg({
      title: 'loss',
      curves: [{ name: 'loss', kind: 'training', points, marked: false }],
      show: String,
    });

  it('has a gap where a value is not finite', () => {
    const path = /curve-training" d="([^"]*)"/.exec(
      drawn([
        ...([
          [1, 4],
          [2, 3],
          [3, NaN],
          [4, Infinity],
          [5, 1],
          [6, 0],
        ] as const),
      ]),
    )?.[1];
    expect(path?.match(/[ML]/g)?.join('')).toBe('MLML');
  });

  it.each([
    [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0, 2.31, [0, 0.5, 1, 1.5, 2]],
    [-3, 7, [-2, 0, 2, 4, 6]],
    [0, 720, [0, 200, 400, 600]],
    [1e-5, 9e-5, [2e-5, 4e-5, 6e-5, 8e-5]],
    [5, 5, [5]],
  ])('from %d to %d has round numbers', (low, high, expected) => {
    expect(ticks(low, high)).toEqual(expected);
  });

  it('of one value is in the middle', () => {
    expect(drawn([[3, 2]])).toContain('d="M388 ');
  });
});

describe('many points', () => {
  const line = Array.from({ length: 1000 }, (_, i): Point => [i, 2 * i]);

  it('are so few as can be told apart, and on the same line', () => {
    const few = thinned(line, 40);
    expect(few).toHaveLength(40);
    expect(few.every(([x, y]) => Math.abs(y - 2 * x) < 1e-9)).toBe(true);
    expect(thinned(line, 1000)).toBe(line);
  });

  it('are smoothed without a lag', () => {
    expect(smoothed(line, 10)).toEqual(line);
    expect(
      smoothed(
        [
          [0, 1],
          [1, NaN],
          [2, 3],
          [3, 5],
          [4, 4],
        ],
        1,
      ).map(([, y]) => y),
    ).toEqual([...[1, NaN, 4, 4, 4]]);
  });
});

it('tells the mistakes of many classes in words', () => {
  const classes = Array.from({ length: 30 }, (_, i) => `class-${i}`);
  const confusion = classes.map((_, i) =>
    classes.map((_, j) => (i === j ? 9 : i === 3 && j === 5 ? 3 : 0)),
  );
  const html = confusionHtml(confusion, classes);
  expect(html).toContain('<td class="text">class-3</td><td class="text">class-5</td><td>3</td>');
  expect(html).toContain('among 30 classes');
  expect(html.match(/<tr>/g)).toHaveLength(2);
});
