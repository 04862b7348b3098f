/** docs/passes.md and its drawings are those of passes/*.net: else run node scripts/passes-doc.mjs. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ruleSvg } from '../../src/diagram/rule.ts';
import { declared, drawingOf, passesPage } from '../../src/rewrite/document.ts';
import { passTable } from '../../src/rewrite/passes.ts';

const root = new URL('../../', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, root), 'utf8');

const passes = declared(passTable, (file) => ({
  path: `passes/${file}`,
  text: textOf(`passes/${file}`),
}));
const rules = passes.flatMap(({ source, declaration }) =>
  declaration.rules.map((rule) => {
    const drawing = drawingOf(declaration.name.text, rule.name.text);
    return { drawing, svg: ruleSvg(rule, source.text), doc: declaration.doc };
  }),
);
const page = passesPage(passes);

it('is fresh', () => {
  expect(textOf('docs/passes.md')).toBe(page);
  for (const { drawing, svg } of rules) expect(textOf(`docs/${drawing}`), drawing).toBe(svg);
  expect(readdirSync(new URL('docs/passes/', root)).sort()).toEqual(
    rules.map(({ drawing }) => drawing.replace('passes/', '')).sort(),
  );
});

it('tells of every pass', () => {
  for (const { declaration } of passes) expect(declaration.doc, declaration.name.text).not.toBe('');
});

it('leads only to what is there', () => {
  const links = Array.from(page.matchAll(/\]\(([^)#]+)\)/g), ([, to]) => to!);
  expect(links.length).toBeGreaterThan(rules.length);
  expect(links.filter((to) => !existsSync(new URL(to, new URL('docs/', root))))).toEqual([]);
});
