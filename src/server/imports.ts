/** Imports as they are written, and where they lead. */
import type { Span } from '../syntax/source.ts';
import { treeOf, type Ground } from './ground.ts';
import { importedPath } from './meaning.ts';

/** The path of an import: where it is written, its quotes apart, and the file that it names. */
export type Import = { readonly place: Span; readonly path: string };

export const importsOf = (ground: Ground): readonly Import[] =>
  (treeOf(ground)?.declarations ?? []).flatMap((d) => {
    if (d.tag !== 'import') return [];
    const path = importedPath(ground.view, ground.path, d.path.text);
    const { start, end, path: own } = ground.view.locate(d.path.span);
    return path === undefined
      ? []
      : [{ path, place: { path: own, start: start + 1, end: end - 1 } }];
  });

/** The import whose path is at a place. */
export const importAt = (ground: Ground, offset: number): Import | undefined =>
  importsOf(ground).find(({ place }) => place.start <= offset && offset <= place.end);
