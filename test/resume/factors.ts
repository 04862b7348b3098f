/** What trainings are made of here, by factors; rows that have every pair of choices of two factors. */
import { below, words, type Draw } from '../../src/numeric/random.ts';

/** The choices of each factor, as clauses of a recipe; of `net`, the name of a net; of `workers`, a number. */
export const factors = {
  data: ['shapes', 'folder', 'mnist', 'cifar', 'arrays', 'tar'],
  net: ['Plain', 'Normed', 'Dropped', 'Both', 'Sided'],
  augment: ['none', 'crop(12, pad = 1); flip', 'rescale(12..15); crop-12', 'rgb_shift-0.1'],
  optimizer: [
    'sgd(rate = 0.05, momentum = 0.9)',
    'sgd(rate = 0.05, momentum = 0.8, nesterov = true, weight_decay = 1e-3)',
    'adam(rate = 3e-3, weight_decay = 1e-3)',
    'adamw(rate = 3e-3, weight_decay = 1e-2, decay = all)',
  ],
  schedule: [
    'constant',
    'step(at = [1, 2], factor = 0.5)',
    'cosine; warmup(1)',
    'step(every = 1, factor = 0.7); warmup(2)',
    'plateau(factor = 0.5, patience = 0, drops = 1)',
  ],
  accumulate: ['1', '2'],
  more: ['', 'clip 0.5', 'init xavier(distribution = uniform)', 'input rgb(scale = 1.0/255)'],
  smoothing: ['0', '0.1'],
  workers: ['0', '2'],
} as const;

export type Factor = keyof typeof factors;
export const names = Object.keys(factors) as readonly Factor[];

/** One choice of each factor. */
export type Choices = { readonly [F in Factor]: (typeof factors)[F][number] };

/** Arrays are not pictures, so their colours and sizes stay. */
const isSound = ({ data, augment }: Choices): boolean =>
  data !== 'arrays' || !/rescale|rgb_shift/.test(augment);

/** Pairs in a row: `net=Plain accumulate=2`. */
export const pairsIn = (row: Choices): readonly string[] =>
  names.flatMap((a, i) => names.slice(i + 1).map((b) => `${a}=${row[a]} ${b}=${row[b]}`));

/** Every pair that a sound row can have. */
export const allPairs = (): ReadonlySet<string> => {
  const pairs = new Set<string>();
  for (const [i, a] of names.entries())
    for (const b of names.slice(i + 1))
      for (const x of factors[a])
        for (const y of factors[b]) {
          const some = { ...anyRow(zero), [a]: x, [b]: y } as Choices;
          if (isSound(some)) pairs.add(`${a}=${x} ${b}=${y}`);
        }
  return pairs;
};

const zero: Draw = () => 0;

// a choice is taken of each factor
const anyRow = (draw: Draw): Choices =>
  Object.fromEntries(
    names.map((name) => [
      name,
      factors[name][draw === zero ? 0 : below(draw, factors[name].length)],
    ]),
  ) as Choices;
/** Rows that have every pair: each is, of some that are drawn, the one with most pairs that none before has. */
export const covering = (seed: number): readonly Choices[] => {
  const draw = words({ seed, purpose: 'matrix', epoch: 0, index: 0 });
  const left = new Set(allPairs());
  const rows: Choices[] = [];
  while (left.size > 0) {
    const count = (row: Choices): number => pairsIn(row).filter((pair) => left.has(pair)).length;
    const [wanted = ''] = left;
    const fixed = Object.fromEntries(
      names.flatMap((name) => {
        const found = factors[name].find((x) => wanted.split(/ (?=\w+=)/).includes(`${name}=${x}`));
        return found === undefined ? [] : [[name, found]];
      }),
    );
    let best: Choices | undefined;
    for (let i = 0; i < 200; i++) {
      const row = { ...anyRow(draw), ...fixed };
      if (isSound(row) && (best === undefined || count(row) > count(best))) best = row;
    }
    rows.push(best!);
    pairsIn(best!).forEach((pair) => left.delete(pair));
  }
  return rows;
};

/** A few of these rows that have every choice: each is the one with most that none before has. */
export const everyChoice = (rows: readonly Choices[]): readonly Choices[] => {
  const seen = new Set<string>();
  const unseen = (row: Choices): readonly string[] =>
    names.map((name) => `${name}=${row[name]}`).filter((choice) => !seen.has(choice));
  const few: Choices[] = [];
  for (;;) {
    const next = rows.toSorted((a, b) => unseen(b).length - unseen(a).length)[0];
    if (next === undefined || unseen(next).length === 0) return few;
    few.push(next);
    unseen(next).forEach((choice) => seen.add(choice));
  }
};
