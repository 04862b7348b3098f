/** After any edits a workspace says what a check from scratch says. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/check.ts';
import { diagnosticsOf, resultOf } from '../../src/diagnostic/checked.ts';
import { sameFault, type Diagnostic } from '../../src/diagnostic/diagnostic.ts';
import { inOrder } from '../../src/diagnostic/order.ts';
import { below, words, type Draw } from '../../src/numeric/random.ts';
import { showProtocols } from '../../src/protocol/write.ts';
import { showNets } from '../../src/report/typed.ts';
import { showTypes } from '../../src/report/types.ts';
import type { Span } from '../../src/syntax/source.ts';
import type { Program } from '../../src/typecheck/program/program.ts';
import { childrenOf } from '../../src/typecheck/net/flow.ts';
import type { Typed } from '../../src/typecheck/net/typed.ts';
import { newWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import { inMemory } from '../programs.ts';
import { splitFiles } from '../typecheck/program.ts';

type Texts = { readonly [path: string]: string };

const placesOf = (typed: Typed, locate: (place: Span) => Span): string => {
  const { path, start, end } = locate(typed.span);
  return `${path}:${start}-${end} ${childrenOf(typed)
    .map((part) => placesOf(part, locate))
    .join(' ')}`;
};

/** All that a program says of itself: its nets with their types and places, definitions, recipes and faults. */
const said = (
  program: Program | undefined,
  found: readonly Diagnostic[],
  locate: (place: Span) => Span,
): readonly string[] =>
  program === undefined
    ? ['nothing']
    : [
        ...found.map((d) => JSON.stringify(d)),
        showNets(program.nets),
        showProtocols(program.trainings, program.evaluations),
        showTypes(program),
        ...program.nets.map(({ body }) =>
          body.totals.nodes > 2_000 ? 'large' : placesOf(body, locate),
        ),
      ];

const fromScratch = (texts: Texts, entry: string): readonly string[] => {
  const result = analyse(inMemory(texts), entry);
  return said(resultOf(result), inOrder(diagnosticsOf(result)), (place) => place);
};

const cases = join(import.meta.dirname, '../cases/check');
const examples = join(import.meta.dirname, '../../examples');

/** Projects of one or several files; the first is the entry. */
const projects: readonly Texts[] = [
  ...readdirSync(cases)
    .filter((name) => name.endsWith('.net'))
    .map((name) => Object.fromEntries(splitFiles(readFileSync(join(cases, name), 'utf8')))),
  ...['vgg.net', 'resnet.net', 'first-training.net', 'vgg-protocol.net', 'densenet.net'].map(
    (name) => ({ [name]: readFileSync(join(examples, name), 'utf8') }),
  ),
];

const inserted = [
  ...['', '', '', '(', ')', '{', '}', ';', '\n', '"', ',', ' | ', 'def ', '\n\n', '[', '=', '-'],
  ...['net X : [8, 8, 3] -> _ { conv3-4 }\n', 'def f = relu\n', '-- x\n', ' where ', '3x ', 'x'],
  ...['import "b.net"\n', 'assert 1 == 1\n', 'rewrite r { rule a: relu; relu => relu }\n', '@a'],
  ...[
    'import "recipes.net" as q\n',
    ' as r',
    'r.',
    'q.',
    ' with paper',
    'train paper { epochs 3 }\n',
  ],
  ...['eval paper : N { scales 32 }\n', 'import "main.net" as m\n', 'eval ', 'train '],
];

const pick = <A>(draw: Draw, all: readonly A[]): A => all[below(draw, all.length)]!;

