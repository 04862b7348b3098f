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

/** What it takes to show a place to a client. */
export type Places = Pick<Ground, 'client' | 'host' | 'textOf' | 'uriOf'>;

/** The places of a project, as a document of it sees them; the texts of other files are those of `source`. */
export const placesFor = (
  document: Document,
  projects: Projects,
  client: Client,
  host: Host,
  source: (path: string) => Source | undefined,
): Places => {
  const texts = new Map<string, Text>([[document.path, document.text]]);
  const uris = new Map<string, string>();
  return {
    client,
    host,
    textOf: (path) => {
      const found = texts.has(path)
        ? undefined
        : (source(path) ?? projects.view({ root: document.root, path }).sources.get(path));
      if (found !== undefined) texts.set(path, textOf(found.text, client.encoding));
      return texts.get(path);
    },
    uriOf: (path) => {
      const uri = uris.get(path) ?? projects.uriOf(document.root, path);
      uris.set(path, uri);
      return uri;
    },
  };
};

/** The ground for a document. */
export const groundFor = (
  document: Document,
  projects: Projects,
  client: Client,
  host: Host,
): Ground => {
  const view = projects.view(document);
  let known: readonly View[] | undefined;
  const others = (): readonly View[] =>
    (known ??= projects.importers(document).map((other) => projects.view(other)));
  const source = (path: string): Source | undefined =>
    view.sources.get(path) ??
    others()
      .map(({ sources }) => sources.get(path))
      .find((found) => found !== undefined);
  return {
    ...placesFor(document, projects, client, host, source),
    document,
    path: document.path,
    text: document.text,
    view,
    others,
    projects,
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
export const locationOf = (
  { textOf, uriOf }: Pick<Places, 'textOf' | 'uriOf'>,
  { path, start, end }: Span,
): Location | undefined => {
  const text = textOf(path);
  return text && { uri: uriOf(path), range: rangeOf(text, start, end) };
};

/** A located place of the document itself. */
export const rangeIn = ({ text }: Ground, { start, end }: Pick<Span, 'start' | 'end'>): Range =>
  rangeOf(text, start, end);
