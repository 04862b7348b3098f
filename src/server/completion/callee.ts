/** What a call that is being written calls, and which parameters its paper notation fills. */
import { linkedBy } from '../../ops/paper.ts';
import { table, type Row } from '../../ops/table.ts';
import type { Definition } from '../../syntax/tree.ts';
import { splitSize } from '../../typecheck/expr/split-size.ts';
import type { Ground } from '../ground.ts';
import { definitionOf } from '../meaning.ts';
import { definitionsSeen } from './names.ts';

export type WrittenCallee = {
  /** without a size */
  readonly name: string;
  readonly definition: Definition | undefined;
  readonly row: Row | undefined;
  /** the parameters that have a value before the brackets */
  readonly linked: readonly string[];
};

/** The names of the parameters of a definition, but `..p`. */
export const parameterNames = (definition: Definition): readonly { readonly name: string }[] =>
  definition.parameters.flatMap((p) => (p.tag === 'rest' ? [] : [{ name: p.name.text }]));

/** Of `conv3-64/2`: a name is looked up whole, and then without a size at its end. */
export const calleeIn = (ground: Ground, call: string): WrittenCallee => {
  const [, word = '', links = ''] = /^([\w.]*)([^(]*)/.exec(call) ?? [];
  const stem = splitSize(word)?.stem;
  const seen = definitionsSeen(ground);
  const isKnown = (name: string): boolean => seen.has(name) || table.has(plain(name));
  const name = stem === undefined || isKnown(word) ? word : stem;
  const definition = definitionOf(seen.get(name));
  const row = definition === undefined ? table.get(plain(name)) : undefined;
  const parameters = definition ? parameterNames(definition) : (row?.params ?? []);
  const signs = [...new Set(links.replaceAll(/[^-/]/g, ''))];
  const linked = [
    ...(name === word ? [] : ['size']),
    ...signs.flatMap((sign) => linkedBy(sign, parameters)?.name ?? []),
  ];
  return { name, definition, row, linked };
};

const plain = (name: string): string => name.replace(/^std\./, '');
