/** Colours by meaning: each name as what it is, what the text alone tells beside it. */
import * as E from 'fp-ts/lib/Either.js';
import type { SemanticTokens, SemanticTokensDelta } from 'vscode-languageserver-protocol';
import type { LexemeKind } from '../../parser/lexemes.ts';
import { freshId, perObject } from '../../syntax/memo.ts';
import { at, type Client } from '../client.ts';
import { groundOf, ofFile, ofStretch, type Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { isDeclaration, type Use } from '../meaning.ts';
import { lexemesOf } from '../lexemes.ts';
import { positionOf, type Text } from '../text.ts';
import { usesOf } from '../uses.ts';

const types = [
  'function', // a def
  'class', // a net
  'parameter',
  'variable',
  'type', // a size of the image
  'namespace',
  'macro', // a pass
  'event', // a training, an evaluation
  'property', // a label, a clause
  'keyword',
  'number',
  'string',
  'comment',
  'operator',
] as const;
type TokenType = (typeof types)[number];

const modifiers = ['declaration', 'defaultLibrary', 'readonly'] as const;
type Modifier = (typeof modifiers)[number];

type Token = {
  readonly start: number;
  readonly end: number;
  readonly type: TokenType;
  readonly modifiers: readonly Modifier[];
};

const ofNode: { readonly [tag: string]: TokenType } = {
  def: 'function',
  net: 'class',
  rewrite: 'macro',
  train: 'event',
  eval: 'event',
  import: 'namespace',
};

const typeOf = ({ from, declared }: Use): TokenType | undefined => {
  switch (from) {
    case 'parameter':
      return 'parameter';
    case 'size':
      return 'type';
    case 'where':
    case 'remembered':
    case 'variable':
      return 'variable';
    case 'module':
      return 'namespace';
    case 'label':
    case 'rule':
    case 'form':
      return 'property';
    case 'std':
      return 'function';
    case 'declaration':
    case 'import':
      return declared?.node && ofNode[declared.node.tag];
  }
};

const ofUse = (use: Use): Token | undefined => {
  const type = typeOf(use);
  if (type === undefined) return undefined;
  const { word, from } = use;
  return {
    start: word.start,
    end: word.end,
    type,
    modifiers: [
      ...(isDeclaration(use) ? (['declaration'] as const) : []),
      ...(from === 'std' || from === 'form' ? (['defaultLibrary'] as const) : []),
    ],
  };
};

const ofKind: Partial<{ readonly [K in LexemeKind]: TokenType }> = {
  comment: 'comment',
  keyword: 'keyword',
  times: 'keyword',
  number: 'number',
  string: 'string',
  link: 'operator',
  sign: 'operator',
  '|': 'operator',
  infix: 'operator',
  '->': 'operator',
  '=>': 'operator',
  '..': 'operator',
};

/** Every token once, in order: a name, or a lexeme of another kind. Lexemes of a broken text may not be in it. */
const tokensOf = (ground: Ground): readonly Token[] => {
  const { text } = ground.text;
  const names = usesOf(ground.view, ground.path).flatMap((use) => ofUse(use) ?? []);
  const all = lexemesOf(ground.text);
  const others = all.flatMap(({ kind, start, text: word }): readonly Token[] => {
    const type = ofKind[kind];
    const end = start + word.length;
    const isThere = word !== '' && text.slice(start, end) === word;
    return type === undefined || !isThere ? [] : [{ start, end, type, modifiers: [] }];
  });
  const sorted = [...names, ...others].sort((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return sorted.filter((token) => {
    if (token.start < end || token.end <= token.start) return false;
    end = token.end;
    return true;
  });
};

/** Five numbers a token: lines and units since the one before, length, type, modifiers. A token is on one line. */
const encoded = (text: Text, tokens: readonly Token[]): readonly number[] => {
  const data: number[] = [];
  let before = { line: 0, character: 0 };
  for (const { start, end, type, modifiers: own } of tokens) {
    const place = positionOf(text, start);
    const last = positionOf(text, end);
    if (last.line !== place.line) continue;
    const sameLine = place.line === before.line;
    data.push(
      place.line - before.line,
      sameLine ? place.character - before.character : place.character,
      last.character - place.character,
      types.indexOf(type),
      own.reduce((bits, m) => bits | (1 << modifiers.indexOf(m)), 0),
    );
    before = place;
  }
  return data;
};

// --------------------------------------------------------------------------------------------------------- deltas

type Sent = { readonly resultId: string; readonly data: readonly number[] };

/** What each client has of each file. */
const sentTo: (client: Client) => Map<string, Sent> = perObject(() => new Map());

const whole = (ground: Ground): SemanticTokens => {
  const data = encoded(ground.text, tokensOf(ground));
  const resultId = String(freshId());
  sentTo(ground.client).set(ground.document.uri, { resultId, data });
  return { resultId, data: [...data] };
};

/** The one stretch in which two lists differ. */
const delta = (before: readonly number[], after: readonly number[]) => {
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < Math.min(before.length, after.length) - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end++;
  const deleteCount = before.length - end - start;
  const data = after.slice(start, after.length - end);
  return deleteCount === 0 && data.length === 0 ? [] : [{ start, deleteCount, data: [...data] }];
};

const since = (ground: Ground, id: unknown): SemanticTokens | SemanticTokensDelta => {
  const before = sentTo(ground.client).get(ground.document.uri);
  const now = whole(ground);
  if (before === undefined || before.resultId !== id) return now;
  return { resultId: now.resultId!, edits: delta(before.data, now.data) };
};

export const semanticTokens: Feature = ofFile(
  {
    method: 'textDocument/semanticTokens/full',
    name: 'Semantic tokens',
    doc: 'names coloured as what they are: definitions, nets, parameters, sizes, passes; of a file, of a part of it, and as changes',
    offers: ({ can }) => ({
      semanticTokensProvider: {
        legend: { tokenTypes: [...types], tokenModifiers: [...modifiers] },
        range: true,
        full: can.tokenDeltas ? { delta: true } : true,
      },
    }),
  },
  whole,
);

export const semanticTokensDelta: Feature = {
  method: 'textDocument/semanticTokens/full/delta',
  name: '',
  doc: '',
  offers: () => ({}),
  answer: (session, params) =>
    E.map((ground: Ground) => since(ground, at(params, 'previousResultId')))(
      groundOf(session, params),
    ),
};

export const semanticTokensRange: Feature = ofStretch(
  {
    method: 'textDocument/semanticTokens/range',
    name: '',
    doc: '',
    offers: () => ({}),
  },
  (ground, { start, end }) => ({
    data: encoded(
      ground.text,
      tokensOf(ground).filter((token) => token.start < end && token.end > start),
    ),
  }),
);
