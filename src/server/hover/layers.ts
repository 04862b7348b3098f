/** Layers and definitions in words: their types, what they cost, what they see. */
import { showNet, showSignature } from '../../report/types.ts';
import type { Span } from '../../syntax/source.ts';
import type { Definition, Expr } from '../../syntax/tree.ts';
import { factLines, showFlow } from '../facts.ts';
import { written, type Ground } from '../ground.ts';
import { layersOf, type Placed } from '../layers.ts';

export const code = (text: string): string => `\`\`\`net\n${text}\n\`\`\``;

export const joined = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join('\n\n');

/** The text of an expression in one line. */
const inOneLine = (ground: Ground, expr: Expr): string =>
  written(ground, expr.span).replaceAll(/\s+/g, ' ');

const usesLine = (all: readonly Placed[]): string | undefined => {
  const flows = [...new Set(all.map(({ typed }) => showFlow(typed.input, typed.output)))];
  if (flows.length < 2) return undefined;
  const shown = flows.slice(0, 8).map((flow) => `- \`${flow}\``);
  return [`Used on ${flows.length} types; the facts are of the first:`, ...shown].join('\n');
};

const tables = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n');

/** A layer: its types, what it costs, what it sees. */
export const aboutLayer = (ground: Ground, expr: Expr): string | undefined => {
  const all = layersOf(ground, expr);
  const [first] = all;
  if (first === undefined) return undefined;
  const { input, output } = first.typed;
  return joined(
    code(`${inOneLine(ground, expr)} : ${showFlow(input, output)}`),
    tables(factLines(first)),
    usesLine(all),
  );
};

const headOf = (ground: Ground, d: Definition): string => {
  const { start } = ground.view.locate(d.span);
  const end = ground.view.locate(d.body.span);
  const text = ground.textOf(end.path)?.text.slice(start, end.start) ?? '';
  return text.replace(/[={(\s]+$/, '').replaceAll(/\s+/g, ' ');
};

export const aboutDefinition = (ground: Ground, d: Definition): string => {
  const { program, locate } = ground.view;
  const isIts = (span: Span): boolean => {
    const [a, b] = [locate(span), locate(d.name.span)];
    return a.path === b.path && a.start === b.start;
  };
  const net = program?.nets.find(({ span }) => isIts(span));
  const signature = program?.signature(d);
  const typed = net ? showNet(net) : signature ? showSignature(signature) : headOf(ground, d);
  const facts = net === undefined ? [] : factLines({ typed: net.body, net });
  return joined(code(typed), d.doc, tables(facts));
};
