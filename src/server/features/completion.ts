/** What may be written at the cursor: layers that type-check there with what they give, names, clauses, paths. */
import * as E from 'fp-ts/lib/Either.js';
import type { CompletionItem, CompletionItemKind } from 'vscode-languageserver-protocol';
import { operatorText } from '../../ops/document.ts';
import { defaultText, showKind } from '../../ops/show.ts';
import { table } from '../../ops/table.ts';
import { showType } from '../../ops/types.ts';
import { allClauses } from '../../protocol/document.ts';
import { firstSentence } from '../../rewrite/document.ts';
import { factNames } from '../../typecheck/expr/fact-names.ts';
import { at } from '../client.ts';
import {
  definitionsOn,
  definitionsSeen,
  operatorsOn,
  type Candidate,
} from '../completion/candidates.ts';
import { contextAt, type Context } from '../completion/context.ts';
import { incomingAt, startOfWord } from '../completion/incoming.ts';
import { pathsBeside } from '../completion/paths.ts';
import { ofPlace, type Feature } from '../feature.ts';
import { rangeIn, treeOf, written, type Ground } from '../ground.ts';
import { layersOf } from '../layers.ts';
import {
  definitionOf,
  isDeclaration,
  protocolsIn,
  seenIn,
  type Declared,
  type From,
} from '../meaning.ts';
import { declarationOf, exprsOf, pathAt } from '../tree-at.ts';
import { usesOf } from '../uses.ts';

/** What is offered: `snippet` has places `${1:64}` to fill in. */
type Offer = {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string | undefined;
  readonly doc?: string | undefined;
  readonly snippet?: string | undefined;
  /** what stands above is offered first */
  readonly rank: number;
  readonly operator?: string;
};

const kinds = {
  text: 1,
  function: 3,
  variable: 6,
  module: 9,
  property: 10,
  value: 12,
  keyword: 14,
  file: 17,
  constant: 21,
  operator: 24,
} as const;

// ------------------------------------------------------------------------------------------------------- layers

/** The numbers of a call become places to fill in: `conv${1:3}-${2:64}`. */
const asSnippet = (name: string, call: string): string | undefined => {
  let place = 0;
  const rest = call.slice(name.length);
  const filled = rest.replaceAll(/\d+(\.\d+)?/g, (number) => `\${${++place}:${number}}`);
  return place === 0 ? undefined : name + filled;
};

const ofCandidate = ({ name, call, gives, doc, is }: Candidate): Offer => ({
  label: name,
  kind: is === 'operator' ? kinds.operator : kinds.function,
  detail: gives,
  doc: is === 'operator' ? undefined : doc,
  snippet: asSnippet(name, call) ?? (call === name ? undefined : call),
  rank: is === 'operator' ? 2 : 1,
  ...(is === 'operator' ? { operator: name } : {}),
});

const phrases: readonly Offer[] = [
  { label: 'block', kind: kinds.keyword, doc: 'one stage', rank: 4 },
  {
    label: 'also',
    kind: kinds.keyword,
    doc: 'an extra output',
    rank: 4,
    snippet: 'also ${1:aux} { $0 }',
  },
  {
    label: 'if',
    kind: kinds.keyword,
    doc: 'chosen while compiling',
    rank: 4,
    snippet: 'if ${1:condition} then ${2:id} else ${3:id}',
  },
];

/** Names that the definition around a place declares, with those of a kind. */
const boundAt = (
  ground: Ground,
  offset: number,
  ...kindsOf: readonly From[]
): readonly string[] => {
  const { locate } = ground.view;
  const around =
    pathAt(ground, offset).find((node) => node.tag === 'declaration')?.it ??
    treeOf(ground)?.declarations.findLast((d) => locate(d.span).start <= offset);
  if (around === undefined) return [];
  const { start } = locate(around.span);
  const next = treeOf(ground)?.declarations.find((d) => locate(d.span).start > start);
  const end = next === undefined ? Infinity : locate(next.span).start;
  const names = usesOf(ground.view, ground.path).filter(
    (use) =>
      kindsOf.includes(use.from) &&
      isDeclaration(use) &&
      use.word.start >= start &&
      use.word.start < end,
  );
  return [...new Set(names.map(({ text }) => text))];
};

const variables = (names: readonly string[], doc: string): readonly Offer[] =>
  names.map((label) => ({ label, kind: kinds.variable, doc, rank: 0 }));

/** The definitions of the file, but the one that is being written, which would use itself. */
const others = (ground: Ground, offset: number): ReadonlyMap<string, Declared> => {
  const own = declarationOf(pathAt(ground, offset).slice(0, 1));
  return new Map(
    [...definitionsSeen(ground)].filter(([, { node }]) => node === undefined || node !== own),
  );
};

const layers = (ground: Ground, offset: number): readonly Offer[] => {
  const input = incomingAt(ground, offset);
  const names = boundAt(ground, offset, 'parameter', 'declaration').filter(
    (name) => !definitionsSeen(ground).has(name),
  );
  return [
    ...variables(names, 'a name of this definition'),
    ...definitionsOn(ground, others(ground, offset), input).map(ofCandidate),
    ...operatorsOn(input).map(ofCandidate),
    ...phrases,
  ];
};

