/** Calls of operators as they are written, and those of other frameworks that they may have been meant as. */
import type { Row } from '../table.ts';
import { orderedCalls } from './elsewhere.ts';
import { translated, type Given } from './translate.ts';

/** A layer as it is written: a word with its window, what follows each `-`, a stride, and what is in parentheses. */
export type Written = {
  readonly stem: string;
  readonly size: string | undefined;
  readonly dashes: readonly string[];
  readonly stride: string | undefined;
  readonly given: Given;
};

/** The parts between commas that are not in brackets. */
export const partsOf = (list: string): readonly string[] => {
  const parts = [''];
  let depth = 0;
  for (const letter of list) {
    if ('([{'.includes(letter)) depth++;
    if (')]}'.includes(letter)) depth--;
    if (letter === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
};

/** Arguments as they are written. */
export const givenIn = (list: string): Given => {
  const parts = partsOf(list).map((part) => ({
    part,
    named: /^(\w+)\s*=(?!=)\s*(.*)$/s.exec(part),
  }));
  return {
    positional: parts.flatMap(({ part, named }) => (named === null ? [part] : [])),
    named: parts.flatMap(({ named }) => (named === null ? [] : [[named[1]!, named[2]!] as const])),
  };
};

/** A layer in its parts; undefined for what is no word with arguments. */
export const readWritten = (text: string): Written | undefined => {
  const [, stem, size, links = '', list = ''] =
    /^([A-Za-z_.]+)(\d+(?:x\d+)?)?((?:[-/]\w+)*)(?:\(([^]*)\))?$/.exec(text) ?? [];
  if (stem === undefined) return undefined;
  const dashes = links === '' ? [] : Array.from(links.matchAll(/-(\w+)/g), ([, word]) => word!);
  return {
    stem: stem.slice(stem.lastIndexOf('.') + 1),
    size,
    dashes,
    stride: /\/(\w+)/.exec(links)?.[1],
    given: givenIn(list),
  };
};

/** Whether a name says that a number is that of the channels that come in: `in_c`, `inplanes`, `c_in`. */
export const isInput = (name: string): boolean =>
  /^(inp?|input|c_?in|n_?in|ch_?in|in(put)?_?(c|n|f|d|ch|chs|chan|chans|channels?|planes?|features?|feats?|filters?|dims?|maps?|units?))$/i.test(
    name,
  );

/** Whether a call has more arguments than parameters. */
export const hasTooMany = ({ params }: Row, text: string): boolean => {
  const { positional = [], named = [] } = readWritten(text)?.given ?? {};
  return positional.length + named.length > params.length;
};

/**
 * A call whose arguments do not fit, as netc writes it where they stand in the order of another framework: `fc-10` for
 * `fc(64, 10)`.
 */
export const inOtherOrder = (row: Row, text: string): readonly string[] => {
  const written = readWritten(text);
  if (written?.stem !== row.name || written.given.positional.length < 2) return [];
  if (written.size !== undefined || written.dashes.length > 0) return [];
  const made = orderedCalls(row.name).map((call) => translated(row.name, call, written.given));
  return [...new Set(made.flatMap((m) => (m.tag === 'written' ? [m.text] : [])))];
};
