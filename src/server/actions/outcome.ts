/** Whether a change of how a program is written leaves what it computes. */
import type { PlacedLayer } from '../../graph/graph.ts';
import { showType } from '../../ops/types.ts';
import type { Declaration } from '../../syntax/tree.ts';
import { writtenOut } from '../../typecheck/net/flat.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import type { View } from '../../workspace/workspace.ts';
import { applied, type Change } from '../edits.ts';
import { relatedTo, usedBy } from '../dependencies.ts';
import { treeOf, type Ground } from '../ground.ts';
import { importing } from '../references.ts';
import { mostLayers } from '../limits.ts';

/** One layer as it computes: its name and its place do not matter. */
const layerOf = ({ op, args, inputs, output }: PlacedLayer): readonly unknown[] => [
  op,
  Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1)),
  inputs,
  showType(output),
];

/** A net with its types, layer for layer; undefined where it has more layers than are compared. */
const netOf = (net: TypedNet): readonly unknown[] | undefined => {
  if (net.body.totals.layers > mostLayers.written) return undefined;
  const { layers, outputs } = writtenOut(net);
  return [net.name, showType(net.input), showType(net.output), layers.map(layerOf), outputs];
};

/** The errors of a program, and its nets; undefined where a net is too long to compare. */
const resultsOf = ({ found, program }: View): string | undefined => {
  const errors = found.flatMap(({ severity, code }) => (severity === 'error' ? [code] : []));
  const nets = (program?.nets ?? []).map(netOf);
  return nets.includes(undefined) ? undefined : JSON.stringify([errors.sort(), nets]);
};

/** The declarations on which depends what the nets and assertions of a program say. */
const toldIn = (view: View): ReadonlySet<Declaration> => {
  const all = view.program?.files.get(view.entry)?.tree.declarations ?? [];
  return usedBy(
    view,
    all.filter(({ tag }) => tag === 'net' || tag === 'assert'),
  );
};

/** A declaration of the file with the text up to the next. */
type Piece = { readonly d: Declaration; readonly start: number; readonly end: number };

const piecesOf = (ground: Ground): readonly Piece[] => {
  const { view, text } = ground;
  const all = treeOf(ground)?.declarations ?? [];
  return all.map((d, i) => {
    const next = all[i + 1];
    const end = next === undefined ? text.text.length : view.locate(next.span).start;
    return { d, start: view.locate(d.span).start, end };
  });
};

/** What changes in a piece of the text, with places that count from its beginning. */
const inside = (changes: readonly Change[], { start, end }: Piece): readonly Change[] =>
  changes
    .filter(({ span }) => span.start < end && span.end > start)
    .map(({ span, newText }) => ({
      span: {
        ...span,
        start: Math.max(0, span.start - start),
        end: Math.min(end, span.end) - start,
      },
      newText,
    }));

/** Tries changes on the declarations of the file that they concern, apart from the others. */
const isKeptHere = (
  ground: Ground,
  changes: readonly Change[],
  pieces: readonly Piece[],
  changed: readonly Declaration[],
): boolean => {
  const { projects, document, view, path, text } = ground;
  const related = relatedTo(ground, changed);
  const texts = pieces
    .filter(({ d }) => d.tag === 'import' || related.has(d))
    .map((piece) => ({
      text: text.text.slice(piece.start, piece.end),
      changes: inside(changes, piece),
    }));
  const results = (all: readonly string[]): string | undefined =>
    resultsOf(projects.trial(document, view, new Map([[path, all.join('')]])));
  const before = results(texts.map((part) => part.text));
  const after = results(texts.map((part) => applied(part.text, part.changes)));
  return before !== undefined && before === after;
};

/** Tries changes in the programs of other files that tell what the changed declarations compute. */
const isKeptElsewhere = (
  ground: Ground,
  changes: readonly Change[],
  changed: readonly Declaration[],
): boolean => {
  const { projects, document, path, text } = ground;
  const after = new Map([[path, applied(text.text, changes)]]);
  const telling = importing(ground)
    .map((view) => ({ view, told: toldIn(view) }))
    .filter(({ told }) => changed.some((d) => told.has(d)));
  return (
    changed.every((d) => telling.some(({ told }) => told.has(d))) &&
    telling.every(({ view }) => {
      const { root } = document;
      const before = resultsOf(view);
      const entry = { root, path: view.entry };
      return before !== undefined && before === resultsOf(projects.trial(entry, view, after));
    })
  );
};

/**
 * Tries changes of the file itself. They are not kept where no net and no assertion, here or in a file that imports this
 * one, would tell that something else is computed.
 */
export const keepsResults = (ground: Ground, changes: readonly Change[]): boolean => {
  const pieces = piecesOf(ground);
  const changed = pieces.flatMap((piece) => (inside(changes, piece).length > 0 ? [piece.d] : []));
  const told = toldIn(ground.view);
  return changed.every((d) => told.has(d))
    ? isKeptHere(ground, changes, pieces, changed)
    : isKeptElsewhere(ground, changes, changed);
};
