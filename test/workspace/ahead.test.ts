/** What is told of a check that goes on stands at its end, where the steps of a check from scratch may end too. */
import { expect, it } from 'vitest';
import { diagnosticsOf } from '../../src/diagnostic/checked.ts';
import { sameFault, type Diagnostic } from '../../src/diagnostic/diagnostic.ts';
import { defaultLimits } from '../../src/diagnostic/limits.ts';
import { applyPassesOf } from '../../src/rewrite/variants.ts';
import { checkingProgram } from '../../src/typecheck/program/check.ts';
import { noPast } from '../../src/typecheck/program/memory.ts';
import { loadModules } from '../../src/typecheck/program/modules.ts';
import { readPieces, type Pieces } from '../../src/workspace/pieces.ts';
import { inMemory } from '../programs.ts';

type Heard = { readonly onTheWay: readonly Diagnostic[]; readonly found: readonly Diagnostic[] };

/** Checks texts one after the other, with what was found of those before. Gives what is heard of the last. */
const heardOf = (texts: readonly string[], steps: number): Heard => {
  const past = noPast();
  const options = { asserts: true, limits: { ...defaultLimits, steps, params: 1_000 } };
  let read: Pieces | undefined;
  let heard: Heard = { onTheWay: [], found: [] };
  for (const text of texts) {
    const now = (read = readPieces({ path: 'a.net', text }, read));
    const modules = loadModules(inMemory({ 'a.net': text }), () => now.tree, 'a.net');
    const checking = checkingProgram(modules, options, applyPassesOf, past);
    const onTheWay: Diagnostic[] = [];
    let step = checking.next();
    for (; step.done !== true; step = checking.next()) onTheWay.push(...step.value().found);
    heard = { onTheWay, found: diagnosticsOf(step.value) };
  }
  return heard;
};

/** A definition whose calls add up 2⁶ numbers, and two nets of one name; the second is written anew. */
const definitions = `def f0_(n) = n\n${Array.from({ length: 6 }, (_, i) => `def f${i + 1}_(n) = f${i}_(2*n) + f${i}_(2*n + 1)\n`).join('')}`;
const net = (body: string): string => `net N : [8, 8, 8] -> _ { ${body} }\n`;
const before = definitions + net('conv1-(f6_(3))') + net('relu');
const after = definitions + net('conv1-(f6_(3))') + net('conv1-(f6_(5))');

it.each([800, 1_000, 5_000])('with %d steps', (steps) => {
  const { onTheWay, found } = heardOf([before, after], steps);
  expect(onTheWay.filter((d) => !found.some((other) => sameFault(d, other)))).toEqual([]);
  const isGivenUp = found.some(({ code }) => code === 'E0403');
  expect(isGivenUp).toBe(steps < 5_000);
  expect(onTheWay.some(({ code }) => code === 'E0215')).toBe(!isGivenUp);
});
