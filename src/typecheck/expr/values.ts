/** What expressions mean before a tensor exists: numbers, truth values, sizes and layers. */
import type { FactName } from './fact-names.ts';
import type { Row } from '../../ops/table.ts';
import { showAxis, type Axis, type TensorType } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import type { Expr, Name, Definition, Protocol, Rewrite } from '../../syntax/tree.ts';
import { isPolynomial, showChannels, type Channels, type Polynomial } from '../../size/channels.ts';
import { showSizes, type Sizes } from '../../size/sizes.ts';

/** What can be called: a row of the operator table, or a definition with the scope around it. */
export type Callee =
  | { readonly tag: 'operator'; readonly row: Row }
  | { readonly tag: 'definition'; readonly definition: Definition; readonly scope: Scope };

/** What an expression means without an input. */
export type Value =
  /**
   * `dropped` is a division of integers that lost a remainder, with the real quotient that may have been meant, as in
   * `1/255`; a `ratio` is how a quotient of integers that is not rounded is written
   */
  | {
      readonly tag: 'number';
      readonly value: number;
      readonly integer: boolean;
      readonly dropped?: { readonly place: Span; readonly quotient: number };
      readonly ratio?: string;
    }
  /** a number that depends on parameters without a value, while a definition is tried */
  | { readonly tag: 'count'; readonly count: Polynomial }
  /** a height or width that depends on the image */
  | { readonly tag: 'pixels'; readonly axis: Axis }
  | { readonly tag: 'flag'; readonly value: boolean }
  | { readonly tag: 'string'; readonly value: string }
  | { readonly tag: 'extent'; readonly h: number; readonly w: number }
  | { readonly tag: 'range'; readonly from: number; readonly to: number }
  | { readonly tag: 'list'; readonly items: readonly Value[] }
  /** `half`, `valid`, … and the number functions; `floor` is both */
  | { readonly tag: 'builtin'; readonly name: string }
  | { readonly tag: 'callable'; readonly callee: Callee }
  /** an expression that becomes a layer where it is applied */
  | { readonly tag: 'layer'; readonly expr: Expr; readonly scope: Scope }
  /** `params`, `macs`, … in an assertion */
  | { readonly tag: 'fact'; readonly name: FactName }
  | { readonly tag: 'sizes'; readonly h: Sizes; readonly w: Sizes }
  | { readonly tag: 'rewrite'; readonly pass: Rewrite }
  /** what `train` and `eval` declare under one name, which may be that of one each */
  | { readonly tag: 'protocol'; readonly train?: Protocol; readonly eval?: Protocol }
  /** after a fault; it fits everywhere */
  | { readonly tag: 'unknown' };

/** The value after a fault, or of something not decided yet. */
export const unknown: Value = { tag: 'unknown' };
/** A number without a fraction. */
export const integer = (value: number): Value => ({ tag: 'number', value, integer: true });
/** A quotient of integers, not rounded: `1/2` is a half. A whole one is a ratio too: it is not `3/2` rounded down. */
export const ratio = ({
  over,
  under,
}: {
  readonly over: number;
  readonly under: number;
}): Value => {
  const value = over / under;
  const isWhole = over % under === 0;
  const text = isWhole ? String(value) : `${over}/${under}`;
  return { tag: 'number', value, integer: isWhole, ratio: text };
};
/** A number of channels as a value; unknown where it is. */
export const countValue = (c: Channels): Value =>
  isPolynomial(c) ? { tag: 'count', count: c } : c === 'unknown' ? unknown : integer(c);
/** A value as a number of channels; undefined for a value of another kind. */
export const countOfValue = (v: Value): Channels | undefined => {
  if (v.tag === 'count') return v.count;
  if (v.tag === 'unknown') return 'unknown';
  return v.tag === 'number' && v.integer ? v.value : undefined;
};
/** A truth value. */
export const flag = (value: boolean): Value => ({ tag: 'flag', value });

/** The kind of a value, with its article, for messages. */
export const kindName = (v: Value): string => {
  switch (v.tag) {
    case 'number':
      return v.integer ? 'an integer' : 'a real number';
    case 'count':
      return 'a number';
    case 'pixels':
      return 'a size of the image';
    case 'flag':
      return 'a truth value';
    case 'string':
      return 'a string';
    case 'extent':
      return 'a size';
    case 'range':
      return 'a range';
    case 'list':
      return 'a list';
    case 'builtin':
      return `the word \`${v.name}\``;
    case 'callable':
    case 'layer':
      return 'a layer';
    case 'fact':
      return 'a fact about a net';
    case 'sizes':
      return 'a set of sizes';
    case 'rewrite':
      return 'a rewrite pass';
    case 'protocol':
      return v.train === undefined ? 'an evaluation' : 'a training';
    case 'unknown':
      return 'unknown';
  }
};

