/** What editors colour by is what the parser reads. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textmateGrammar } from '../../src/editor/textmate.ts';
import { diagnosticsOf } from '../../src/diagnostic/checked.ts';
import { analyse } from '../../src/check.ts';
import { inMemory } from '../programs.ts';

const folder = join(import.meta.dirname, '../../editors/vscode');
const json = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));

describe('the TextMate grammar', () => {
  it('is written anew when a word is added: node scripts/textmate.mjs', () => {
    expect(readFileSync(join(folder, 'syntaxes/net.tmLanguage.json'), 'utf8')).toBe(
      textmateGrammar(),
    );
  });
});

describe('the word of an editor', () => {
  const { wordPattern } = json('language-configuration.json') as { readonly wordPattern: string };

  it.each([
    ['conv3-256', ['conv3-256']],
    ['2x conv3-64/2(pad = 1)', ['2x', 'conv3-64/2', 'pad', '1']],
    ['fc-classes; dropout-0.5', ['fc-classes', 'dropout-0.5']],
    ['r.stage + @a', ['r.stage', '@a']],
  ])('in %s', (text, expected) => {
    expect(text.match(new RegExp(wordPattern, 'g'))).toEqual(expected);
  });
});

describe('a snippet', () => {
  type Snippet = { readonly body: readonly string[]; readonly description: string };
  const snippets = Object.entries(json('snippets/net.json') as Record<string, Snippet>);

  /** The text that a person gets who takes every default. */
  const filled = ({ body }: Snippet): string =>
    body
      .join('\n')
      .replace(/\$\{\d+:([^}]*)\}/g, '$1')
      .replace(/\t/g, '  ');

  it.each(snippets)('reads as it stands: %s', (_, snippet) => {
    const needed = 'net Name : [32, 32, 3] -> [4] { conv3-8; relu; gap; fc-4; softmax }\n';
    const text = filled(snippet);
    const program = `${/Name/.test(text) && !text.startsWith('net') ? needed : ''}${text}\n`;
    const found = diagnosticsOf(analyse(inMemory({ 'a.net': program }), 'a.net'));
    expect(found.filter((d) => d.severity === 'error' && d.code !== 'E0601')).toEqual([]);
  });
});
