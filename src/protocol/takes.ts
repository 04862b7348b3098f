/** What an argument of a form may be: how it is read from a value, written back, and named in messages. */
import * as E from 'fp-ts/lib/Either.js';
import { LARGEST } from '../ops/parts/declare.ts';
import type { Extent } from '../ops/params.ts';
import type { Value } from '../typecheck/expr/values.ts';
import type { PerChannel, Validation } from './recipe.ts';

/** Why a value is not taken: it is of another kind, or of the right kind and outside of the bounds. */
type Refusal = 'kind' | 'bounds' | { readonly says: string; readonly better: string };

/** What a parameter takes. `write` gives text that is read as the same value. */
export type Takes<A> = {
  /** in words that follow `must be` */
  readonly is: string;
  /** what the numbers must be, in the same words */
  readonly bounds?: string;
  /** words that mean something here, whatever they mean outside */
  readonly words?: readonly string[];
  /** whether it takes a path, which is often written without quotes */
  readonly isPath?: true;
  /** whether a quotient of integers must not be rounded */
  readonly real?: true;
  readonly read: (value: Value) => E.Either<Refusal, A>;
  /** undefined for what is said by leaving it out */
  readonly write: (value: A) => string | undefined;
  /** some that are taken, with the ends of what is */
  readonly samples: readonly A[];
};

const refused = E.left;

/** The bounds of a number; an open end is not allowed itself. */
type Bounds = {
  readonly from: number;
  readonly to: number;
  readonly open?: 'from' | 'to' | 'both';
};

const isInside = ({ from, to, open }: Bounds, n: number): boolean =>
  n >= from &&
  n <= to &&
  !(n === from && (open === 'from' || open === 'both')) &&
  !(n === to && (open === 'to' || open === 'both'));

const showBounds = ({ from, to, open }: Bounds): string => {
  const low = open === 'from' || open === 'both' ? `more than ${from}` : `at least ${from}`;
  const high = open === 'to' || open === 'both' ? `less than ${to}` : `at most ${to}`;
  if (to === LARGEST || to === Infinity) return low;
  return `${low} and ${high}`;
};

const showNumber = (n: number): string => String(n).replace('e+', 'e');

/** A whole number. */
export const integer = (from: number, to = LARGEST): Takes<number> => {
  const bounds = { from, to };
  return {
    is: 'an integer',
    bounds: showBounds(bounds),
    read: (v) => {
      if (v.tag !== 'number' || !v.integer) return refused('kind');
      return isInside(bounds, v.value) ? E.right(v.value) : refused('bounds');
    },
    write: showNumber,
    samples: [from, from + 1, Math.min(to, from + 37), to],
  };
};

/** A number, perhaps with a fraction. */
const real = (bounds: Bounds): Takes<number> => ({
  is: 'a number',
  bounds: showBounds(bounds),
  real: true,
  read: (v) => {
    if (v.tag !== 'number') return refused('kind');
    return isInside(bounds, v.value) ? E.right(v.value) : refused('bounds');
  },
  write: showNumber,
  samples: [bounds.from, 1e-8, 5e-4, 0.1, 1 / 3, 0.999, 1, 2.5, 1e6, 3e21, bounds.to].filter(
    (n) => Number.isFinite(n) && isInside(bounds, n),
  ),
});

/** More than 0. */
export const positive = real({ from: 0, to: Infinity, open: 'from' });
/** 0 or more. */
export const notNegative = real({ from: 0, to: Infinity });
/** From 0 on and less than 1. */
export const share = real({ from: 0, to: 1, open: 'to' });
/** From 0 to 1, which are allowed. */
export const upToOne = real({ from: 0, to: 1 });
/** Between 0 and 1, which are not allowed. */
export const fraction = real({ from: 0, to: 1, open: 'both' });

/** `true` or `false`. */
export const flag: Takes<boolean> = {
  is: '`true` or `false`',
  read: (v) => (v.tag === 'flag' ? E.right(v.value) : refused('kind')),
  write: String,
  samples: [false, true],
};

/** A path. */
export const path: Takes<string> = {
  is: 'a path in quotes',
  isPath: true,
  bounds: 'at least one letter long',
  read: (v) => {
    if (v.tag !== 'string') return refused('kind');
    return v.value === '' ? refused('bounds') : E.right(v.value);
  },
  write: (text) => JSON.stringify(text),
  samples: ['data/pictures', 'data/a "quoted" name', 'data/train-{000..009}.tar'],
};

const oneOf = (words: readonly string[]): string => words.map((w) => `\`${w}\``).join(' or ');

/** One of some words. */
export const word = <W extends string>(...words: readonly [W, ...W[]]): Takes<W> => ({
  is: oneOf(words),
  words,
  read: (v) => {
    const found = v.tag === 'builtin' ? words.find((w) => w === v.name) : undefined;
    return found === undefined ? refused('kind') : E.right(found);
  },
  write: (w) => w,
  samples: words,
});

/** The same, for a parameter that may be left out. */
export const optional = <A>(takes: Takes<A>): Takes<A | undefined> => ({
  ...takes,
  read: takes.read,
  write: (a) => (a === undefined ? undefined : takes.write(a)),
  samples: [undefined, ...takes.samples],
});

/** The same, or the word `none`, which is undefined. */
export const orNone = <A>(takes: Takes<A>): Takes<A | undefined> => ({
  ...optional(takes),
  is: `${takes.is} or \`none\``,
  words: ['none'],
  read: (v) => (v.tag === 'builtin' && v.name === 'none' ? E.right(undefined) : takes.read(v)),
  write: (a) => (a === undefined ? 'none' : takes.write(a)),
});

