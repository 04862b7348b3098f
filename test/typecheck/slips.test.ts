/** Slips of newcomers in sound programs: the fix of the one message gives the program back. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resultOf } from '../../src/diagnostic/checked.ts';
import { operatorWords } from '../../src/ops/words.ts';
import { parse } from '../../src/parser/parse.ts';
import { showTree } from '../../src/syntax/show.ts';
import { faults, main, mended, rendered } from './program.ts';

const folder = join(import.meta.dirname, '../../examples');

/** Programs of one file that are checked in a moment. */
const programs = readdirSync(folder)
  .filter((name) => /^(lenet|alexnet|zfnet|vgg|resnet|squeezenet|unet|mobilenet)\.net$/.test(name))
  .map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);

/** What is seen, and how it is written otherwise. */
const slips: {
  readonly [slip: string]: readonly [seen: RegExp, written: (found: RegExpExecArray) => string];
} = {
  'an underscore for a dash': [/\b(conv\d)-(\d\d+)\b/g, ([, layer, n]) => `${layer}_${n}`],
  'a space in a layer': [/\b(conv)(\d-\d+)\b/g, ([, layer, n]) => `${layer} ${n}`],
  'a space before an argument': [/\b(fc|dropout)-(?=[\d.]+)/g, ([, layer]) => `${layer} `],
  'letters swapped': [/\brelu\b/g, () => 'rleu'],
  'a letter too few': [/\bmaxpool/g, () => 'maxpol'],
  'another name': [/\bfc-(\d+)\b/g, ([, n]) => `Dense(${n})`],
  'a capital': [/(?<=^ *)softmax$/gm, () => 'Softmax'],
  'no colon before a type': [/(?<=^net \w+(?:\([^)]*\))?) *: \[/gm, () => ' ['],
  'a type in parentheses': [
    /: \[([^\]]*)\] -> \[([^\]]*)\]/g,
    ([, input, output]) => `: (${input}) -> (${output})`,
  ],
  'one sign of equality': [/(?<=^assert .*) == /gm, () => ' = '],
  'commas in numbers': [
    /(?<=^assert .* == )\d+(?:_\d{3})+$/gm,
    ([number]) => number.replaceAll('_', ','),
  ],
  'a word before a repetition': [/\b([2-9])x \(/g, ([, n]) => `repeat ${n} (`],
  'a count behind its sign': [/\b([2-9])x \(/g, ([, n]) => `x${n} (`],
  'a count without its sign': [/\b([2-9])x (?=[a-z])/g, ([, n]) => `${n} `],
  'a list times a number': [
    /\b([2-9])x \(([^();]*); ([^();]*)\)/g,
    ([, n, a, b]) => `[${a}, ${b}] * ${n}`,
  ],
  'a colon before a default': [/(?<=\(\w+) = (?=\d+\))/g, () => ': '],
  'a loop': [/\b([2-9])x \(([^()]*)\)/g, ([, n, body]) => `for i in range(${n}) { ${body} }`],
  'another keyword': [/^def (?=\w+ =)/gm, () => 'let '],
  'a keyword misspelt': [/^net (?=\w)/gm, () => 'nett '],
  'a comment of C': [/^--(?= )/gm, () => '//'],
  'another dash': [/(?<=\bconv\d)-(?=\d)/g, () => '–'],
  'an arrow of mathematics': [/ -> /g, () => ' → '],
  'no last brace': [/\n\}(?=\n\n)/g, () => ''],
};

/** At most so many places of a slip in a program, from all over it. */
const most = process.env['NETC_DEEP'] === undefined ? 1 : 3;

const placesOf = (text: string, seen: RegExp): readonly RegExpExecArray[] => {
  const all = [...text.matchAll(seen)];
  const count = Math.min(most, all.length);
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
};

const treeOf = (text: string): string =>
  showTree(resultOf(parse({ path: main, text }, operatorWords))!);

const met = new Set<string>();

test.each(Object.entries(slips))('%s', (slip, [seen, written]) => {
  for (const [name, text] of programs)
    for (const place of placesOf(text, seen)) {
      const { index } = place;
      const wrong = text.slice(0, index) + written(place) + text.slice(index + place[0].length);
      const files = new Map([[main, wrong]]);
      const fixes = faults(files).flatMap((d) => d.fixes);
      const shown = `${name}, ${slip}: ${wrong.slice(index, index + 40)}\n${rendered(files)}`;
      expect(fixes.length, shown).toBeGreaterThan(0);
      const given = mended(files, fixes[0]!).get(main)!;
      expect(treeOf(given), shown).toBe(treeOf(text));
      met.add(slip);
    }
});

test('each slip is made somewhere', () => {
  expect([...met].sort()).toEqual(Object.keys(slips).sort());
});
