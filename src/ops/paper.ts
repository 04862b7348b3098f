/** Layers in paper notation, which is `.net` too: `conv7-64/2(pad = valid)`. */
import { isExtent, isSides, showArg } from './parts/args.ts';
import type { Args, ArgValue } from './params.ts';
import { isDefault } from './show.ts';
import type { Row } from './table.ts';

type Named = { readonly name: string };

/** Whether a value behind `-` may fill a parameter: a window touches the word, and a stride stands behind `/`. */
export const followsDash = ({ name }: Named): boolean => name !== 'size' && name !== 'stride';

/** The parameter that the first value behind `-` or `/` fills. */
export const linkedBy = <P extends Named>(sign: string, params: readonly P[]): P | undefined =>
  params.find(sign === '/' ? ({ name }) => name === 'stride' : followsDash);

/** `head` has the window, the main argument and the stride; `rest` are the other arguments, by name. */
export type Paper = { readonly head: string; readonly rest: readonly string[] };

/** An argument after a sign: directly if it is a plain number, an extent or plain sides, else in parentheses. */
const touching = (sign: string, value: ArgValue): string => {
  const shown = showArg(value);
  const touches =
    typeof value === 'number' || isExtent(value) || (isSides(value) && !shown.startsWith('['));
  return touches && !shown.startsWith('-') ? `${sign}${shown}` : `(${shown})`;
};

/** A layer in its parts: always the window, the main argument where it is required or unusual, what else is unusual. */
export const paperOf = (row: Row, args: Args): Paper => {
  const { params } = row;
  const main = linkedBy('-', params);
  const size: string[] = [];
  const argument: string[] = [];
  const stride: string[] = [];
  const rest: string[] = [];
  for (const p of params) {
    const value = args[p.name];
    if (value === undefined) continue;
    const usual = isDefault(p, args);
    // of numbers that may be left out, only that of channels is known by its place
    const isNamed = p.default?.tag === 'absent' && !('counts' in p.kind);
    const states =
      p.default === undefined ||
      p.name === 'scale' ||
      (typeof value === 'number' && !usual && !isNamed);
    if (p.name === 'size' && p.kind.tag === 'extent') size.push(showArg(value));
    else if (p.name === 'stride') stride.push(...(usual ? [] : [`/${showArg(value)}`]));
    else if (p === main && states) argument.push(touching('-', value));
    else if (!usual) rest.push(`${p.name} = ${showArg(value)}`);
  }
  return { head: [row.name, ...size, ...argument, ...stride].join(''), rest };
};

/** A layer as a program may write it, with all that differs from the defaults. */
export const showPaper = (row: Row, args: Args): string => {
  const { head, rest } = paperOf(row, args);
  if (rest.length === 0) return head;
  // an argument in parentheses shares them
  return head.endsWith(')')
    ? `${head.slice(0, -1)}, ${rest.join(', ')})`
    : `${head}(${rest.join(', ')})`;
};
