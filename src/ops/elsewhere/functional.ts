/** Lines that hand values on by name, as netc writes them. */
import { callInNetc } from './call.ts';
import { functionalGroups, type Group, type Line } from './functional-lines.ts';
import { givenIn } from './orders.ts';

/** Several such lines: where they lie in their text, and what netc writes instead, where it has all of their layers. */
export type Functional = {
  readonly start: number;
  readonly end: number;
  readonly written: string | undefined;
  /** what the first of them does */
  readonly label: string;
};

/** What to say of all such lines. */
export const functionalNote =
  'layers stand one a line, as in `conv3-64; relu; maxpool2`; `f as a` remembers a value, and `@a` takes it later';

/** What a name stands for: the number of the line that made its value, -1 for the input. */
type Values = ReadonlyMap<string, number>;

/** `[32, 32, 3]` of `Input(shape=(32, 32, 3))`; undefined for anything but numbers. */
const typeOf = (list: string): string | undefined => {
  const { positional, named } = givenIn(list);
  const shape = named.find(([name]) => name === 'shape')?.[1] ?? positional[0] ?? '';
  const sizes = /^[([]\s*((?:\w+\s*,\s*)*\w+)\s*,?\s*[)\]]$/.exec(shape)?.[1]?.split(/\s*,\s*/);
  if (sizes === undefined || !(sizes.length === 1 || sizes.length === 3)) return undefined;
  const free = ['h', 'w'];
  return `[${sizes.map((size, i) => (size === 'None' ? (free[i] ?? '_') : size)).join(', ')}]`;
};

/** Layers as steps, each with the number of its line, and which values are taken later. */
type Steps = { readonly texts: Map<number, string>; readonly later: Set<number>; last: number };

const input = -1;

/** `id` for the value that comes, `@x` for one before it. */
const taking = (
  steps: Steps,
  values: Values,
  name: string,
  called: (line: number) => string,
): string | undefined => {
  const line = values.get(name);
  if (line === undefined) return undefined;
  if (line === steps.last) return 'id';
  steps.later.add(line);
  return `@${called(line)}`;
};

/** The layers of a group, one a line; undefined where netc has nothing for one of them. */
const layersOf = ({ lines }: Group): readonly string[] | undefined => {
  const values = new Map<string, number>();
  const steps: Steps = { texts: new Map(), later: new Set(), last: input };
  const called = (line: number): string => nameOf(lines, line);
  for (const [i, { target, step }] of lines.entries()) {
    switch (step.tag) {
      case 'input':
        if (target !== undefined) values.set(target, input);
        continue;
      case 'output': {
        const of = step.of === undefined ? 'id' : taking(steps, values, step.of, called);
        if (of !== undefined && of !== 'id') steps.texts.set(i, of);
        continue;
      }
      case 'alias': {
        // the first value that is taken is the input
        const line = values.get(step.of) ?? (steps.last === input ? input : undefined);
        if (line === undefined || target === undefined) return undefined;
        values.set(step.of, line).set(target, line);
        continue;
      }
      case 'join':
      case 'layer': {
        for (const name of step.of)
          if (steps.last === input && !values.has(name)) values.set(name, input);
        const taken = step.of.map((name) => taking(steps, values, name, called));
        const written = step.tag === 'layer' ? callInNetc(step.name, step.list) : '';
        if (written === undefined || taken.includes(undefined)) return undefined;
        const before = taken[0] === 'id' || taken[0] === undefined ? '' : `${taken[0]}; `;
        steps.texts.set(
          i,
          step.tag === 'join' ? taken.join(` ${step.sign} `) : `${before}${written}`,
        );
        steps.last = i;
        if (target !== undefined) values.set(target, i);
      }
    }
  }
  const remembered = (line: number, text: string): string => {
    if (!steps.later.has(line)) return text;
    return `${/ [+*|] /.test(text) ? `(${text})` : text} as ${called(line)}`;
  };
  return [
    ...(steps.later.has(input) ? [`id as ${called(input)}`] : []),
    ...[...steps.texts].map(([line, text]) => remembered(line, text)),
  ];
};

/** What a value is remembered as: its own name, with a number where that is not its alone. */
const nameOf = (lines: readonly Line[], line: number): string => {
  if (line === input) return 'start';
  const own = lines[line]?.target ?? 'value';
  const isAlone = lines.filter(({ target }) => target === own).length === 1 && own.length > 1;
  return isAlone && !/^(block|net|def|train|eval|with|from|where|as|if|or|and|not|also)$/.test(own)
    ? own
    : `${own}_${line}`;
};

/** The group as netc writes it: its layers, or, outside of a net, a whole net. */
const written = (group: Group, indent: string): string | undefined => {
  const layers = layersOf(group);
  if (layers === undefined || layers.length === 0) return undefined;
  if (indent !== '') return layers.join(`\n${indent}`);
  const [first] = group.lines.flatMap(({ step }) => (step.tag === 'input' ? [step.list] : []));
  const type = first === undefined ? undefined : typeOf(first);
  return type && `net Model : ${type} -> _ {\n  ${layers.join('\n  ')}\n}`;
};

/** All groups of such lines in a text. */
export const functionalStyle = (text: string): readonly Functional[] =>
  functionalGroups(text).map((group) => {
    const { start, end, lines } = group;
    const indent = /[ \t]*$/.exec(text.slice(0, start))![0];
    const adds = lines.some(({ target, step }) => target === undefined && step.tag === 'layer');
    const label =
      lines.length === 0
        ? 'a class of Python; here a net is `net A : [h, w, 3] -> _ { … }`'
        : adds
          ? 'layers stand one after the other'
          : 'a value has a name here';
    return { start, end, written: written(group, indent), label };
  });