// -------------------------------------------------------------------------------------------------------- names

const remembered = (ground: Ground, offset: number): readonly Offer[] => {
  const declared = usesOf(ground.view, ground.path).filter(
    (use) => use.from === 'remembered' && isDeclaration(use) && use.word.end < offset,
  );
  const around = new Set(boundAt(ground, offset, 'remembered'));
  return declared
    .filter(({ text }) => around.has(text))
    .map(({ text, word }) => {
      const expr = exprsOf(pathAt(ground, word.start)).findLast((e) => e.tag === 'as');
      const layer = expr && layersOf(ground, expr)[0];
      const detail = layer && showType(layer.typed.output);
      return { label: text, kind: kinds.variable, detail, rank: 0 };
    });
};

const members = (ground: Ground, offset: number, module: string): readonly Offer[] => {
  const input = incomingAt(ground, offset);
  if (module === 'std') return operatorsOn(input).map(ofCandidate);
  const names = seenIn(ground.view, ground.path).modules.get(module)?.names;
  const own = [...(names?.own ?? [])].map(
    ([name, declared]) => [`${module}.${name}`, declared] as const,
  );
  const short = (text: string): string => text.slice(module.length + 1);
  const found = definitionsOn(ground, own, input).map((c) =>
    ofCandidate({ ...c, name: short(c.name), call: short(c.call) }),
  );
  const told = new Set(found.map(({ label }) => label));
  const rest = own.flatMap(([, { node }]) =>
    node !== undefined && 'name' in node && node.tag !== 'def' && !told.has(node.name.text)
      ? [{ label: node.name.text, kind: kinds.function, detail: node.tag, rank: 3 }]
      : [],
  );
  return [...found, ...rest];
};

const words = (names: Iterable<string>, rank = 1): readonly Offer[] =>
  [...names].map((label) => ({ label, kind: kinds.constant, rank }));

const numbers = (ground: Ground, offset: number): readonly Offer[] => [
  ...variables(boundAt(ground, offset, 'parameter', 'where', 'size'), 'a name of this definition'),
  ...[...definitionsSeen(ground).keys()].map((label) => ({
    label,
    kind: kinds.function,
    rank: 3,
  })),
];

type InCall = Extract<Context, { readonly tag: 'argument' }>;

const inCall = (ground: Ground, offset: number, call: InCall): readonly Offer[] => {
  const form = allClauses
    .filter(({ word }) => call.clause !== undefined && word === call.clause)
    .flatMap(({ row }) => row.forms)
    .find(({ name }) => name === call.callee);
  if (form !== undefined)
    return form.params
      .filter(({ name }) => !call.given.includes(name) && call.parameter === undefined)
      .map(({ name, doc, fallback }) => property(name, doc, fallback?.text));
  const row = table.get(call.callee.replace(/^std\./, ''));
  const definition = definitionOf(definitionsSeen(ground).get(call.callee));
  if (call.parameter !== undefined) {
    const kind = row?.params.find(({ name }) => name === call.parameter)?.kind;
    const values = kind === undefined ? [] : 'words' in kind ? kind.words : [];
    const flags = kind?.tag === 'flag' ? ['true', 'false'] : [];
    return [...words([...values, ...flags], 0), ...numbers(ground, offset)];
  }
  const own =
    definition === undefined
      ? (row?.params ?? []).map((p) =>
          property(p.name, `${p.doc}; ${showKind(p.kind)}`, defaultText(p)),
        )
      : definition.parameters.flatMap((p) =>
          p.tag === 'rest'
            ? []
            : [property(p.name.text, '', p.default && written(ground, p.default.span))],
        );
  return [
    ...own.filter(({ label }) => !call.given.includes(label.replace(/ =.*/, ''))),
    ...numbers(ground, offset),
  ];
};

const property = (name: string, doc: string, fallback: string | undefined): Offer => ({
  label: `${name} =`,
  kind: kinds.property,
  detail: fallback,
  doc,
  snippet: `${name} = `,
  rank: 0,
});

// ---------------------------------------------------------------------------------------------------- protocols

const clauses = (ground: Ground, offset: number, of: 'train' | 'eval'): readonly Offer[] => {
  const d = declarationOf(pathAt(ground, offset));
  const given = new Set(
    d !== undefined && 'clauses' in d
      ? d.clauses.map(({ words: w }) => w.map(({ text }) => text).join(' '))
      : [],
  );
  return allClauses
    .filter(({ word, of: own }) => (own === of || word === 'data') && !given.has(word))
    .map(({ word, row }) => ({
      label: word,
      kind: kinds.keyword,
      detail: row.example,
      doc: row.doc,
      snippet: `${word} `,
      rank: 0,
    }));
};

const forms = (clause: string): readonly Offer[] =>
  allClauses
    .filter(({ word }) => word === clause)
    .flatMap(({ row }) => row.forms)
    .map(({ name, doc, example }) => ({
      label: name,
      kind: kinds.value,
      detail: example,
      doc: firstSentence(doc),
      rank: 0,
    }));

