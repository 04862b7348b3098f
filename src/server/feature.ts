/** A feature is a row: the request that it answers, what it offers, and a function from a file to data. */
import * as E from 'fp-ts/lib/Either.js';
import { ErrorCodes } from 'vscode-jsonrpc';
import type { Position, ServerCapabilities } from 'vscode-languageserver-protocol';
import type { Client } from './client.ts';
import { at } from './client.ts';
import { groundFor, type Ground } from './ground.ts';
import type { Host } from './host.ts';
import { isObject } from './messages.ts';
import type { Projects } from './projects.ts';
import { offsetAt } from './text.ts';

/** The state of a conversation, as requests see it. */
export type Session = {
  readonly client: Client;
  readonly host: Host;
  readonly projects: Projects;
};

/** Why a request cannot be answered. */
export type Refused = { readonly code: number; readonly message: string };

export type Answer = E.Either<Refused, unknown>;

/** A row of the table of features. */
export type Feature = {
  readonly method: string;
  /** what people call it, and what it does here; docs/editor.md is made of these */
  readonly name: string;
  readonly doc: string;
  readonly offers: (client: Client) => Partial<ServerCapabilities>;
  readonly answer: (session: Session, params: unknown) => Answer;
};

export type About = Pick<Feature, 'method' | 'name' | 'doc' | 'offers'>;

export const invalid = (message: string): E.Either<Refused, never> =>
  E.left({ code: ErrorCodes.InvalidParams, message });

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31;

/** A position, wherever it lies; undefined for something else. */
const positionIn = (value: unknown): Position | undefined => {
  const [line, character] = [at(value, 'line'), at(value, 'character')];
  return isCount(line) && isCount(character) ? { line, character } : undefined;
};

/** LSP's code for a request that is sound, and cannot be answered. */
const REQUEST_FAILED = -32803;

/** The open file that the parameters name. */
export const groundOf = (session: Session, params: unknown): E.Either<Refused, Ground> =>
  E.chain((ground: Ground): E.Either<Refused, Ground> => {
    const { uri, unread } = ground.document;
    return unread === undefined
      ? E.right(ground)
      : E.left({ code: REQUEST_FAILED, message: `\`${uri}\` ${unread}` });
  })(anyGroundOf(session, params));

/** The same, also of one that is too long to be read. */
export const anyGroundOf = (session: Session, params: unknown): E.Either<Refused, Ground> => {
  const uri = at(params, 'textDocument', 'uri');
  if (typeof uri !== 'string') return invalid('`textDocument.uri` must be a string');
  const document = session.projects.document(uri);
  if (document === undefined) return invalid(`\`${uri}\` is not open`);
  return E.right(groundFor(document, session.projects, session.client, session.host));
};

/** The offset of a position of the document; a line that is not there is a mistake, a character is brought back. */
export const offsetIn = ({ text }: Ground, value: unknown): E.Either<Refused, number> => {
  const position = positionIn(value);
  if (position === undefined) return invalid('a position has a `line` and a `character`, from 0');
  // the position behind the last line break is that of an empty line
  if (position.line >= text.starts.length)
    return invalid(`line ${position.line} is not there: the text has ${text.starts.length} lines`);
  return E.right(offsetAt(text, position));
};

/** Offsets of a range, brought back into the text. */
const stretchIn = (
  { text }: Ground,
  value: unknown,
): E.Either<Refused, { readonly start: number; readonly end: number }> => {
  const [start, end] = [positionIn(at(value, 'start')), positionIn(at(value, 'end'))];
  if (start === undefined || end === undefined)
    return invalid('a range has a `start` and an `end`');
  const [a, b] = [offsetAt(text, start), offsetAt(text, end)];
  return E.right({ start: Math.min(a, b), end: Math.max(a, b) });
};

type Given = { readonly [name: string]: unknown };

const given = (params: unknown): Given => (isObject(params) ? params : {});

/** About a whole file. */
export const ofFile = (
  about: About,
  answer: (ground: Ground, params: Given) => unknown,
): Feature => ({
  ...about,
  answer: (session, params) =>
    E.map((ground: Ground) => answer(ground, given(params)))(groundOf(session, params)),
});

/** About a place in a file. */
export const ofPlace = (
  about: About,
  answer: (ground: Ground, offset: number, params: Given) => unknown,
): Feature => ({
  ...about,
  answer: (session, params) =>
    E.chain((ground: Ground) =>
      E.map((offset: number) => answer(ground, offset, given(params)))(
        offsetIn(ground, at(params, 'position')),
      ),
    )(groundOf(session, params)),
});

/** About a stretch of a file. */
export const ofStretch = (
  about: About,
  answer: (
    ground: Ground,
    stretch: { readonly start: number; readonly end: number },
    params: Given,
  ) => unknown,
): Feature => ({
  ...about,
  answer: (session, params) =>
    E.chain((ground: Ground) =>
      E.map((stretch: { readonly start: number; readonly end: number }) =>
        answer(ground, stretch, given(params)),
      )(stretchIn(ground, at(params, 'range'))),
    )(groundOf(session, params)),
});
