/** The type behind each layer, where it is written; accepting one writes it into the source. */
import type { InlayHint, InlayHintLabelPart, TextEdit } from 'vscode-languageserver-protocol';
import { isKnown, showType } from '../../ops/types.ts';
import type { Definition, Expr } from '../../syntax/tree.ts';
import { partsOf } from '../../syntax/walk.ts';
import type { Typed } from '../../typecheck/net/typed.ts';
import { sizeNames } from '../../typecheck/expr/names.ts';
import { ofStretch, type Feature } from '../feature.ts';
import { rangeIn, treeOf, type Ground } from '../ground.ts';
import { layersOf } from '../layers.ts';
import { isDefinition } from '../../typecheck/program/declarations.ts';

import { positionOf } from '../text.ts';

/** A layer that gets a hint, and the definition that it is written in. */
type Hinted = { readonly expr: Expr; readonly joined: boolean; readonly of: Definition };

/** The layers of a body that are steps, branches or operands: what a reader sees one after the other. */
const hintedIn = (of: Definition): readonly Hinted[] => {
  const found: Hinted[] = [];
  const visit = (expr: Expr): void => {
    switch (expr.tag) {
      case 'sequence':
        for (const def of expr.defs) if (isDefinition(def)) found.push(...hintedIn(def));
        return expr.steps.forEach(hinted);
      case 'beside':
        return expr.branches.forEach(hinted);
      case 'run':
        return expr.operands.forEach(hinted);
      case 'if':
        return [expr.then, expr.else].forEach(hinted);
      case 'ascribe':
      case 'where':
      case 'times':
      case 'with':
        return visit(expr.body);
      case 'group':
      case 'label':
      case 'as':
      case 'block':
      case 'also':
        return partsOf(expr).forEach(visit);
      default:
    }
  };
  const hinted = (expr: Expr): void => {
    visit(expr);
    // what a side branch gives does not go on
    if (expr.tag !== 'also' && expr.tag !== 'missing')
      found.push({ expr, joined: expr.tag === 'beside' || expr.tag === 'run', of });
  };
  if (of.body.tag === 'sequence' || of.body.tag === 'group') visit(of.body);
  else hinted(of.body);
  return found;
};

/** What copies and uses give, in order; runs of the same are told once. */
const runs = (types: readonly string[]): readonly string[] => {
  const lines: string[] = [];
  for (let i = 0; i < types.length;) {
    let end = i;
    while (types[end + 1] === types[i]) end++;
    lines.push(`${i === end ? i + 1 : `${i + 1}–${end + 1}`}: \`${types[i]}\``);
    i = end + 1;
  }
  return lines;
};

const bodyOf = (typed: Typed): Typed => (typed.tag === 'remember' ? bodyOf(typed.body) : typed);

const tooltipOf = (placed: readonly Typed[], types: readonly string[]): string => {
  const first = placed[0]!;
  const step = bodyOf(first);
  const flow = `\`${showType(first.input)}\` → \`${showType(first.output)}\``;
  if (new Set(types).size > 1)
    return [`differs from use to use:`, ...[...new Set(types)].map((t) => `- \`${t}\``)].join('\n');
  if (step.tag !== 'repeat' || step.copies.length < 2) return flow;
  const copies = runs(step.copies.map(({ output }) => showType(output)));
  return [flow, '', ...copies.map((line) => `- ${line}`)].join('\n');
};

/** Whether a postfix behind the expression would belong to the whole of it. */
const holdsType = ({ tag }: Expr): boolean =>
  tag === 'chain' || tag === 'times' || tag === 'label' || tag === 'group' || tag === 'recall';

/** Writes the type, where it means the same in the source: its sizes are numbers, or names of the net's own type. */
const editsFor = (
  ground: Ground,
  { expr, of }: Hinted,
  type: string,
): readonly TextEdit[] | undefined => {
  const names = new Set(of.tag === 'net' ? sizeNames(of.signature?.input) : []);
  const isClosed = (type.match(/[A-Za-z]\w*/g) ?? []).every((name) => names.has(name));
  if (!isClosed || !holdsType(expr)) return undefined;
  const { start, end } = ground.view.locate(expr.span);
  return [
    { range: rangeIn(ground, { start, end: start }), newText: '(' },
    { range: rangeIn(ground, { start: end, end }), newText: ` : _ -> ${type})` },
  ];
};

const hintFor = (ground: Ground, hinted: Hinted): InlayHint | undefined => {
  const { expr } = hinted;
  const placed = layersOf(ground, expr).map(({ typed }) => typed);
  const types = placed.map(({ output }) => showType(output));
  const [type] = types;
  if (type === undefined || !isKnown(placed[0]!.output)) return undefined;
  const isOne = new Set(types).size === 1;
  const edits = isOne ? editsFor(ground, hinted, type) : undefined;
  const value = `${hinted.joined ? '= ' : ''}${type}${isOne ? '' : ' …'}`;
  const label: InlayHintLabelPart = { value };
  return {
    position: positionOf(ground.text, ground.view.locate(expr.span).end),
    label: [label],
    kind: 1,
    paddingLeft: true,
    tooltip: { kind: 'markdown', value: tooltipOf(placed, types) },
    ...(edits === undefined ? {} : { textEdits: [...edits] }),
  };
};

/** The hints of the definitions that a stretch of text touches. */
const hints = (
  ground: Ground,
  stretch: { readonly start: number; readonly end: number },
): readonly InlayHint[] => {
  const { locate } = ground.view;
  const inside = ({ start, end }: { start: number; end: number }): boolean =>
    start <= stretch.end && end >= stretch.start;
  const all = (treeOf(ground)?.declarations ?? [])
    .filter(isDefinition)
    .filter((d) => inside(locate(d.span)))
    .flatMap(hintedIn);
  const found = new Map<string, InlayHint>();
  for (const hinted of all) {
    const { end } = locate(hinted.expr.span);
    if (!inside({ start: end, end })) continue;
    const hint = hintFor(ground, hinted);
    // a block ends where its last layer does
    const key = `${end} ${hinted.joined}`;
    if (hint !== undefined && !found.has(key)) found.set(key, hint);
  }
  return [...found.values()];
};

export const inlayHints: Feature = ofStretch(
  {
    method: 'textDocument/inlayHint',
    name: 'Inlay hints',
    doc: 'the type behind each layer; behind `3x f` that of the last copy, and its tooltip lists all. In a definition it is that of its uses. Accepting a hint writes the type into the source',
    offers: () => ({ inlayHintProvider: true }),
  },
  hints,
);
