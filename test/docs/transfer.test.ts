/** docs/transfer.md says what examples/transfer.net has, and what a step of it takes. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { resultOf } from '../../src/diagnostic/checked.ts';
import { forTraining } from '../../src/compile.ts';
import { macsOfStep } from '../../src/lower/training/macs.ts';
import { loadProgram } from '../../src/cli/program/load.ts';
import { commands } from '../../src/cli/commands.ts';
import { flagOf } from '../../src/cli/host/command.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = (path: string): string => readFileSync(`${root}/${path}`, 'utf8');
const page = text('docs/transfer.md');
const blocks = (kind: string): readonly string[] =>
  Array.from(
    page.matchAll(new RegExp(`^\`\`\`${kind}\\n([^]*?)^\`\`\`$`, 'gm')),
    ([, own]) => own!,
  );

it('shows the declarations of the example', () => {
  const example = text('examples/transfer.net');
  const declarations = blocks('net').flatMap((block) => block.trim().split('\n\n'));
  expect(declarations.length).toBeGreaterThan(3);
  for (const one of declarations)
    expect(example).toContain(one.replace('import "examples/', 'import "'));
});

it('has commands with options that there are', () => {
  const lines = blocks('sh').flatMap((block) => block.trim().split('\n'));
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) {
    const words = line.replace(/#.*/, '').trim().split(/ +/);
    const row = commands.find(({ name }) =>
      [words.slice(1, 2), words.slice(1, 3)].some((some) => some.join(' ') === name),
    );
    expect(row, line).toBeDefined();
    const flags = Object.entries(row!.options).map(([name, option]) => flagOf(name, option));
    for (const word of words.filter((w) => w.startsWith('--'))) expect(flags, line).toContain(word);
  }
});

it('gives the multiply–adds of a step through the frozen body', () => {
  const { program } = loadProgram(root, 'examples/transfer.net');
  const training = program!.trainings.find(({ name }) => name === 'flowers')!;
  const made = resultOf(forTraining(training, false)(training.net));
  const { forward, backward } = macsOfStep(made!.plan!);
  // 32 pictures through D, whose last layer has 5 outputs in place of 1000; back through that layer, by its weights
  expect(forward).toBe(32 * (15_470_264_320 - 4096 * 995));
  expect(backward).toBe(32 * 4096 * 5);
  for (const n of [forward, backward]) expect(page).toContain(n.toLocaleString('en'));
});
