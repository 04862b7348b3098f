/**
 * Lines that hand values on by name, as Keras and PyTorch have them: `x = Conv2D(64, 3)(x)`, `x = self.bn(x)`,
 * `model.add(Dense(10))`.
 */
import { lastPart } from './call.ts';
import { answerTo } from './elsewhere.ts';
import { partsOf } from './orders.ts';

/** What a line does. */
export type Step =
  | { readonly tag: 'input'; readonly list: string }
  /** a layer, written as a call with its arguments, on some values; none where it takes the one before */
  | {
      readonly tag: 'layer';
      readonly name: string;
      readonly list: string;
      readonly of: readonly string[];
    }
  | { readonly tag: 'join'; readonly sign: '+' | '*' | '|'; readonly of: readonly string[] }
  | { readonly tag: 'alias'; readonly of: string }
  | { readonly tag: 'output'; readonly of: string | undefined };

/** A line with the name that it gives to what it makes. */
export type Line = { readonly target: string | undefined; readonly step: Step };

/** Several such lines, one after the other, and where they lie in their text. */
export type Group = {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly Line[];
};

type Sign = Extract<Step, { readonly tag: 'join' }>['sign'];

/** The sign of a join by its name there, as `+` of `Add`. */
const signOf = (name: string): Sign | undefined => {
  const answer = answerTo(name);
  const sign = answer?.tag === 'composed' ? /^f ([+*|]) g$/.exec(answer.written)?.[1] : undefined;
  return sign === '+' || sign === '*' || sign === '|' ? sign : undefined;
};

const isName = (text: string): boolean => /^[A-Za-z_]\w*$/.test(text);

/** `a` and `[a, b]`; undefined for what is not made of names. */
const namesIn = (text: string): readonly string[] | undefined => {
  const inner = /^[[(](.*)[\])]$/s.exec(text.trim())?.[1] ?? text;
  const parts = partsOf(inner);
  return parts.length > 0 && parts.every(isName) ? parts : undefined;
};

/** `Conv2D(64, 3)(x)` as its word and what stands in its brackets, one after the other. */
const callIn = (
  text: string,
): { readonly name: string; readonly lists: readonly string[] } | undefined => {
  const name = /^[A-Za-z_][\w.]*(?=\()/.exec(text)?.[0];
  if (name === undefined) return undefined;
  const lists: string[] = [];
  let at = name.length;
  while (text[at] === '(') {
    let depth = 0;
    const start = at;
    for (; at < text.length; at++) {
      if ('([{'.includes(text[at]!)) depth++;
      if (')]}'.includes(text[at]!) && --depth === 0) break;
    }
    if (depth !== 0) return undefined;
    lists.push(text.slice(start + 1, at));
    at++;
  }
  return at === text.length ? { name, lists } : undefined;
};

/** The value of an argument called `name`, or the one at that place. */
const argument = (list: string, name: string, place: number): string | undefined => {
  const parts = partsOf(list);
  const named = parts.flatMap((p) => new RegExp(`^${name}\\s*=\\s*(.*)$`, 's').exec(p)?.[1] ?? []);
  return named[0] ?? parts.filter((p) => !/^\w+\s*=[^=]/.test(p))[place];
};

const valueIn = (text: string): Step | undefined => {
  if (isName(text)) return { tag: 'alias', of: text };
  const [, left, sign, right] = /^([A-Za-z_]\w*)\s*([+*])\s*([A-Za-z_]\w*)$/.exec(text) ?? [];
  if (left !== undefined)
    return { tag: 'join', sign: sign === '*' ? '*' : '+', of: [left, right!] };
  const call = callIn(text);
  if (call === undefined) return undefined;
  const { name, lists } = call;
  const word = lastPart(name).toLowerCase();
  const [first = '', second, more] = lists;
  if (more !== undefined) return undefined;
  if (word === 'input' && second === undefined) return { tag: 'input', list: first };
  if (word === 'model' || word === 'sequential') {
    const of = argument(first, 'outputs', 1);
    return second === undefined
      ? { tag: 'output', of: of && isName(of) ? of : undefined }
      : undefined;
  }
  const joins = signOf(word);
  if (joins !== undefined) {
    const of = namesIn(second ?? partsOf(first)[0] ?? '') ?? [];
    const both = of.length > 1 ? of : (namesIn(second ?? first) ?? []);
    return both.length > 1 ? { tag: 'join', sign: joins, of: both } : undefined;
  }
  if (second !== undefined) {
    const of = namesIn(second);
    return of?.length === 1 ? { tag: 'layer', name, list: first, of } : undefined;
  }
  // `F.relu(x)` and `self.conv1(x)`: the value is the first argument
  const [value = '', ...others] = partsOf(first);
  return isName(value) && name.includes('.')
    ? { tag: 'layer', name, list: others.join(', '), of: [value] }
    : undefined;
};

/** What a line of the text says; undefined for any other line. */
const lineIn = (text: string): Line | undefined => {
  const bare = text
    .replace(/\s*(--|#|\/\/).*$/, '')
    .replace(/;\s*$/, '')
    .trim();
  const returned = /^return\s+([A-Za-z_]\w*)$/.exec(bare)?.[1];
  if (returned !== undefined) return { target: undefined, step: { tag: 'output', of: returned } };
  const added = /^[A-Za-z_]\w*\.add\((.*)\)$/s.exec(bare)?.[1];
  const layer = added === undefined ? undefined : callIn(added);
  if (layer?.lists.length === 1)
    return {
      target: undefined,
      step: { tag: 'layer', name: layer.name, list: layer.lists[0]!, of: [] },
    };
  const [, target, value] = /^([A-Za-z_]\w*)\s*=(?!=)\s*(.+)$/s.exec(bare) ?? [];
  const step = value === undefined ? undefined : valueIn(value);
  return step === undefined ? undefined : { target, step };
};

/** Enough layers that nobody means something else by them. */
const isSure = (lines: readonly Line[]): boolean =>
  lines.filter(({ step }) => step.tag === 'layer').length > 1;

/** The classes of Python in a text, to the end of what stands further to the right. */
const classes = (text: string): readonly Group[] =>
  Array.from(
    text.matchAll(
      /^class [A-Za-z_]\w*\([\w.]*(?:Module|Model|Layer)\)\s*:.*(?:\n(?:[ \t]+.*)?)*/gm,
    ),
    ({ 0: whole, index }) => ({ start: index, end: index + whole.trimEnd().length, lines: [] }),
  );

/** The groups of such lines in a text; empty lines and comments may stand between. A class of Python has no lines. */
export const functionalGroups = (text: string): readonly Group[] => {
  const groups: Group[] = [...classes(text)];
  const isInClass = (place: number): boolean =>
    groups.some(({ start, end, lines }) => lines.length === 0 && start <= place && place <= end);
  let open: { start: number; end: number; lines: Line[] } | undefined;
  const close = (): void => {
    if (open !== undefined && isSure(open.lines) && !isInClass(open.start)) groups.push(open);
    open = undefined;
  };
  let at = 0;
  for (const raw of text.split('\n')) {
    const line = raw.length > 400 ? undefined : lineIn(raw);
    const end = at + raw.trimEnd().length;
    if (line !== undefined) {
      open ??= { start: at + raw.search(/\S/), end, lines: [] };
      open.lines.push(line);
      open.end = end;
    } else if (!/^\s*((--|#|\/\/).*)?$/.test(raw)) close();
    at += raw.length + 1;
  }
  close();
  return groups;
};
