/** Layers that type-check on what comes in, each with what it gives. */
import * as E from 'fp-ts/lib/Either.js';
import { rowOf, table, type Row } from '../../ops/table.ts';
import { identity } from '../../ops/roles.ts';
import {
  extentOf,
  isKnown,
  mapType,
  showType,
  type MaybeAxis,
  type TensorType,
} from '../../ops/types.ts';
import { operatorWords } from '../../ops/words.ts';
import { followsDash } from '../../ops/paper.ts';
import { resultOf } from '../../diagnostic/checked.ts';
import { parse } from '../../parser/parse.ts';
import { lazy, perObject } from '../../syntax/memo.ts';
import type { Definition, Expr } from '../../syntax/tree.ts';
import { throughGroups } from '../../syntax/walk.ts';
import type { View } from '../../workspace/workspace.ts';
import type { Ground } from '../ground.ts';
import { takesLayer } from '../kinds.ts';
import { lastLayerOf } from '../layers.ts';
import type { Arriving } from './incoming.ts';
import { likelyAt, usually, widthAfter, type Likely, type Site, type Stated } from './likely.ts';

/** A layer that may stand here: how it is written, and what it gives, where that is known. */
export type Candidate = {
  readonly name: string;
  /** `conv3-64`; what may be written in place of its numbers is for the reader to choose */
  readonly call: string;
  readonly gives: string | undefined;
  readonly doc: string;
  readonly is: 'operator' | 'def';
};

const isPositive = (axis: MaybeAxis): boolean => {
  const extent = extentOf(axis);
  return extent === undefined || extent >= 1;
};

/** What an operator gives; undefined where it takes no such input. */
const outputOf = ({ row, args }: Likely, input: TensorType): TensorType | undefined => {
  const typing = row.shape(args, [input]);
  if (E.isLeft(typing)) return undefined;
  const { type } = typing.right;
  return type.tag !== 'map' || (isPositive(type.h) && isPositive(type.w)) ? type : undefined;
};

/** Operators that take what comes in. */
export type OnInput = {
  /** those that usually stand here, the likeliest first */
  readonly likely: readonly Candidate[];
  readonly others: readonly Candidate[];
};

/** What comes in, with what a definition says about where it leads. */
export type Place = Arriving & Pick<Site, 'classes' | 'width'>;

const layersByName = [...table.values()].filter((row) => row.inputs.tag === 'one');

const anyMap = mapType('unknown', 'unknown', 'unknown');

/** Every operator that takes what comes in; all of them where that is not known. */
export const operatorsOn = ({ type, from, ...site }: Place): OnInput => {
  const input = type !== undefined && isKnown(type) ? type : undefined;
  const width = widthAfter(type ?? { tag: 'unknown' });
  const last = from && lastLayerOf(from);
  const after = last && rowOf(last.op);
  // a definition that nothing uses yet is one of maps
  const usual = likelyAt({ ...site, input: input ?? anyMap, after });
  const fitting = (all: readonly Likely[]): readonly Candidate[] =>
    all.flatMap((likely) => {
      const output = input && outputOf(likely, input);
      if (input !== undefined && output === undefined) return [];
      return [candidateOf(likely, isAsWritten(likely) ? output : undefined)];
    });
  const isUsual = (row: Row): boolean => usual.some((likely) => likely.row === row);
  const rest = layersByName.filter((row) => !isUsual(row)).map((row) => usually(row, width));
  return { likely: fitting(usual), others: fitting(rest) };
};

/** A name in place of a number may have another value. */
const isAsWritten = ({ row, call }: Likely): boolean =>
  !/[A-Za-z_]/.test(call.slice(row.name.length).replaceAll(/\b\d+x\d+\b/g, ''));

const candidateOf = ({ row, call }: Likely, output: TensorType | undefined): Candidate => ({
  name: row.name,
  call,
  gives: output && showType(output),
  doc: row.doc,
  is: 'operator',
});

// ------------------------------------------------------------------------------------------------- definitions

