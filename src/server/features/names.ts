/** Names: where they are declared, where they are used, and how they are called. */
import type { DocumentHighlight, Location } from 'vscode-languageserver-protocol';
import { at } from '../client.ts';
import { ofPlace, type Feature } from '../feature.ts';
import { locationOf, rangeIn, type Ground } from '../ground.ts';
import { importAt } from '../imports.ts';
import { isDeclaration, type Use } from '../meaning.ts';
import { nameAt, usesEverywhere, usesHere } from '../references.ts';

const definitionAt = (ground: Ground, offset: number): Location | undefined => {
  const imported = importAt(ground, offset);
  if (imported !== undefined)
    return {
      uri: ground.uriOf(imported.path),
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
    };
  const declared = nameAt(ground, offset)?.declared;
  return declared && locationOf(ground, declared.span);
};

export const definition: Feature = ofPlace(
  {
    method: 'textDocument/definition',
    name: 'Go to definition',
    doc: 'of definitions, nets, parameters, names of `where`, sizes, remembered values, passes, trainings and imported files',
    offers: () => ({ definitionProvider: true }),
  },
  definitionAt,
);

const locationsOf = (ground: Ground, uses: readonly Use[]): readonly Location[] =>
  uses.flatMap(({ word }) => locationOf(ground, word) ?? []);

export const references: Feature = ofPlace(
  {
    method: 'textDocument/references',
    name: 'References',
    doc: 'every place of a name, in all files of the project',
    offers: () => ({ referencesProvider: true }),
  },
  (ground, offset, params) => {
    const declared = nameAt(ground, offset)?.declared;
    if (declared === undefined) return [];
    const withDeclaration = at(params['context'], 'includeDeclaration') !== false;
    const { uses, lacks } = usesEverywhere(ground, declared);
    if (lacks !== undefined)
      ground.host.log(`references of \`${nameAt(ground, offset)?.text}\`: ${lacks}`);
    return locationsOf(ground, withDeclaration ? uses : uses.filter((u) => !isDeclaration(u)));
  },
);

export const highlight: Feature = ofPlace(
  {
    method: 'textDocument/documentHighlight',
    name: 'Highlight',
    doc: 'the places of the name under the cursor in this file',
    offers: () => ({ documentHighlightProvider: true }),
  },
  (ground, offset): readonly DocumentHighlight[] => {
    const declared = nameAt(ground, offset)?.declared;
    if (declared === undefined) return [];
    return usesHere(ground, declared).map((use) => ({
      range: rangeIn(ground, use.word),
      kind: isDeclaration(use) ? 3 : 2,
    }));
  },
);
