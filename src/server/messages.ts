/** Messages of JSON-RPC as they come: read, and what is not one is answered at once. */
import { ErrorCodes, type Message } from 'vscode-jsonrpc';

/** The number or name by which a request is answered. */
export type Id = string | number;

/** An answer that is an error. */
export type Refusal = {
  readonly jsonrpc: '2.0';
  readonly id: Id | null;
  readonly error: { readonly code: number; readonly message: string };
};

export const refusal = (id: Id | null, code: number, message: string): Refusal => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
});

/** What comes of a text: a message to handle, an answer at once, or nothing. */
export type Admitted =
  | { readonly tag: 'message'; readonly message: Message; readonly request: Id | undefined }
  | { readonly tag: 'refused'; readonly reply: Refusal }
  | { readonly tag: 'ignored' };

type Fields = { readonly [name: string]: unknown };

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isId = (value: unknown): value is Id =>
  typeof value === 'string' || (typeof value === 'number' && Number.isSafeInteger(value));

const refused = (id: Id | null, code: number, message: string): Admitted => ({
  tag: 'refused',
  reply: refusal(id, code, message),
});

const read = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
};

// proven field by field
const asMessage = (fields: Fields): Message => fields as unknown as Message;

/** `isWaiting`: whether a request of that name has no answer yet. */
export const admit = (text: string, isWaiting: (id: Id) => boolean): Admitted => {
  const json = read(text);
  if (json === undefined) return refused(null, ErrorCodes.ParseError, 'the message is not JSON');
  const { value } = json;
  if (!isObject(value))
    return refused(null, ErrorCodes.InvalidRequest, 'a message is one object of JSON');
  const { id, method, params } = value;
  const own = isId(id) ? id : null;
  if (value['jsonrpc'] !== '2.0')
    return refused(own, ErrorCodes.InvalidRequest, 'a message says `"jsonrpc": "2.0"`');
  if (method === undefined) return answerOf(value, own);
  if (typeof method !== 'string')
    return refused(own, ErrorCodes.InvalidRequest, '`method` must be a string');
  if (id !== undefined && own === null)
    return refused(null, ErrorCodes.InvalidRequest, '`id` must be an integer or a string');
  const isStructured = params === undefined || params === null || typeof params === 'object';
  if (!isStructured && own !== null)
    return refused(own, ErrorCodes.InvalidRequest, '`params` must be an object or a list');
  if (own === null) return notificationOf(method, params);
  if (isWaiting(own))
    return refused(own, ErrorCodes.InvalidRequest, `a request \`${own}\` is under way`);
  const message = asMessage({ jsonrpc: '2.0', id: own, method, ...withParams(params) });
  return { tag: 'message', message, request: own };
};

const withParams = (params: unknown): Fields =>
  params === undefined || params === null ? {} : { params };

const notificationOf = (method: string, params: unknown): Admitted => {
  const cancels = method === '$/cancelRequest';
  if (cancels && !(isObject(params) && isId(params['id']))) return { tag: 'ignored' };
  if (typeof params !== 'object' && params !== undefined) return { tag: 'ignored' };
  const message = asMessage({ jsonrpc: '2.0', method, ...withParams(params) });
  return { tag: 'message', message, request: undefined };
};

/** An answer to a request of the server. */
const answerOf = (value: Fields, id: Id | null): Admitted => {
  const { result, error } = value;
  const isAnswer = id !== null && (result !== undefined || isObject(error));
  return isAnswer
    ? { tag: 'message', message: asMessage(value), request: undefined }
    : refused(id, ErrorCodes.InvalidRequest, 'a message has a `method`, a `result` or an `error`');
};
