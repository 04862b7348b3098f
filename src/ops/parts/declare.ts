/** Words for declaring the parameters of a row: `integer('groups', 'how many …', 1)`. */
import { allSides, square } from './args.ts';
import { paddings, type ArgValue, type Default, type ParamKind, type OpParam } from '../params.ts';

/** The largest dimension of a tensor, and so of any number that counts pixels or channels. */
export const LARGEST = 2 ** 31 - 1;

/** The most pixels that may be added or cut at a side. */
const WIDEST = 65_536;

const value = (v: ArgValue): Default => ({ tag: 'value', value: v });

const declare = (name: string, kind: ParamKind, doc: string, fallback?: Default): OpParam =>
  fallback === undefined ? { name, kind, doc } : { name, kind, doc, default: fallback };

const given = <A extends ArgValue>(
  v: A | undefined,
  as: (v: A) => ArgValue = (x) => x,
): Default | undefined => (v === undefined ? undefined : value(as(v)));

/** A whole number from 1 on; required unless it has a default. */
export const integer = (name: string, doc: string, fallback?: number): OpParam =>
  declare(name, { tag: 'integer', min: 1, max: LARGEST }, doc, given(fallback));

/** A number of channels, or of parts of them, from 1 on. */
export const count = (name: string, doc: string, fallback?: number): OpParam =>
  declare(name, { tag: 'integer', counts: true, min: 1, max: LARGEST }, doc, given(fallback));

/** An odd number from 1 on: what has a middle. */
export const oddInteger = (name: string, doc: string, fallback?: number): OpParam =>
  declare(name, { tag: 'integer', min: 1, max: LARGEST, odd: true }, doc, given(fallback));

/** A number of channels that may be left out. */
export const maybeCount = (name: string, doc: string): OpParam =>
  declare(name, { tag: 'integer', counts: true, min: 1, max: LARGEST }, doc, { tag: 'absent' });

/** A whole number from 1 on that may be left out. */
export const maybeInteger = (name: string, doc: string): OpParam =>
  declare(name, { tag: 'integer', min: 1, max: LARGEST }, doc, { tag: 'absent' });

/** A real number within bounds; without a default it is required. */
export const real = (
  name: string,
  doc: string,
  bounds: { readonly min: number; readonly max: number },
  fallback?: number,
): OpParam => declare(name, { tag: 'real', ...bounds }, doc, given(fallback));

/** `true` or `false`; never required. */
export const flag = (name: string, doc: string, fallback: boolean): OpParam =>
  declare(name, { tag: 'flag' }, doc, value(fallback));

/** `h x w`. The default is a number, another parameter's name, or none. */
export const extent = (name: string, doc: string, fallback?: number | string): OpParam =>
  declare(
    name,
    { tag: 'extent', min: 1, max: LARGEST },
    doc,
    typeof fallback === 'string' ? { tag: 'as', parameter: fallback } : given(fallback, square),
  );

/** One of the words in `paddings`, or sides. */
export const padding = (
  name: string,
  doc: string,
  fallback: (typeof paddings)[number] | number,
): OpParam =>
  declare(
    name,
    { tag: 'padding', words: paddings, min: 0, max: WIDEST },
    doc,
    value(typeof fallback === 'number' ? allSides(fallback) : fallback),
  );

/** Pixels for the four sides, one number for all of them; required. */
export const sides = (name: string, doc: string): OpParam =>
  declare(name, { tag: 'sides', min: 0, max: WIDEST }, doc);
/** `a..b`; required. */
export const range = (name: string, doc: string): OpParam => declare(name, { tag: 'range' }, doc);

/** One of `words`, the first of which is the default. */
export const word = (name: string, doc: string, ...words: readonly string[]): OpParam =>
  declare(name, { tag: 'word', words }, doc, value(words[0]));
