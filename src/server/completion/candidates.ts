/** Layers that type-check on what comes in, each with what it gives. */
import * as E from 'fp-ts/lib/Either.js';
import { showPaper } from '../../ops/paper.ts';
import type { Args, ArgValue, OpParam } from '../../ops/params.ts';
import { withDefaults } from '../../ops/parts/args.ts';
import { identity } from '../../ops/roles.ts';
import { table, type Row } from '../../ops/table.ts';
import {
  extentOf,
  isKnown,
  showAxis,
  showType,
  type MaybeAxis,
  type TensorType,
} from '../../ops/types.ts';
import { perObject } from '../../syntax/memo.ts';
import type { Declaration, Definition } from '../../syntax/tree.ts';
import type { View } from '../../workspace/workspace.ts';
import { written, type Ground } from '../ground.ts';
import { definitionOf, seenIn, type Declared } from '../meaning.ts';
import { usesOf } from '../uses.ts';

/** A layer that may stand here: how it is written, and what it gives, where that is known. */
export type Candidate = {
  readonly name: string;
  /** `conv3-64`; what may be written in place of its numbers is for the reader to choose */
  readonly call: string;
  readonly gives: string | undefined;
  readonly doc: string;
  readonly is: 'operator' | 'def' | 'net';
};

/** The window that most layers have, and a number of channels for those that get none. */
const SIZE = 3;
const CHANNELS = 64;

const channelsOf = (input: TensorType | undefined): number =>
  input !== undefined && input.tag !== 'unknown' && typeof input.c === 'number'
    ? input.c
    : CHANNELS;

/** A sensible value of a parameter that must be given. */
const valueOf = (row: Row, { name, kind }: OpParam, channels: number): ArgValue | undefined => {
  if (kind.tag === 'extent') return { h: SIZE, w: SIZE };
  if (kind.tag === 'integer' && kind.counts === true) return channels;
  return row.samples.map(({ args }) => args[name]).find((value) => value !== undefined);
};

const argsFor = (row: Row, channels: number): Args => {
  const required = row.params.filter((p) => p.default === undefined);
  const given = required.map((p) => [p.name, valueOf(row, p, channels)] as const);
  return withDefaults(row.params, Object.fromEntries(given));
};

const isPositive = (axis: MaybeAxis): boolean => {
  const extent = extentOf(axis);
  return extent === undefined || extent >= 1;
};

/** What an operator gives; undefined where it takes no such input. */
const outputOf = (row: Row, args: Args, input: TensorType): TensorType | undefined => {
  const typing = row.shape(args, [input]);
  if (E.isLeft(typing)) return undefined;
  const { type } = typing.right;
  return type.tag !== 'map' || (isPositive(type.h) && isPositive(type.w)) ? type : undefined;
};

/** Every operator that takes what comes in; all of them where that is not known. */
export const operatorsOn = (input: TensorType | undefined): readonly Candidate[] =>
  [...table.values()].flatMap((row) => {
    if (row.inputs.tag === 'join') return [];
    const args = argsFor(row, channelsOf(input));
    const isGiven = input !== undefined && isKnown(input);
    const output = isGiven ? outputOf(row, args, input) : undefined;
    if (isGiven && output === undefined) return [];
    const gives = output && showType(output);
    return [{ name: row.name, call: showPaper(row, args), gives, doc: row.doc, is: 'operator' }];
  });

// ------------------------------------------------------------------------------------------------- definitions

/** A type as a net may declare it: sizes that are not free, nor fixed, are free here. */
const declarable = (input: TensorType): string => {
  if (input.tag !== 'map') return showType(input);
  const axis = (a: MaybeAxis, name: string): string =>
    /^\w+$/.test(showAxis(a)) ? showAxis(a) : name;
  return `[${axis(input.h, 'h')}, ${axis(input.w, 'w')}, ${channelsOf(input)}]`;
};

/** Values for parameters without a default: numbers by their names, and then layers. */
const callsOf = (name: string, { parameters }: Definition, channels: number): readonly string[] => {
  const required = parameters.flatMap((p) =>
    p.tag === 'parameter' && p.default === undefined ? [p.name.text] : [],
  );
  const numbers = required.map((parameter) => {
    if (parameter === 'size') return String(SIZE);
    if (parameter === 'stride' || parameter === 'n') return '1';
    return parameter === 'classes' ? '10' : String(channels);
  });
  if (required.length === 0) return [name];
  const [only] = required;
  const short = required.length === 1 && only !== 'size' && only !== 'stride';
  const layers = required.map(() => identity.name);
  return [
    short ? `${name}-${numbers[0]!}` : `${name}(${numbers.join(', ')})`,
    `${name}(${layers.join(', ')})`,
  ];
};

