/** Pieces of a text, parsed one by one, give the trees and faults of the whole. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnosticsOf, resultOf } from '../../src/diagnostic/checked.ts';
import { below, words, type Draw } from '../../src/numeric/random.ts';
import { operatorWords } from '../../src/ops/words.ts';
import { parse } from '../../src/parser/parse.ts';
import { cuts } from '../../src/parser/pieces.ts';

const root = join(import.meta.dirname, '../..');

const textsIn = (folder: string): readonly (readonly [string, string])[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return textsIn(path);
    return path.endsWith('.net') ? [[path, readFileSync(join(root, path), 'utf8')] as const] : [];
  });

const texts = ['examples', 'passes', 'test'].flatMap(textsIn);

/** All places moved by so much. */
const moved = (part: unknown, by: number): unknown => {
  if (Array.isArray(part)) return part.map((one) => moved(one, by));
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) =>
      (key === 'start' || key === 'end') && typeof value === 'number'
        ? [key, value + by]
        : [key, moved(value, by)],
    ),
  );
};

const readFrom = (text: string, start: number, isFollowed: boolean): readonly unknown[][] => {
  const read = parse(
    { path: 'a.net', text, ...(isFollowed ? { followed: true as const } : {}) },
    operatorWords,
  );
  return [
    (resultOf(read)?.declarations ?? []).map((d) => moved(d, start)),
    diagnosticsOf(read).map((d) => moved(d, start)),
  ];
};

const inPieces = (text: string): readonly unknown[][] => {
  const begins = cuts(text);
  const read = begins.map((start, i) =>
    readFrom(text.slice(start, begins[i + 1]), start, i + 1 < begins.length),
  );
  return [read.flatMap(([trees]) => trees!), read.flatMap(([, faults]) => faults!)];
};

const pick = <A>(draw: Draw, all: readonly A[]): A => all[below(draw, all.length)]!;

const slips = ['', '', '(', ')', '{', '}', ';', '\n', '"', ',', 'def ', 'net', ' where ', '-- x\n'];

const withSlip = (draw: Draw, text: string): string => {
  const at = below(draw, text.length + 1);
  return text.slice(0, at) + pick(draw, slips) + text.slice(at + below(draw, 10));
};

describe('pieces', () => {
  it('begin at each declaration of the margin, with the comments above it', () => {
    const text =
      '-- vgg\n\n-- one\ndef f = relu\nnet A = {\n  f\ndef g = f\n}\n-- two\nassert 1 == 1\n';
    expect(cuts(text).map((at) => text.slice(at, at + 8))).toEqual([
      '-- vgg\n\n',
      '-- one\nd',
      'net A = ',
      '-- two\na',
    ]);
  });

  it.each([
    ['comments of another language', '// a\ndef f = relu\nnet A = f\n'],
    ['quotes of another language', "def f = 'a'\nnet A = f\n"],
    ['brackets that match across declarations', 'def f = (relu\nnet A = f)\n'],
    ['brackets to mend beside a word without its name', 'net A = (relu\ndef = f\n'],
    ['a number with a letter', 'def M = 3\nassert 3M == 9\n'],
    ['an indented text', '  def f = relu\n  net A = f\n'],
    ['a text whose first word is indented', '-- a\n  def f = relu\nnet A = f\n'],
  ])('are one for %s', (_, text) => {
    expect(cuts(text)).toEqual([0]);
  });

  it.each(texts)('of %s are read as the whole is', (_, text) => {
    expect(inPieces(text)).toEqual(readFrom(text, 0, false));
  });

  it('of a text with slips are read as the whole is', () => {
    const draw = words({ seed: 5, purpose: 'slips', epoch: 0, index: 0 });
    const small = texts.map(([, text]) => text).filter((text) => text.length < 3_000);
    const differ: string[] = [];
    const count = 300;
    for (let i = 0; i < count; i++) {
      const text = withSlip(draw, withSlip(draw, pick(draw, small)));
      const same = JSON.stringify(inPieces(text)) === JSON.stringify(readFrom(text, 0, false));
      if (!same) differ.push(text);
    }
    // a `where` or a head that is broken may swallow what follows it, when it is read with that
    expect(differ.length).toBeLessThanOrEqual(count / 100);
  });
});
