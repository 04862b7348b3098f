/**
 * Text fixtures in the manner of Lezer: `# title`, the source, `==>`, and what the parser makes of it.
 * `NETC_UPDATE=1` writes the outcomes (test/golden.ts).
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { diagnosticsOf, resultOf } from '../../src/diagnostic/checked.ts';
import type { Diagnostic } from '../../src/diagnostic/diagnostic.ts';
import { operatorWords } from '../../src/ops/words.ts';
import { parse } from '../../src/parser/parse.ts';
import { showTree } from '../../src/syntax/show.ts';
import { lineStarts, positionAt, type Span } from '../../src/syntax/source.ts';
import { expectGolden } from '../golden.ts';

export type Case = { readonly title: string; readonly source: string; readonly outcome: string };

const folder = path.join(import.meta.dirname, 'cases');

const place = (text: string, span: Span): string => {
  const starts = lineStarts(text);
  const show = (offset: number): string => {
    const { line, character } = positionAt(starts, offset);
    return `${line + 1}:${character + 1}`;
  };
  return `${show(span.start)}-${show(span.end)}`;
};

/** The source with the edits of a fix. */
export const applied = (text: string, diagnostic: Diagnostic, fix: number): string =>
  [...(diagnostic.fixes[fix]?.edits ?? [])]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce((t, { span, newText }) => t.slice(0, span.start) + newText + t.slice(span.end), text);

const shown = (text: string, diagnostic: Diagnostic): string =>
  [
    `${diagnostic.code} ${place(text, diagnostic.primary.span)} ${diagnostic.message}`,
    ...diagnostic.labels.map((label) => `  at ${place(text, label.span)} ${label.message}`),
    ...diagnostic.notes.map((note) => `  note: ${note}`),
    ...diagnostic.fixes.map((fix) => `  fix: ${fix.title}`),
  ].join('\n');

export const outcomeOf = (source: string): string => {
  const result = parse({ path: 'case.net', text: source }, operatorWords);
  const tree = resultOf(result);
  return [
    ...(tree === undefined ? [] : [showTree(tree).trimEnd()]),
    ...diagnosticsOf(result).map((diagnostic) => shown(source, diagnostic)),
  ].join('\n');
};

export const caseFiles = (): readonly string[] =>
  fs.readdirSync(folder).filter((name) => name.endsWith('.txt'));

export const readCases = (name: string): readonly Case[] =>
  fs
    .readFileSync(path.join(folder, name), 'utf8')
    .split(/^# /m)
    .slice(1)
    .map((text) => {
      const [head = '', outcome = ''] = text.split(/^==>\n?/m);
      const newline = head.indexOf('\n');
      return {
        title: head.slice(0, newline),
        source: head.slice(newline + 1).replace(/\n\n?$/, ''),
        outcome: outcome.trim(),
      };
    });

/** The file of some cases, with what the parser makes of them. */
export const expectCases = (name: string, cases: readonly Case[]): void =>
  expectGolden(
    path.join(folder, name),
    cases
      .map(({ title, source }) => `# ${title}\n${source}\n\n==>\n${outcomeOf(source)}\n`)
      .join('\n'),
  );
