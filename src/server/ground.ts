/** What a feature stands on: a file of the editor, its program as it is now, and the way from places to positions. */
import type { Location, Range } from 'vscode-languageserver-protocol';
import type { Source, Span } from '../syntax/source.ts';
import type { Tree } from '../syntax/tree.ts';
import type { View } from '../workspace/workspace.ts';
import type { Client } from './client.ts';
import type { Host } from './host.ts';
import type { Document, Projects } from './projects.ts';
import { rangeOf, textOf, type Text } from './text.ts';

export type Ground = {
  readonly document: Document;
  /** its path in the project */
  readonly path: string;
  readonly text: Text;
  /** the program that begins with this file */
  readonly view: View;
  /** programs of other open files that import this one */
  readonly others: () => readonly View[];
  readonly client: Client;
  readonly host: Host;
  readonly projects: Projects;
  /** a file of the project */
  readonly textOf: (path: string) => Text | undefined;
  readonly uriOf: (path: string) => string;
};

/** The ground for a document. */
export const groundFor = (
  document: Document,
  projects: Projects,
  client: Client,
  host: Host,
): Ground => {
  const view = projects.view(document);
  const texts = new Map<string, Text>([[document.path, document.text]]);
  const uris = new Map<string, string>();
  const found = (path: string): Source | undefined =>
    view.sources.get(path) ??
    others()
      .map(({ sources }) => sources.get(path))
      .find((source) => source !== undefined) ??
    projects.view({ root: document.root, path }).sources.get(path);
  let known: readonly View[] | undefined;
  const others = (): readonly View[] =>
    (known ??= projects.importers(document).map((other) => projects.view(other)));
  return {
    document,
    path: document.path,
    text: document.text,
    view,
    others,
    client,
    host,
    projects,
    textOf: (path) => {
      const source = texts.has(path) ? undefined : found(path);
      if (source !== undefined) texts.set(path, textOf(source.text, client.encoding));
      return texts.get(path);
    },
    uriOf: (path) => {
      const uri = uris.get(path) ?? projects.uriOf(document.root, path);
      uris.set(path, uri);
      return uri;
    },
  };
};

/** The file as a tree, however broken. */
export const treeOf = ({ view, path }: Ground): Tree | undefined =>
  view.program?.files.get(path)?.tree;

/** The text at a place of a tree. */
export const written = (ground: Ground, place: Span): string => {
  const { path, start, end } = ground.view.locate(place);
  return ground.textOf(path)?.text.slice(start, end) ?? '';
};

/** A located place as the client counts; undefined in a file that nobody has read. */
export const locationOf = (ground: Ground, { path, start, end }: Span): Location | undefined => {
  const text = ground.textOf(path);
  return text && { uri: ground.uriOf(path), range: rangeOf(text, start, end) };
};

/** A located place of the document itself. */
export const rangeIn = ({ text }: Ground, { start, end }: Pick<Span, 'start' | 'end'>): Range =>
  rangeOf(text, start, end);
