/** Which definitions and nets call one, and which it calls. */
import * as E from 'fp-ts/lib/Either.js';
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
} from 'vscode-languageserver-protocol';
import type { Span } from '../../syntax/source.ts';
import type { Definition } from '../../syntax/tree.ts';
import { at } from '../client.ts';
import { groundOf, invalid, ofPlace, type Feature, type Session } from '../feature.ts';
import { groundFor, locationOf, rangeIn, treeOf, type Ground } from '../ground.ts';
import { definitionOf, isDeclaration, type Declared, type Use } from '../meaning.ts';
import { nameAt, usesEverywhere } from '../references.ts';
import { isDefinition } from '../../typecheck/program/declarations.ts';

import { usesOf } from '../uses.ts';

const itemOf = (
  ground: Ground,
  { name, tag }: Pick<Definition, 'name' | 'tag'>,
  place: Span,
): CallHierarchyItem | undefined => {
  const location = locationOf(ground, place);
  return (
    location && {
      name: name.text,
      kind: tag === 'net' ? 5 : 12,
      detail: tag,
      uri: location.uri,
      range: location.range,
      selectionRange: location.range,
      data: { path: place.path, start: place.start, asked: ground.document.uri },
    }
  );
};

export const prepareCallHierarchy: Feature = ofPlace(
  {
    method: 'textDocument/prepareCallHierarchy',
    name: 'Call hierarchy',
    doc: 'which definitions and nets use one, and which it uses',
    offers: () => ({ callHierarchyProvider: true }),
  },
  (ground, offset) => {
    const declared = nameAt(ground, offset)?.declared;
    const definition = definitionOf(declared);
    const item = definition && declared && itemOf(ground, definition, declared.span);
    return item === undefined ? undefined : [item];
  },
);

/** The ground of the file that an item lies in, and where its name begins. */
const groundOfItem = (
  session: Session,
  params: unknown,
): E.Either<{ code: number; message: string }, { ground: Ground; start: number }> => {
  const data = at(params, 'item', 'data');
  const [path, start, asked] = [at(data, 'path'), at(data, 'start'), at(data, 'asked')];
  if (typeof path !== 'string' || typeof start !== 'number' || typeof asked !== 'string')
    return invalid('an item is given back with its `data`');
  return E.map((from: Ground) => {
    const file = session.projects.asDocument({ root: from.document.root, path });
    return { ground: groundFor(file, session.projects, session.client, session.host), start };
  })(groundOf(session, { textDocument: { uri: asked } }));
};

/** The definitions of a file with the places of their names and their whole. */
const definitionsIn = (
  ground: Ground,
): readonly { readonly definition: Definition; readonly name: Span; readonly whole: Span }[] =>
  (treeOf(ground)?.declarations ?? []).filter(isDefinition).map((definition) => ({
    definition,
    name: ground.view.locate(definition.name.span),
    whole: ground.view.locate(definition.span),
  }));

const isIn = ({ word }: Use, whole: Span): boolean =>
  word.start >= whole.start && word.end <= whole.end;

const incoming = (ground: Ground, start: number): readonly CallHierarchyIncomingCall[] => {
  const declared: Declared | undefined = nameAt(ground, start)?.declared;
  if (declared === undefined) return [];
  const uses = usesEverywhere(ground, declared).uses.filter((use) => !isDeclaration(use));
  return [...new Set(uses.map(({ word }) => word.path))].flatMap((path) => {
    const { projects, client, host, document } = ground;
    const file = projects.asDocument({ root: document.root, path });
    const there = groundFor(file, projects, client, host);
    return definitionsIn(there).flatMap(({ definition, name, whole }) => {
      const calls = uses.filter((use) => use.word.path === path && isIn(use, whole));
      const from =
        calls.length === 0 ? undefined : itemOf({ ...there, document }, definition, name);
      return from === undefined
        ? []
        : [{ from, fromRanges: calls.map(({ word }) => rangeIn(there, word)) }];
    });
  });
};

const outgoing = (ground: Ground, start: number): readonly CallHierarchyOutgoingCall[] => {
  const own = definitionsIn(ground).find(({ name }) => name.start === start);
  if (own === undefined) return [];
  const calls = new Map<string, { to: CallHierarchyItem; uses: Use[] }>();
  for (const use of usesOf(ground.view, ground.path)) {
    const definition = definitionOf(use.declared);
    if (definition === undefined || !isIn(use, own.whole) || isDeclaration(use)) continue;
    const { span } = use.declared!;
    const key = `${span.path} ${span.start}`;
    const to = itemOf(ground, definition, span);
    if (to === undefined) continue;
    const before = calls.get(key) ?? { to, uses: [] };
    before.uses.push(use);
    calls.set(key, before);
  }
  return [...calls.values()].map(({ to, uses }) => ({
    to,
    fromRanges: uses.map(({ word }) => rangeIn(ground, word)),
  }));
};

const ofItem = (method: string, answer: (ground: Ground, start: number) => unknown): Feature => ({
  method,
  name: '',
  doc: '',
  offers: () => ({}),
  answer: (session, params) =>
    E.map(({ ground, start }: { ground: Ground; start: number }) => answer(ground, start))(
      groundOfItem(session, params),
    ),
});

export const incomingCalls = ofItem('callHierarchy/incomingCalls', incoming);
export const outgoingCalls = ofItem('callHierarchy/outgoingCalls', outgoing);