/** The definitions and imports of a file, with the nets and passes that they speak of; another may be half written. */
const keptIn = ({ view, path }: Ground): readonly Declaration[] => {
  const all = view.program?.files.get(path)?.tree.declarations ?? [];
  const kept = new Set(all.filter(({ tag }) => tag === 'def' || tag === 'import'));
  // a set is walked to its end, which grows here
  for (const { span } of kept) {
    const { start, end } = view.locate(span);
    for (const { word, declared } of usesOf(view, path))
      if (word.start >= start && word.end <= end && declared?.node !== undefined)
        if (all.includes(declared.node)) kept.add(declared.node);
  }
  return all.filter((declaration) => kept.has(declaration));
};

const probeName = (i: number): string => `netc_probe_${i}`;

/** What calls give on an input: nets of one call each, behind the definitions of the file. */
const probe = (
  ground: Ground,
  input: string,
  calls: readonly string[],
): readonly (string | undefined)[] => {
  const texts = keptIn(ground).map(({ span }) => written(ground, span));
  const nets = calls.map((call, i) => `net ${probeName(i)} : ${input} -> _ = ${call}`);
  const whole = `${[...texts, ...nets].join('\n')}\n`;
  const view = ground.projects.trial(ground.document, ground.view, whole);
  const faulty = new Set(
    view.found
      .filter(({ severity }) => severity === 'error')
      .flatMap(({ primary, labels }) => [primary.span, ...labels.map(({ span }) => span)])
      .filter(({ path }) => path === ground.path)
      .map(({ start }) => /netc_probe_(\d+)/.exec(lineAround(whole, start))?.[1]),
  );
  return calls.map((_, i) => {
    const net = view.program?.nets.find(({ name }) => name === probeName(i));
    const isSound = net !== undefined && isKnown(net.output) && !faulty.has(String(i));
    return isSound ? showType(net.output) : undefined;
  });
};

const lineAround = (text: string, at: number): string => {
  const end = text.indexOf('\n', at);
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, end < 0 ? text.length : end);
};

type Named = { readonly name: string; readonly definition: Definition };

const known = perObject((_view: View) => new Map<string, readonly Candidate[]>());

/** The definitions of some names that take what comes in. */
export const definitionsOn = (
  ground: Ground,
  names: Iterable<readonly [string, Declared]>,
  input: TensorType | undefined,
): readonly Candidate[] => {
  const named = [...names].flatMap(([name, declared]): readonly Named[] => {
    const definition = definitionOf(declared);
    // a net takes its own input only, and is rarely a layer of another
    return definition?.tag === 'def' ? [{ name, definition }] : [];
  });
  const on = input !== undefined && isKnown(input) ? declarable(input) : undefined;
  const key = `${on} ${named.map(({ name }) => name).join()}`;
  const before = known(ground.view).get(key);
  if (before !== undefined) return before;
  const calls = named.map(({ name, definition }) => callsOf(name, definition, channelsOf(input)));
  const given = on === undefined ? undefined : probe(ground, on, calls.flat());
  let at = 0;
  const found = named.flatMap(({ name, definition }, i): readonly Candidate[] => {
    const results = calls[i]!.map((call) => ({ call, gives: given?.[at++] }));
    const fits = given === undefined ? results[0] : results.find((r) => r.gives !== undefined);
    const { tag, doc } = definition;
    return fits === undefined ? [] : [{ name, ...fits, doc, is: tag }];
  });
  known(ground.view).set(key, found);
  return found;
};

/** The definitions that a file sees, its own first. */
export const definitionsSeen = ({ view, path }: Ground): ReadonlyMap<string, Declared> => {
  const seen = seenIn(view, path);
  const qualified = [...seen.modules].flatMap(([module, { names }]) =>
    [...(names?.own ?? [])].map(([name, declared]) => [`${module}.${name}`, declared] as const),
  );
  return new Map([...seen.own, ...seen.imported.own, ...qualified]);
};