/** `h x w`, or one number for both. */
export const extent: Takes<Extent> = {
  is: 'an integer or a size `h x w`',
  bounds: 'at least 1',
  read: (v) => {
    const size =
      v.tag === 'extent'
        ? { h: v.h, w: v.w }
        : v.tag === 'number' && v.integer
          ? { h: v.value, w: v.value }
          : undefined;
    if (size === undefined) return refused('kind');
    return size.h >= 1 && size.w >= 1 ? E.right(size) : refused('bounds');
  },
  write: ({ h, w }) => (h === w ? String(h) : `${h}x${w}`),
  samples: [
    { h: 1, w: 1 },
    { h: 224, w: 224 },
    { h: 192, w: 256 },
  ],
};

/** From a to b, both included. */
export type Between = { readonly from: number; readonly to: number };

/** A number of pixels, or a range `a..b` of which one is drawn. */
/** A square picture of this side has as many pixels as a picture may have. */
const mostPixels = 8192;

export const pixels: Takes<Between> = {
  is: 'an integer or a range `a..b` of integers',
  bounds: 'from 1 to 8192, from the smaller to the larger',
  read: (v) => {
    const range =
      v.tag === 'range' && Number.isInteger(v.from) && Number.isInteger(v.to)
        ? { from: v.from, to: v.to }
        : v.tag === 'number' && v.integer
          ? { from: v.value, to: v.value }
          : undefined;
    if (range === undefined) return refused('kind');
    if (range.from > range.to)
      return refused({ says: 'runs backwards', better: `${range.to}..${range.from}` });
    return range.from >= 1 && range.to <= mostPixels ? E.right(range) : refused('bounds');
  },
  write: ({ from, to }) => (from === to ? String(from) : `${from}..${to}`),
  samples: [
    { from: 256, to: 256 },
    { from: 256, to: 512 },
    { from: 1, to: 2 },
  ],
};

const numbersIn = (v: Value): readonly number[] | undefined => {
  if (v.tag !== 'list') return undefined;
  const numbers = v.items.flatMap((item) => (item.tag === 'number' ? [item.value] : []));
  return numbers.length === v.items.length ? numbers : undefined;
};

/** Increasing whole numbers, each from 1 on; one may stand alone. */
export const epochs: Takes<readonly number[]> = {
  is: 'a list of integers',
  bounds: 'increasing, from 1 on',
  read: (v) => {
    const numbers = v.tag === 'number' ? [v.value] : numbersIn(v);
    if (numbers === undefined || !numbers.every(Number.isInteger)) return refused('kind');
    const isIncreasing = numbers.every((n, i) => n > (numbers[i - 1] ?? 0));
    return isIncreasing && numbers.length > 0 ? E.right(numbers) : refused('bounds');
  },
  write: (numbers) => `[${numbers.join(', ')}]`,
  samples: [[30], [30, 60, 90]],
};

/**
 * Numbers for the channels: a list, one for all of them, or `data`. The usual number, which changes nothing, is an
 * empty list.
 */
export const perChannel = (usual: 0 | 1): Takes<PerChannel> => {
  const isTaken = (n: number): boolean => usual === 0 || n > 0;
  return {
    is: 'a number, a list of them, or `data`',
    ...(usual === 1 ? { bounds: 'more than 0' } : {}),
    words: ['data'],
    real: true,
    read: (v) => {
      if (v.tag === 'builtin' && v.name === 'data') return E.right('data');
      const numbers = v.tag === 'number' ? [v.value] : numbersIn(v);
      if (numbers === undefined || numbers.length === 0) return refused('kind');
      if (!numbers.every(isTaken)) return refused('bounds');
      return E.right(numbers.length === 1 && numbers[0] === usual ? [] : numbers);
    },
    write: (numbers) => {
      if (numbers === 'data') return 'data';
      if (numbers.length === 0) return String(usual);
      return `[${numbers.map(showNumber).join(', ')}]`;
    },
    samples: ['data', [], [0.25], [123.68, 116.779, 103.939]],
  };
};

/** Pictures that are kept apart: a path, a share between 0 and 1, or the word `none`, and for some sets `usual`. */
export const validation = (usual?: 'usual'): Takes<Validation | undefined> => {
  const words = usual === undefined ? ['none'] : ['usual', 'none'];
  return {
    is: `a path in quotes, a number more than 0 and less than 1, or ${oneOf(words)}`,
    isPath: true,
    bounds: 'more than 0 and less than 1',
    words,
    real: true,
    read: (v) => {
      if (v.tag === 'builtin' && v.name === 'none') return E.right(undefined);
      if (v.tag === 'builtin' && v.name === usual) return E.right({ tag: 'usual' });
      if (v.tag === 'string' && v.value !== '') return E.right({ tag: 'path', path: v.value });
      if (v.tag !== 'number') return refused('kind');
      if (v.value > 0 && v.value < 1) return E.right({ tag: 'share', share: v.value });
      return v.value > 1 && v.value < 100
        ? refused({ says: 'a share of all, and not per cent', better: String(v.value / 100) })
        : refused('bounds');
    },
    write: (kept) => {
      if (kept === undefined) return 'none';
      if (kept.tag === 'usual') return 'usual';
      return kept.tag === 'path' ? JSON.stringify(kept.path) : showNumber(kept.share);
    },
    samples: [
      undefined,
      { tag: 'path', path: 'data/val' },
      { tag: 'share', share: 0.1 },
      ...(usual === undefined ? [] : [{ tag: 'usual' } as const]),
    ],
  };
};
