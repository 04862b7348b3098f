/** Selected layers become a definition of their own. */
import type { Span } from '../../syntax/source.ts';
import type { Expr } from '../../syntax/tree.ts';
import { treeOf, type Ground } from '../ground.ts';
import { kindOfDeclared } from '../definition-kinds.ts';
import { kindOf, kindOfOperator } from '../kinds.ts';
import type { Use } from '../meaning.ts';
import { isDefinition } from '../../typecheck/program/declarations.ts';
import { applied, type Change } from '../edits.ts';
import { newError } from '../new-error.ts';
import { exprsOf, pathAt } from '../tree-at.ts';
import { usesOf } from '../uses.ts';
import { trimmed, withComment, type Action, type Offer, type Selection } from './action.ts';

/** Whether an expression is known to be layers; a number is a part of them, and no definition. */
const isLayers = (ground: Ground, expr: Expr): boolean => {
  const declared = new Map(
    usesOf(ground.view, ground.path).map((use) => [use.text, use.declared] as const),
  );
  const kind = kindOf(expr, (text) => {
    const meant = declared.get(text);
    return meant === undefined ? kindOfOperator(text) : kindOfDeclared(ground.view, meant);
  });
  return kind === 'layer';
};

/** The place of whole layers that a selection covers: one expression, or steps of a sequence. */
const wholeLayers = (ground: Ground, { start, end }: Selection): Span | undefined => {
  const { locate } = ground.view;
  for (const expr of exprsOf(pathAt(ground, start)).toReversed()) {
    const own = locate(expr.span);
    if (own.start === start && own.end === end) return isLayers(ground, expr) ? own : undefined;
    if (expr.tag !== 'sequence') continue;
    const places = expr.steps.map((step) => locate(step.span));
    const from = places.find((place) => place.start === start);
    const to = places.find((place) => place.end === end);
    if (from !== undefined && to !== undefined && from.start < to.end)
      return { ...from, end: to.end };
  }
  return undefined;
};

const inside = (place: Span, whole: Span): boolean =>
  place.path === whole.path && place.start >= whole.start && place.end <= whole.end;

/** What the layers need of the definition around them; undefined where they cannot leave it. */
const neededIn = (
  { view, path, text }: Ground,
  layers: Span,
  around: Span,
): readonly string[] | undefined => {
  const needed = new Set<string>();
  for (const { word, text: name, from, declared } of usesOf(view, path)) {
    if (declared === undefined) continue;
    const isUse = inside(word, layers);
    const isOwn = inside(declared.span, layers);
    // a value that is remembered here and taken there
    if (from === 'remembered' && isUse !== isOwn) return undefined;
    if (!isUse || isOwn || !inside(declared.span, around)) continue;
    const isRest = text.text.slice(word.start - 2, word.start) === '..';
    if (isRest || (from !== 'parameter' && from !== 'where')) return undefined;
    needed.add(name);
  }
  return [...needed];
};

/** A name that nothing has. */
const newName = (uses: readonly Use[], wanted: string): string => {
  const taken = new Set(uses.map(({ text }) => text));
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}_${n}`;
    if (!taken.has(name)) return name;
  }
};

/** The lines of layers, moved to the left as far as they go. */
const outdented = (text: string): string => {
  const [first = '', ...rest] = text.split('\n');
  const indents = rest.filter((l) => l.trim() !== '').map((l) => l.length - l.trimStart().length);
  const least = Math.min(...indents, Infinity);
  return [first, ...rest.map((l) => `  ${l.slice(Number.isFinite(least) ? least : 0)}`)].join('\n');
};

const definition = (name: string, parameters: readonly string[], layers: string): string => {
  const head = `def ${name}${parameters.length === 0 ? '' : `(${parameters.join(', ')})`}`;
  return layers.includes('\n')
    ? `${head} {\n  ${outdented(layers)}\n}\n\n`
    : `${head} = ${layers}\n\n`;
};

const call = (name: string, parameters: readonly string[]): string =>
  parameters.length === 0 ? name : `${name}(${parameters.join(', ')})`;

/** Weights have other paths in a definition, so a training that begins with those of another net may not fit any more. */
const isSound = ({ projects, document, view, path, text }: Ground, changes: readonly Change[]) => {
  const after = projects.trial(document, view, new Map([[path, applied(text.text, changes)]]));
  return newError(view, after) === undefined;
};

/** Extracts whole layers of a definition or a net. */
export const extract: Offer = (ground, selection): readonly Action[] => {
  if (selection.start === selection.end) return [];
  const { text } = ground.text;
  const { locate } = ground.view;
  const layers = wholeLayers(ground, trimmed(text, selection));
  const around = (treeOf(ground)?.declarations ?? [])
    .filter(isDefinition)
    .find((d) => layers !== undefined && inside(layers, locate(d.span)));
  if (layers === undefined || around === undefined) return [];
  const whole = locate(around.span);
  if (!inside(layers, locate(around.body.span))) return [];
  const uses = usesOf(ground.view, ground.path);
  const needed = neededIn(ground, layers, whole);
  if (needed === undefined) return [];
  const name = newName(uses, 'part');
  const at = withComment(text, whole.start);
  const made = definition(name, needed, text.slice(layers.start, layers.end));
  const changes: readonly Change[] = [
    { span: { path: ground.path, start: at, end: at }, newText: made },
    { span: layers, newText: call(name, needed) },
  ];
  return isSound(ground, changes)
    ? [{ title: `extract to \`def ${name}\``, kind: 'refactor.extract', changes }]
    : [];
};
