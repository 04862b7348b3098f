/** The declarations of all files of the projects that are open, as a search in their texts finds them. */
import * as E from 'fp-ts/lib/Either.js';
import type { SymbolInformation, SymbolKind } from 'vscode-languageserver-protocol';
import { at } from '../client.ts';
import { invalid, type Feature, type Session } from '../feature.ts';
import type { Located } from '../host.ts';
import { rangeOf, textOf } from '../text.ts';

const MOST = 500;

const kinds: { readonly [keyword: string]: SymbolKind } = {
  def: 12, // function
  net: 5, // class
  rewrite: 6, // method
  train: 24, // event
  eval: 24,
};

/** Whether a name has the letters in this order, whatever their case. */
const has = (name: string, letters: readonly string[]): boolean => {
  let from = 0;
  return letters.every((c) => (from = name.indexOf(c, from) + 1) > 0);
};

const declaredIn = (
  { projects, client }: Session,
  file: Located,
  letters: readonly string[],
): readonly SymbolInformation[] => {
  const plain = projects.read(file);
  if (plain === undefined) return [];
  const found = [...plain.matchAll(/^(def|net|rewrite|train|eval)[ \t]+(\w+)/gm)].filter(
    ([, , name = '']) => has(name.toLowerCase(), letters),
  );
  if (found.length === 0) return [];
  const text = textOf(plain, client.encoding);
  return found.map(({ 0: whole, 1: keyword = '', 2: name = '', index }) => {
    const end = index + whole.length;
    const uri = projects.uriOf(file.root, file.path);
    const location = { uri, range: rangeOf(text, end - name.length, end) };
    return { name, kind: kinds[keyword]!, location, containerName: file.path };
  });
};

export const workspaceSymbols: Feature = {
  method: 'workspace/symbol',
  name: 'Symbols of the workspace',
  doc: 'declarations of all files of the projects that are open',
  offers: () => ({ workspaceSymbolProvider: true }),
  answer: (session, params) => {
    const query = at(params, 'query');
    if (typeof query !== 'string') return invalid('`query` must be a string');
    const letters = [...query.toLowerCase()];
    const { projects } = session;
    const roots = new Map(projects.documents().map((document) => [document.root, document]));
    const found = [...roots.values()].flatMap((document) =>
      projects
        .beside(document)
        .paths.flatMap((path) => declaredIn(session, { root: document.root, path }, letters)),
    );
    return E.right(found.slice(0, MOST));
  },
};