/** What numbers are usually called that are not channels. */
export const usualNumbers: { readonly [name: string]: string } = {
  size: '3',
  kernel: '3',
  stride: '1',
  s: '1',
  n: '1',
  classes: '10',
};

/** A call as it is offered, and the same with a number for each name of the definition around it. */
type Call = { readonly written: string; readonly tried: string };

const alike = (call: string): Call => ({ written: call, tried: call });

/** Values for parameters without a default: as they are used, and all layers in case that is mistaken. */
const callsOf = (
  name: string,
  definition: Definition,
  { classes }: Place,
  channels: number,
): readonly Call[] => {
  const required = definition.parameters.flatMap((p) =>
    p.tag === 'parameter' && p.default === undefined ? [p.name.text] : [],
  );
  const [only] = required;
  if (only === undefined) return [alike(name)];
  const isLayer = required.map((parameter) => takesLayer(definition, parameter));
  const isShort = required.length === 1 && isLayer[0] === false && followsDash({ name: only });
  const call = (of: Stated | undefined): string => {
    const values = required.map((parameter, i) => {
      if (isLayer[i] === true) return identity.name;
      if (parameter === 'classes' && of !== undefined) return of.text;
      return usualNumbers[parameter] ?? String(channels);
    });
    return isShort ? `${name}-${values[0]!}` : `${name}(${values.join(', ')})`;
  };
  const value = classes && { text: String(classes.value ?? 10), value: classes.value };
  return [
    { written: call(classes), tried: call(value) },
    alike(`${name}(${required.map(() => identity.name).join(', ')})`),
  ];
};

/** Calls as expressions; they are written here, so each can be read. */
const read = (calls: readonly string[]): readonly Expr[] => {
  const text = `def calls { ${calls.join('; ')}; ${identity.name} }\n`;
  const [d] = resultOf(parse({ path: 'netc:calls', text }, operatorWords))?.declarations ?? [];
  const body = d?.tag === 'def' ? throughGroups(d.body) : undefined;
  return body?.tag === 'sequence' ? body.steps : [];
};

/** A layer that is tried; of a call that is complete in itself, the definition. */
export type Tried = { readonly written: string; readonly definition?: Definition };

/** What layers give on an input in a file, each undefined where it is a mistake. */
export const givenBy = (
  view: View,
  layers: readonly Tried[],
  input: TensorType,
): readonly (string | undefined)[] => {
  const exprs = lazy(() => read(layers.map(({ written }) => written)));
  return layers.map(({ written, definition }, i) => {
    const call = definition && { definition, written };
    const output = view.program?.gives(() => exprs()[i], input, call);
    return output && showType(output);
  });
};

const known = perObject((_view: View) => new Map<string, readonly Candidate[]>());

/** Definitions by the names that they have here. */
export type Named = readonly (readonly [name: string, definition: Definition])[];

/** The definitions that take what comes in; all of them where that is not known. */
export const definitionsOn = (
  { view }: Ground,
  definitions: Named,
  place: Place,
): readonly Candidate[] => {
  const { type } = place;
  const input = type !== undefined && isKnown(type) ? type : undefined;
  const key = `${input && showType(input)} ${place.classes?.text} ${definitions.map(([name]) => name).join()}`;
  const before = known(view).get(key);
  if (before !== undefined) return before;
  const channels = widthAfter(type ?? { tag: 'unknown' });
  const calls = definitions.map(([name, d]) => callsOf(name, d, place, channels));
  const tried = definitions.flatMap(([, definition], i) =>
    calls[i]!.map((call): Tried => ({ written: call.tried, definition })),
  );
  const given = input === undefined ? [] : givenBy(view, tried, input);
  let at = 0;
  const found = definitions.flatMap(([name, { doc }], i): readonly Candidate[] => {
    const own = calls[i]!;
    const from = at;
    at += own.length;
    if (input === undefined)
      return [{ name, call: own[0]!.written, gives: undefined, doc, is: 'def' }];
    for (const [j, { written }] of own.entries()) {
      const gives = given[from + j];
      if (gives !== undefined) return [{ name, call: written, gives, doc, is: 'def' }];
    }
    return [];
  });
  known(view).set(key, found);
  return found;
};