/** What kind of thing a value is: as much of it as the meaning of `-`, `/`, `+` and `x` depends on. */
export type Kind =
  /** a number, known or not, or a size of the image */
  | 'number'
  | 'flag'
  | 'string'
  /** `3x5` */
  | 'size'
  | 'range'
  | 'list'
  /** `half`, or the name of a number function */
  | 'word'
  /** what can be applied, if need be with arguments */
  | 'layer'
  | 'fact'
  /** a set of sizes */
  | 'sizes'
  | 'rewrite'
  /** a training or an evaluation */
  | 'protocol'
  /** after a fault */
  | 'unknown';

/** The kind of a value. */
export const kindOfValue = ({ tag }: Value): Kind => {
  switch (tag) {
    case 'number':
    case 'count':
    case 'pixels':
      return 'number';
    case 'extent':
      return 'size';
    case 'builtin':
      return 'word';
    case 'callable':
      return 'layer';
    default:
      return tag;
  }
};

/** Whether it can stand where a layer is needed, if need be with arguments. */
export const isLayer = (v: Value): boolean => v.tag === 'layer' || v.tag === 'callable';

/** As it would be written, for messages; layers have no short form. */
export const showValue = (v: Value): string => {
  switch (v.tag) {
    case 'number':
      return v.ratio ?? String(v.value);
    case 'flag':
      return String(v.value);
    case 'count':
      return showChannels(v.count);
    case 'pixels':
      return showAxis(v.axis);
    case 'string':
      return JSON.stringify(v.value);
    case 'extent':
      return `${v.h}x${v.w}`;
    case 'range':
      return `${v.from}..${v.to}`;
    case 'list':
      return `[${v.items.map(showValue).join(', ')}]`;
    case 'builtin':
      return v.name;
    case 'sizes': {
      const h = showSizes(v.h);
      const w = showSizes(v.w);
      return h === w ? h : `${h} × ${w}`;
    }
    default:
      return kindName(v);
  }
};

/** A parameter of a callee. `fallback` is the default as written; empty for an optional parameter without one. */
export type ParameterInfo = { readonly name: string; readonly fallback: string | undefined };

/** An argument that has found its parameter. */
export type BoundArgument = {
  readonly parameter: string;
  readonly value: () => Value;
  readonly span: Span;
};

/** `f as a`: the key under which the typed program keeps the value, and its type. */
export type Remembered = { readonly key: number; readonly type: TensorType; readonly name: Name };

/** What a body remembers. A branch or a repetition has a frame of its own and sees those around it. */
export type Frame = {
  readonly id: number;
  /** made for the first value, because most bodies remember none */
  values: Map<string, Remembered> | undefined;
  /** what frames inside this one remember, and where */
  inside: Map<string, Span> | undefined;
  readonly parent: Frame | undefined;
};

/** One name. Its value is computed when it is first wanted, so the order of declarations is free. */
export type Entry = {
  readonly from: 'parameter' | 'size' | 'where' | 'declaration' | 'import' | 'std';
  readonly span?: Span; // where it is declared
  /** where a parameter got its value, to point at when the value is of the wrong kind */
  readonly given?: Span;
  /** the expression that it is the value of, which tells its kind before there is a value */
  readonly written?: { readonly expr: Expr; readonly scope: Scope };
  readonly value: () => Value;
};

/** The names that an expression sees; inner scopes hide what outer ones have. */
export type Scope = {
  /** identifies the visible names; scopes that differ only in frame and repetition share it */
  readonly id: number;
  readonly parent: Scope | undefined;
  readonly names: Map<string, Entry>;
  /** only for files and calls */
  readonly more: More | undefined;
  readonly frame: Frame;
  /** under a repetition labels are numbered, until the next folder of names */
  readonly repeated: boolean;
};

export type More = {
  /** names that two imports bring, with the files they come from */
  readonly ambiguous: Map<string, readonly string[]>;
  /** `std`, `r` of `import … as r`; undefined when that could not be loaded */
  readonly modules: Map<string, Scope | undefined>;
  /** the arguments behind `..p` */
  readonly rests: Map<string, readonly BoundArgument[]>;
  /** an import that could not be loaded may have brought any name */
  readonly open: { value: boolean };
};

/** What a word stands for where it is written. */
export type Meaning = {
  readonly value: Value;
  /** the word without module and size, as in the names of weights */
  readonly text: string;
  readonly entry: Entry | undefined;
  /** `3` of `conv3`, `1x7` of `conv1x7` */
  readonly size: { readonly value: Value; readonly span: Span } | undefined;
};
