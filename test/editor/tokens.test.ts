/** What the TextMate grammar makes of every example, and of what people write by mistake: `tokens/*.txt`. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { textmateGrammar } from '../../src/editor/textmate.ts';
import { operators } from '../../src/editor/words.ts';
import { expectGolden } from '../golden.ts';
import { engine, lettered, letters, tokensBy, type Token } from './tokens.ts';

const root = join(import.meta.dirname, '../..');
const goldenOf = (name: string): string => join(import.meta.dirname, 'tokens', `${name}.txt`);

let tokensOf: (text: string) => readonly (readonly Token[])[];
beforeAll(async () => {
  const wasm = readFileSync(createRequire(import.meta.url).resolve(engine));
  tokensOf = await tokensBy(textmateGrammar(), wasm);
});

const legend = [...letters].map(([scope, letter]) => `${letter} ${scope}`).join('\n');

const shown = (text: string): string => `${legend}\n\n${lettered(tokensOf(text))}`;

const examples = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.net'));

it.each(examples)('in examples/%s', (name) => {
  expectGolden(goldenOf(name), shown(readFileSync(join(root, 'examples', name), 'utf8')));
});

it('in a pass', () => {
  expectGolden(
    goldenOf('pass'),
    shown(readFileSync(join(root, 'passes/fold-batchnorm.net'), 'utf8')),
  );
});

it('in slips', () => {
  const habits = readFileSync(join(root, 'docs/habits.md'), 'utf8');
  const written = Array.from(habits.matchAll(/^\| `(.*?)` \| `/gm), ([, text]) => text ?? '');
  expect(written.length).toBeGreaterThan(15);
  const slips = ['net A { conv3-64 -- }', 'import "no end', 'def f = ((relu', 'conv3-', '@', '3x'];
  expectGolden(goldenOf('slips'), shown([...slips, ...written].join('\n').replaceAll('\\|', '|')));
});

describe('a layer', () => {
  /** The texts of the layers in a text. */
  const layersIn = (text: string): readonly string[] =>
    tokensOf(text).flatMap((tokens) => {
      const found: string[] = [];
      let before = false;
      for (const { text: part, scopes } of tokens) {
        const isLayer = scopes.includes('meta.layer');
        if (isLayer && before) found.push(`${found.pop() ?? ''}${part}`);
        else if (isLayer) found.push(part);
        before = isLayer;
      }
      return found;
    });

  it.each([
    ['conv3-256', ['conv3-256']],
    ['2x conv3-64/2(pad = 1); maxpool', ['conv3-64/2', 'maxpool']],
    ['fc-classes; dropout-0.5', ['fc-classes', 'dropout-0.5']],
    ['r.stage-64 + std.conv(3, 8)', ['r.stage-64', 'std.conv']],
    ['conv3 - 256', ['conv3']],
  ])('is one scope: %s', (text, expected) => {
    const notes = layersIn(text);
    expect(notes.filter((note) => expected.includes(note))).toEqual(expected);
  });

  it.each(operators)('of every operator is coloured as one: %s', (operator) => {
    const [first] = tokensOf(`${operator}3-64/2`)[0] ?? [];
    expect(first).toEqual({ text: operator, scopes: ['meta.layer', 'support.function'] });
  });
});
