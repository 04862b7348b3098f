/** docs/trends.md and examples/trends.net have the same evaluations, and the tables are what was found. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tables, trends, withTrends, type Found } from '../../bench/trends.ts';
import { accept } from '../../src/check.ts';
import { resultOf } from '../../src/diagnostic/checked.ts';
import { files } from '../../bench/measure.ts';

const page = readFileSync('docs/trends.md', 'utf8');
const program = resultOf(accept(files, 'examples/trends.net'));
const evaluations = (program?.evaluations ?? []).map(({ name }) => name);
const rows = Object.values(tables).flat();

const found = (seed: number, errors: { readonly [name: string]: number }): Found => ({
  ...{ seed, engine: 'wasm', pictures: 1000, seconds: { training: 600, evaluation: 90 } },
  top1: Object.fromEntries(evaluations.map((name) => [name, 1 - (errors[name] ?? 20) / 100])),
});

/** The cells of the rows of a page that have a text. */
const cells = (text: string, which: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|') && line.includes(which))
    .map((line) => line.split('|').map((cell) => cell.trim()));

describe('the trends', () => {
  it('have a row for each evaluation of the example, and no other', () => {
    expect(evaluations.length).toBeGreaterThan(20);
    expect([...new Set(rows.map(({ name }) => name))].toSorted()).toEqual(evaluations.toSorted());
    for (const { worse, better } of trends)
      expect(evaluations).toEqual(expect.arrayContaining([worse, better]));
  });

  it('have a place in the page for each table', () => {
    for (const marker of ['measured', 'trends', ...Object.keys(tables)])
      expect(page).toMatch(new RegExp(`<!-- ${marker} -->\\n[^]*?<!-- end -->`));
  });

  it('are errors in per cent with the spread over seeds, and leave what a person wrote', () => {
    const all = [found(0, { T3_A: 30, T3_B: 26 }), found(1, { T3_A: 32, T3_B: 33 })];
    const made = withTrends(page, all);
    const [a] = cells(made, '| `T3_A` |');
    expect(a?.slice(2, 8)).toEqual(['`T3_A`', '29.6', '31.0 ± 1.4', '30.0', '32.0', '']);
    const [depth] = cells(made, '`T3_A` − `T3_B`');
    expect(depth?.slice(3, 6)).toEqual(['0.9', '+1.5 ± 3.5', '1 of 2']);
    const [lrn] = cells(made, '`T3_A` − `T3_A_LRN`');
    expect(lrn?.slice(4, 6)).toEqual(['+11.0 ± 1.4', '0 of 2']);
    const prose = (text: string) => text.split('\n').filter((line) => !/^(\||$)/.test(line));
    expect(prose(made)).toEqual(prose(page));
    expect(withTrends(made, all)).toBe(made);
  });

  it('of one seed have no spread', () => {
    const [a] = cells(withTrends(page, [found(4, { T3_A: 30 })]), '| `T3_A` |');
    expect(a?.slice(3, 6)).toEqual(['29.6', '30.0', '30.0']);
  });

  it('say what was not measured, and count only the seeds that have both', () => {
    const { T3_B: _, ...fewer } = found(1, { T3_A: 32 }).top1;
    const made = withTrends(page, [found(0, { T3_A: 30 }), { ...found(1, {}), top1: fewer }]);
    const [b] = cells(made, '| `T3_B` |');
    expect(b?.slice(3, 7)).toEqual(['28.7', '20.0', '20.0', '–']);
    const [depth] = cells(made, '`T3_A` − `T3_B`');
    expect(depth?.slice(4, 6)).toEqual(['+10.0', '1 of 1']);
    const [nothing] = cells(withTrends(page, [{ ...found(0, {}), top1: {} }]), '`T3_A` −');
    expect(nothing?.slice(4, 6)).toEqual(['–', '–']);
  });
});