/** One edit: something in, something out, a word of the text in another place, a line gone, twice or elsewhere. */
const edited = (draw: Draw, text: string): string => {
  const at = below(draw, text.length + 1);
  const put = (by: string, upTo = at): string => text.slice(0, at) + by + text.slice(upTo);
  const lines = text.split('\n');
  const line = below(draw, lines.length);
  switch (below(draw, 7)) {
    case 0:
      return put(pick(draw, inserted));
    case 1:
      return put(pick(draw, inserted), at + below(draw, 12));
    case 2: {
      const all = [...text.matchAll(/\w+/g)];
      if (all.length === 0) return put('x');
      const { 0: word, index } = pick(draw, all);
      return text.slice(0, index) + pick(draw, all)[0] + text.slice(index + word.length);
    }
    case 3:
      return lines.toSpliced(line, 1).join('\n');
    case 4:
      return lines.toSpliced(line, 0, pick(draw, lines)).join('\n');
    case 5: {
      const swaps = [
        ['train ', 'eval '],
        ['eval ', 'train '],
        ['def ', 'net '],
        [' as r', ' as q'],
        [' as q', ' as r'],
      ] as const;
      const [from, to] = pick(draw, swaps);
      return text.replace(from, to);
    }
    default: {
      const numbers = [...text.matchAll(/\d+/g)];
      if (numbers.length === 0) return put('7');
      const { 0: digits, index } = pick(draw, numbers);
      const other = String(1 + below(draw, 64));
      return text.slice(0, index) + other + text.slice(index + digits.length);
    }
  }
};

/** What an editor is told of a check that goes on, and was not told before. */
const toldOnTheWay = (
  workspace: Workspace,
  entry: string,
  before: readonly Diagnostic[],
): readonly Diagnostic[] => {
  const looking = workspace.look(entry);
  const said: Diagnostic[] = [];
  while (looking.goOn()) said.push(...looking.soFar());
  return said.filter(
    (d) => !before.some(({ code, message }) => d.code === code && d.message === message),
  );
};

/** Edits a project, back to how it was now and then. Gives what differs after an edit, with the texts. */
const differenceIn = (seed: number, edits: number): string | undefined => {
  const draw = words({ seed, purpose: 'edits', epoch: 0, index: 0 });
  const before = pick(draw, projects);
  const paths = Object.keys(before);
  let texts = before;
  const workspace = newWorkspace(inMemory({}));
  const told = new Map<string, readonly Diagnostic[]>();
  for (const path of paths) workspace.write(path, texts[path]!);
  for (let i = 0; i <= edits; i++) {
    // an editor looks at every file that is open
    for (const entry of paths) {
      const soFar = i % 2 === 0 ? [] : toldOnTheWay(workspace, entry, told.get(entry) ?? []);
      const { program, found, locate } = workspace.view(entry);
      const flash = soFar.find((d) => !found.some((other) => sameFault(d, other)));
      if (flash !== undefined)
        return `seed ${seed}, edit ${i}, ${entry} is told what is not so\n${JSON.stringify(flash)}\n${texts[entry]}`;
      told.set(entry, found);
      const now = said(program, found, locate);
      const wanted = fromScratch(texts, entry);
      const at = wanted.findIndex((line, k) => line !== now[k]);
      if (at >= 0 || now.length !== wanted.length)
        return `seed ${seed}, edit ${i}, ${entry}\n${Object.entries(texts)
          .map(([path, text]) => `-- ==> ${path}\n${text}`)
          .join('')}\nis\n${now[at < 0 ? wanted.length : at]}\nand not\n${wanted[at]}`;
    }
    const path = pick(draw, paths);
    const text = below(draw, 8) === 0 ? before[path]! : edited(draw, texts[path]!);
    texts = { ...texts, [path]: text };
    workspace.write(path, text);
  }
  return undefined;
};

/** Sessions that have found something. */
const telling = [255, 304, 512, 532, 732, 958, 1145];

const isDeep = process.env['NETC_DEEP'] !== undefined;

describe('a workspace', () => {
  it('says after any edits what a check from scratch says', { timeout: 3_000_000 }, () => {
    const first = Number(process.env['NETC_SEED'] ?? 1);
    const sessions = isDeep ? 2_000 : 25;
    const found: string[] = [];
    const seeds = Array.from({ length: sessions }, (_, i) => first + i);
    for (const seed of new Set([...seeds, ...telling])) {
      const difference = differenceIn(seed, 12);
      if (difference !== undefined) found.push(difference);
    }
    expect(found.slice(0, 3)).toEqual([]);
  });
});
