/** Laws over the table of clauses: what is written is read as the same, and every example is fine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { resultOf } from '../../src/diagnostic/checked.ts';
import { uniform, words } from '../../src/numeric/random.ts';
import { clauses, measureClauses } from '../../src/protocol/clauses.ts';
import { allClauses } from '../../src/protocol/document.ts';
import type { Choose } from '../../src/protocol/form.ts';
import { frameOf } from '../../src/protocol/frame.ts';
import type { Table } from '../../src/protocol/said.ts';
import { linesOf, showProtocols, showRecipe } from '../../src/protocol/write.ts';
import { analysed, main, rendered, type Texts } from '../typecheck/program.ts';
import { clausesIn } from './programs.ts';

const deep = process.env['NETC_DEEP'] !== undefined;

const choosing = (seed: number): Choose => {
  const draw = words({ seed, purpose: 'recipes', epoch: 0, index: 0 });
  return (from) => from[Math.floor(uniform(draw) * from.length)]!;
};

/** A value for each clause, made up by its row; arguments that do not go together are drawn again. */
const sampled = <T>(table: Table<T>, choose: Choose): T => {
  const keys = Object.keys(table) as (keyof T)[];
  const one = <W extends keyof T>(word: W): T[W] => {
    for (let i = 0; i < 100; i++) {
      const value = table[word].sample(choose);
      if (value !== undefined) return value;
    }
    throw new Error(`${String(word)} makes up nothing`);
  };
  return Object.fromEntries(keys.map((word) => [word, one(word)])) as T;
};

const goesRound = <T>(tag: 'train' | 'eval', table: Table<T>, seed: number): void => {
  const values = sampled(table, choosing(seed));
  for (const isBrief of [false, true])
    isReadAs(tag, table, values, linesOf(table, values, isBrief).join('\n'));
};

const isReadAs = <T>(tag: 'train' | 'eval', table: Table<T>, values: T, body: string): void => {
  const { clauses: read, found } = clausesIn(tag, table, body);
  expect(found, body).toEqual([]);
  for (const word of Object.keys(table) as (keyof T & string)[]) {
    const there = read[word];
    const value = there === undefined || there === 'faulty' ? there : there.value;
    // a list without numbers is said by leaving it out
    expect(value, `${word}\n${body}`).toEqual(
      table[word].write(values[word]) === undefined ? undefined : values[word],
    );
  }
};

describe('random clauses are written and read as the same', () => {
  const seeds = Array.from({ length: deep ? 5_000 : 300 }, (_, seed) => seed);
  test('of trainings', () => seeds.forEach((seed) => goesRound('train', clauses, seed)));
  test('of evaluations', () => seeds.forEach((seed) => goesRound('eval', measureClauses, seed)));

  test('briefly without arguments that are defaults', () => {
    const { optimizer } = clauses;
    const usual = { momentum: 0, nesterov: false, weightDecay: 0, decay: 'kernels' } as const;
    expect(optimizer.write({ tag: 'sgd', rate: 0.1, ...usual }, true)).toBe('sgd(rate = 0.1)');
    expect(optimizer.write({ tag: 'sgd', rate: 1e-3, ...usual }, true)).toBe('sgd');
  });

  test('with each form, and each parameter at its default and at another value', () => {
    const seen = new Set<string>();
    for (const seed of seeds) {
      const body = linesOf(clauses, sampled(clauses, choosing(seed))).join('\n');
      for (const { word, row } of allClauses)
        for (const form of row.forms)
          for (const p of form.params)
            for (const [, text] of body.matchAll(
              new RegExp(
                `^ +${word} .*\\b${form.name}\\b[^;\\n]*\\b${p.name} = ([^,;\\n)]*)`,
                'gm',
              ),
            ))
              seen.add(`${word} ${form.name} ${p.name} ${text === p.fallback?.text}`);
    }
    const expected = allClauses.flatMap(({ of, word, row }) =>
      of === 'eval'
        ? []
        : row.forms.flatMap((form) =>
            form.params.flatMap((p) => [
              `${word} ${form.name} ${p.name} false`,
              ...(p.fallback?.text === undefined ? [] : [`${word} ${form.name} ${p.name} true`]),
            ]),
          ),
    );
    expect(expected.filter((one) => !seen.has(one))).toEqual([]);
  });
});

