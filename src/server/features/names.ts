/** Names: where they are declared, where they are used, and how they are called. */
import * as E from 'fp-ts/lib/Either.js';
import type { DocumentHighlight, Location, Range } from 'vscode-languageserver-protocol';
import { splitSize } from '../../typecheck/expr/split-size.ts';
import { reservedWords } from '../../parser/lexemes.ts';
import { at } from '../client.ts';
import { workspaceEdit } from '../edits.ts';
import { groundOf, invalid, ofPlace, offsetIn, type Feature } from '../feature.ts';
import { groundFor, locationOf, rangeIn, type Ground } from '../ground.ts';
import { importAt } from '../imports.ts';
import { isDeclaration, type Declared, type From, type Use } from '../meaning.ts';
import { declarationOf, isDefinition, pathAt } from '../tree-at.ts';
import { usesOf } from '../uses.ts';
import { nameAt, usesEverywhere, usesHere } from '../references.ts';

/** Why some places of a name may not be known. */
const notAll =
  'the project has more files than are looked through, so it may stand in others; open a smaller folder';

const none = (): object => ({});

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
    const { uses, areAll } = usesEverywhere(ground, declared);
    if (!areAll) ground.host.log(`references of \`${nameAt(ground, offset)?.text}\`: ${notAll}`);
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

// ------------------------------------------------------------------------------------------------------- rename

/** The name at a place, if it may have another; else why not. */
const renamable = (ground: Ground, offset: number): E.Either<string, Use> => {
  const use = nameAt(ground, offset);
  if (use === undefined) return E.left('no name is here');
  if (use.from === 'std' || use.from === 'form')
    return E.left(`\`${use.text}\` is built in and keeps its name`);
  if (use.declared === undefined) return E.left(`nothing is declared as \`${use.text}\``);
  if (use.declared.span.path.startsWith('netc:'))
    return E.left(`\`${use.text}\` is netc's own and keeps its name`);
  if (use.from === 'label') return E.left('a label names weights; change it where it stands');
  return E.right(use);
};

export const prepareRename: Feature = {
  method: 'textDocument/prepareRename',
  name: '',
  doc: '',
  offers: none,
  answer: (session, params) =>
    E.chain((ground: Ground) =>
      E.chain((offset: number) => {
        const use = renamable(ground, offset);
        if (E.isLeft(use)) return invalid(use.left);
        const range: Range = rangeIn(ground, use.right.word);
        return E.right({ range, placeholder: use.right.text });
      })(offsetIn(ground, at(params, 'position'))),
    )(groundOf(session, params)),
};

/** Why a word is no name for what has some uses. */
const refused = (
  ground: Ground,
  { text }: Use,
  uses: readonly Use[],
  name: string,
): string | undefined => {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `\`${name}\` is not a name`;
  if (reservedWords.has(name)) return `\`${name}\` is a word of the language`;
  // `conv3` of a definition `conv`: then the digits would be part of the new name
  const isSized = uses.some(({ word }) =>
    /\d/.test(ground.textOf(word.path)?.text[word.end] ?? ''),
  );
  if ((isSized && /\d$/.test(name)) || splitSize(name)?.stem === text)
    return `\`${name}\` would be read as a name with a size`;
  return undefined;
};

/** Names that only the declaration around them sees. */
const local: ReadonlySet<From> = new Set(['parameter', 'size', 'where', 'remembered', 'variable']);

type Stretch = { readonly path: string; readonly start: number; readonly end: number };

/** Where a name can be seen: in the declaration that binds it, or in the files that use it. */
const reachOf = (
  ground: Ground,
  { from, span: { path, start } }: Declared,
  uses: readonly Use[],
): { readonly stretches: readonly Stretch[]; readonly passesOn: boolean } => {
  const { projects, document, client, host } = ground;
  const root = { root: document.root, path };
  const there = groundFor(projects.asDocument(root), projects, client, host);
  const binds = local.has(from) ? declarationOf(pathAt(there, start)) : undefined;
  if (binds !== undefined)
    return {
      stretches: [there.view.locate(binds.span)],
      passesOn: isDefinition(binds) && binds.parameters.some(({ tag }) => tag === 'rest'),
    };
  const paths = new Set(uses.map(({ word }) => word.path));
  const stretches = [...paths].map((p) => ({ path: p, start: 0, end: Infinity }));
  return { stretches, passesOn: false };
};

/** Where something has the name already, so that one of the two would mean the other. */
const taken = (
  ground: Ground,
  declared: Declared,
  uses: readonly Use[],
  name: string,
): string | undefined => {
  const { projects, document } = ground;
  const usesIn = (path: string): readonly Use[] =>
    usesOf(projects.view({ root: document.root, path }), path);
  const { stretches, passesOn } = reachOf(ground, declared, uses);
  const reads = ({ text, from, argument }: Use): boolean =>
    text === name && from !== 'label' && argument === undefined;
  const isTaken = ({ path, start, end }: Stretch): boolean =>
    usesIn(path).some((use) => reads(use) && use.word.start >= start && use.word.end <= end);
  // what `..p` passes on has names too, which calls give
  const isPassed = (path: string): boolean =>
    usesIn(path).some(({ text, argument }) => text === name && argument !== undefined);
  const path =
    stretches.find(isTaken)?.path ??
    (passesOn ? uses.find(({ word }) => isPassed(word.path))?.word.path : undefined);
  return path && `\`${name}\` has a meaning in \`${path}\` already`;
};

export const rename: Feature = {
  method: 'textDocument/rename',
  name: 'Rename',
  doc: 'a name at all its places, across imports; names that are built in, or taken, are refused with the reason',
  offers: () => ({ renameProvider: { prepareProvider: true } }),
  answer: (session, params) =>
    E.chain((ground: Ground) =>
      E.chain((offset: number) => {
        const use = renamable(ground, offset);
        const name = at(params, 'newName');
        if (E.isLeft(use)) return invalid(use.left);
        if (typeof name !== 'string') return invalid('`newName` must be a string');
        if (name === use.right.text) return E.right(workspaceEdit(ground, []));
        const declared = use.right.declared!;
        const { uses, areAll } = usesEverywhere(ground, declared);
        if (!areAll) return invalid(`\`${use.right.text}\` keeps its name here: ${notAll}`);
        const why = refused(ground, use.right, uses, name) ?? taken(ground, declared, uses, name);
        if (why !== undefined) return invalid(why);
        return E.right(
          workspaceEdit(
            ground,
            uses.map(({ word }) => ({ span: word, newText: name })),
          ),
        );
      })(offsetIn(ground, at(params, 'position'))),
    )(groundOf(session, params)),
};
