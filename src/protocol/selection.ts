/** Which layers of a net are chosen: some of an operator, those within a path, or all but these. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { near } from '../diagnostic/suggest.ts';

/**
 * Layers with weights: `first 4 conv`, in order of execution, whatever definitions they are in; `within "block3"`, at
 * that path or below it; and where `others`, all but these.
 */
export type Selection = { readonly others: boolean } & (
  | {
      readonly tag: 'count';
      readonly end: 'first' | 'last';
      readonly count: number;
      readonly operator: string;
    }
  | { readonly tag: 'path'; readonly path: string }
);

/** A layer with weights; `path` is without the net that it is in. */
export type Selectable = { readonly path: string; readonly op: string };

/** Why a selection chooses nothing. */
export type Miss =
  | {
      readonly tag: 'too few';
      readonly operator: string;
      readonly count: number;
      readonly has: number;
      /** the same of those that are there; undefined where none are */
      readonly fewer: Selection | undefined;
    }
  /** no layer with weights is at the path or below it; `meant` are near ones that have some */
  | { readonly tag: 'no path'; readonly path: string; readonly meant: readonly Selection[] }
  /** `all but` all of them */
  | { readonly tag: 'none left'; readonly selection: Selection };

/** A path without its net. */
export const withoutNet = (path: string): string => path.slice(path.indexOf('/') + 1);

/** The layers, of all with weights in order of execution, that one selection chooses. */
export const selectedBy = <L extends Selectable>(
  selection: Selection,
  layers: readonly L[],
): Either<Miss, readonly L[]> => {
  const named = namedBy(selection, layers);
  if (E.isLeft(named) || !selection.others) return named;
  const left = new Set(named.right);
  const others = layers.filter((layer) => !left.has(layer));
  return others.length === 0 ? E.left({ tag: 'none left', selection }) : E.right(others);
};

/** The layers that selections choose together; one that misses chooses none. */
export const chosenBy = <L extends Selectable>(
  selections: readonly Selection[],
  layers: readonly L[],
): ReadonlySet<L> =>
  new Set(
    selections.flatMap((selection) => {
      const chosen = selectedBy(selection, layers);
      return E.isLeft(chosen) ? [] : chosen.right;
    }),
  );

const namedBy = <L extends Selectable>(
  selection: Selection,
  layers: readonly L[],
): Either<Miss, readonly L[]> => {
  if (selection.tag === 'path') {
    const { path } = selection;
    const within = layers.filter((layer) => isWithin(layer.path, path));
    return within.length === 0 ? E.left(noPath(selection, layers)) : E.right(within);
  }
  const { end, count, operator } = selection;
  const all = layers.filter(({ op }) => op === operator);
  const has = all.length;
  const fewer = has === 0 ? undefined : { ...selection, count: has };
  if (count > has) return E.left({ tag: 'too few', operator, count, has, fewer });
  return E.right(end === 'first' ? all.slice(0, count) : all.slice(-count));
};

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`);

const noPath = (
  selection: Selection & { readonly tag: 'path' },
  layers: readonly Selectable[],
): Miss => {
  const { path } = selection;
  const there = new Set(layers.flatMap((layer) => foldersOf(layer.path)));
  // with the net in front, as weight files have it
  const bare = withoutNet(path);
  const meant = there.has(bare) ? [bare] : near(path, there);
  return { tag: 'no path', path, meant: meant.map((one) => ({ ...selection, path: one })) };
};

/** `block3/conv2` is itself, and within `block3`. */
const foldersOf = (path: string): readonly string[] =>
  path.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'));

const showSelection = (selection: Selection): string => {
  const named =
    selection.tag === 'path'
      ? `within ${JSON.stringify(selection.path)}`
      : `${selection.end} ${selection.count} ${selection.operator}`;
  return selection.others ? `all but ${named}` : named;
};

/** As in `first 4 conv; last 3 fc`. */
export const showSelections = (selections: readonly Selection[]): string =>
  selections.map(showSelection).join('; ');

/** A miss in words: `of` is the net or the file, as messages have it. */
export const missText = (
  of: string,
  miss: Miss,
): { readonly message: string; readonly label: string; readonly instead?: string } => {
  switch (miss.tag) {
    case 'too few': {
      const { operator, count, has, fewer } = miss;
      return fewer === undefined
        ? {
            message: `\`${of}\` has no \`${operator}\` with weights`,
            label: 'there are none',
          }
        : {
            message: `\`${of}\` has ${has} \`${operator}\`, and ${count} are asked for`,
            label: 'more than there are',
            instead: showSelection(fewer),
          };
    }
    case 'no path': {
      const [meant] = miss.meant;
      return {
        message: `\`${of}\` has no layer with weights within \`${miss.path}\``,
        label: 'there are none',
        ...(meant === undefined ? {} : { instead: showSelection(meant) }),
      };
    }
    case 'none left':
      return {
        message: `\`${showSelection(miss.selection)}\` leaves no layer of \`${of}\``,
        label: 'these are all that have weights',
      };
  }
};