describe('a default', () => {
  test.each(Object.entries(clauses))('of `%s` is read as it is written', (word, row) => {
    const table = { [word]: row } as Table<{ [word: string]: unknown }>;
    const value: unknown = row.fallback?.({});
    const text = value === undefined ? undefined : table[word]!.write(value);
    if (text === undefined) return;
    const read = clausesIn('train', table, `${word} ${text}`).clauses[word];
    expect(read === undefined || read === 'faulty' ? read : read.value).toEqual(value);
  });
});

describe('an example', () => {
  const rows = allClauses.flatMap(({ of, word, row }) => [
    [of, word, row.example] as const,
    ...row.forms.map((form) => [of, word, form.example] as const),
  ]);
  const readOf = (of: 'train' | 'eval', body: string) => {
    const { clauses: read, found } =
      of === 'train' ? clausesIn(of, clauses, body) : clausesIn(of, measureClauses, body);
    expect(found).toEqual([]);
    expect(Object.values(read)).toHaveLength(1);
    const [value] = Object.values(read);
    return value === 'faulty' ? value : value?.value;
  };
  // the parser knows which clause takes several numbers, and does not know the clauses
  test.each(rows)('%s: %s %s, also without space behind its commas', (of, word, example) => {
    const value = readOf(of, `${word} ${example}`);
    expect(readOf(of, `${word} ${example.replaceAll(', ', ',')}`)).toEqual(value);
  });
});

describe('what is dumped', () => {
  const example = (name: string): string =>
    readFileSync(join(import.meta.dirname, '../../examples', name), 'utf8');
  const files = (text: string): Texts =>
    new Map([[main, text], ...['vgg.net', 'googlenet.net'].map((n) => [n, example(n)] as const)]);
  const protocolsOf = (text: string) => {
    const program = resultOf(analysed(files(text)))!;
    expect(rendered(files(text))).toBe('');
    return program;
  };

  test('is read as the same: the protocol of the paper', () => {
    const source = example('vgg-protocol.net');
    const { trainings, evaluations } = protocolsOf(source);
    expect([trainings.length, evaluations.length]).toEqual([12, 30]);
    const head = source.slice(0, source.indexOf('-- Section 3.1'));
    const again = protocolsOf(`${head}${showProtocols(trainings, evaluations)}`);
    expect(again.trainings.map((t) => [t.name, t.recipe])).toEqual(
      trainings.map((t) => [t.name, t.recipe]),
    );
    expect(showProtocols(again.trainings, again.evaluations)).toBe(
      showProtocols(trainings, evaluations),
    );
  });

  test('has every default', () => {
    const [training] = protocolsOf(
      'net N : [32, 32, 3] -> [4] { gap; fc-4; softmax }\ntrain n : N { data shapes }\n',
    ).trainings;
    expect(showRecipe(training!.recipe)).toMatchInlineSnapshot(`
      "  data       shapes(size = 32, classes = 4, images = 2000, validation = 500, clutter = 0)
        input      rgb(mean = data, std = data, scale = 1)
        augment    none
        loss       cross_entropy(smoothing = 0)
        optimizer  adam(rate = 0.001, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0, decay = kernels)
        schedule   constant; warmup(epochs = 0)
        batch      32
        accumulate 1
        epochs     10
        clip       none
        init       kaiming(distribution = normal)
        seed       0"
    `);
    expect(frameOf(training!.net, training!.recipe.data, [])).toEqual({ h: 32, w: 32 });
  });
});

it('reads the paper notation of the sketches', () => {
  const { clauses: read, found } = clausesIn(
    'train',
    clauses,
    'augment rescale(256..512); crop-224; flip; rgb_shift-0.1',
  );
  expect(found).toEqual([]);
  expect(read.augment === 'faulty' ? undefined : read.augment?.value).toEqual([
    { tag: 'rescale', from: 256, to: 512 },
    { tag: 'crop', size: { h: 224, w: 224 }, pad: 0 },
    { tag: 'flip' },
    { tag: 'rgb_shift', deviation: 0.1 },
  ]);
});