const head = (
  ground: Ground,
  { of, after }: Extract<Context, { readonly tag: 'head' }>,
): readonly Offer[] => {
  const seen = seenIn(ground.view, ground.path);
  if (after === ':')
    return [...definitionsSeen(ground)]
      .filter(([, { node }]) => node?.tag === 'net')
      .map(([label]) => ({ label, kind: kinds.function, rank: 0 }));
  const tags = after === 'from' ? (['train', 'eval'] as const) : [of];
  return words(new Set(tags.flatMap((tag) => [...protocolsIn(seen, tag).keys()])), 0);
};

const declarations: readonly Offer[] = [
  ['net', 'net ${1:N} : [${2:224}, ${3:224}, ${4:3}] -> [${5:1000}] {\n  $0\n}'],
  ['def', 'def ${1:name}(${2:c}) = $0'],
  ['import', 'import "$0"'],
  ['assert', 'assert params(${1:N}) == $0'],
  ['train', 'train ${1:first} : ${2:N} {\n  data $0\n}'],
  ['eval', 'eval ${1:test} : ${2:N} from ${3:first} {\n  $0\n}'],
  ['rewrite', 'rewrite ${1:name} {\n  rule ${2:once}: $0\n}'],
].map(([label = '', snippet]) => ({ label, kind: kinds.keyword, snippet, rank: 0 }));

// -------------------------------------------------------------------------------------------------------- paths

const paths = (ground: Ground): readonly Offer[] =>
  pathsBeside(ground).map((label) => ({
    label,
    kind: kinds.file,
    rank: label.startsWith('.') ? 1 : 0,
  }));

// -------------------------------------------------------------------------------------------------------- items

const offersAt = (ground: Ground, offset: number, context: Context): readonly Offer[] => {
  switch (context.tag) {
    case 'nothing':
      return [];
    case 'declaration':
      return declarations;
    case 'path':
      return paths(ground);
    case 'remembered':
      return remembered(ground, offset);
    case 'member':
      return members(ground, offset, context.module);
    case 'layer':
      return layers(ground, offset);
    case 'number':
      return numbers(ground, offset);
    case 'argument':
      return inCall(ground, offset, context);
    case 'clause':
      return clauses(ground, offset, context.of);
    case 'form':
      return forms(context.clause);
    case 'head':
      return head(ground, context);
    case 'pass': {
      const own = [...seenIn(ground.view, ground.path).own];
      return words(own.flatMap(([name, { node }]) => (node?.tag === 'rewrite' ? [name] : [])));
    }
    case 'assertion':
      return [
        ...words(factNames, 0),
        ...numbers(ground, offset),
        ...operatorsOn(undefined).map(ofCandidate),
      ];
  }
};

const item = (ground: Ground, offer: Offer, start: number, offset: number): CompletionItem => {
  const { label, kind, detail, doc, snippet, rank, operator } = offer;
  const { can } = ground.client;
  const plain = snippet?.replaceAll(/\$\{\d+:([^}]*)\}|\$\d/g, '$1');
  const newText = (can.snippets ? snippet : plain) ?? label;
  return {
    label,
    kind,
    ...(detail === undefined ? {} : { detail }),
    ...(detail !== undefined && can.labelDetails ? { labelDetails: { description: detail } } : {}),
    ...(doc === undefined || doc === '' ? {} : { documentation: { kind: 'markdown', value: doc } }),
    sortText: `${rank}${label}`,
    ...(snippet !== undefined && can.snippets ? { insertTextFormat: 2 as const } : {}),
    textEdit: { range: rangeIn(ground, { start, end: offset }), newText },
    ...(operator === undefined ? {} : { data: { operator } }),
  };
};

const complete = (ground: Ground, offset: number): object => {
  const context = contextAt(ground.text.text, offset);
  const start = context.tag === 'path' ? context.start : startOfWord(ground.text.text, offset);
  const items = offersAt(ground, offset, context).map((o) => item(ground, o, start, offset));
  return { isIncomplete: false, items };
};

export const completion: Feature = ofPlace(
  {
    method: 'textDocument/completion',
    name: 'Completion',
    doc: 'layers that type-check on what comes in, with the type that they give and sensible arguments; names after `@`; parameters in calls; clauses and forms of `train` and `eval`; paths of imports',
    offers: () => ({
      completionProvider: { triggerCharacters: ['@', '.', '"', '/', '('], resolveProvider: true },
    }),
  },
  complete,
);

/** The documentation of an operator, for the item that is looked at. */
export const completionResolve: Feature = {
  method: 'completionItem/resolve',
  name: '',
  doc: '',
  offers: () => ({}),
  answer: (_session, params) => {
    const operator = at(params, 'data', 'operator');
    const row = typeof operator === 'string' ? table.get(operator) : undefined;
    // the item is given back as it was
    const given = params as CompletionItem;
    return E.right(
      row === undefined
        ? given
        : { ...given, documentation: { kind: 'markdown', value: operatorText(row) } },
    );
  },
};
