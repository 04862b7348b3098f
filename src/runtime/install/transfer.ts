/**
 * Fetches one file over HTTP into a file, and goes on where an earlier attempt ended (RFC 9110, section 14). A server that
 * is silent, breaks off or is overloaded is asked again; what it says then is appended.
 */
import * as fsp from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { codeOf, reasonOf } from '../disk/random-access.ts';

/** Why a file did not come. `again` says that another attempt may help; the reason of `disk` continues "it …". */
export type TransferFault =
  | { readonly tag: 'again' | 'final'; readonly reason: string }
  | { readonly tag: 'disk'; readonly reason: string };

/** How long a server may be silent, and how often it is asked without anything new; milliseconds. */
export type Patience = {
  readonly silence: number;
  readonly attempts: number;
  readonly pause: number;
};

export const usualPatience: Patience = { silence: 60_000, attempts: 4, pause: 500 };

/** Who watches a transfer: a signal that ends it, and how many bytes are there. */
export type Watch = {
  readonly signal: AbortSignal;
  readonly bytes: (done: number) => void;
};

const fault = <T extends TransferFault['tag']>(tag: T, reason: string) =>
  E.left({ tag, reason } as const);

/** The part of an error of `fetch` that says something. */
const networkReason = (thrown: unknown): string => {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  const words: { readonly [code: string]: string } = {
    ENOTFOUND: 'its server is not known: there may be no network',
    EAI_AGAIN: 'its server is not known: there may be no network',
    ECONNREFUSED: 'its server refuses to answer',
    ECONNRESET: 'its server broke off',
    UND_ERR_SOCKET: 'its server broke off',
    ENETUNREACH: 'there is no network',
  };
  const said = cause instanceof Error ? cause.message : String(cause);
  return words[codeOf(cause)] ?? said;
};

const sizeOf = async (path: string): Promise<number> =>
  (await fsp.stat(path).catch(() => undefined))?.size ?? 0;

/** An answer that has a body to take, and whether it goes on from byte `have`. */
type Answer = {
  readonly body: AsyncIterable<Uint8Array>;
  readonly goesOn: boolean;
};

const ask = async (
  url: string,
  have: number,
  signal: AbortSignal,
): Promise<Either<TransferFault, Answer>> => {
  let response: Response;
  try {
    const range = have === 0 ? {} : { range: `bytes=${have}-` };
    // or what comes might be packed, and have another length
    const headers = { 'accept-encoding': 'identity', ...range };
    response = await fetch(url, { headers, signal });
  } catch (thrown) {
    return fault('again', networkReason(thrown));
  }
  const { status, body } = response;
  if ((status === 200 || status === 206) && body !== null) {
    const goesOn = status === 206;
    if (goesOn && response.headers.get('content-range')?.startsWith(`bytes ${have}-`) !== true)
      return fault('final', 'it comes in other parts than were asked for');
    return E.right({ body, goesOn });
  }
  await body?.cancel();
  const answer = `its server answers ${status} ${response.statusText}`.trimEnd();
  return fault(status >= 500 || status === 429 || status === 408 ? 'again' : 'final', answer);
};

/** Appends what comes to the file. */
const take = async (
  { body, goesOn }: Answer,
  path: string,
  have: number,
  size: number,
  { bytes }: Watch,
  heard: () => void,
): Promise<Either<TransferFault, void>> => {
  let file: fsp.FileHandle | undefined;
  try {
    file = await fsp.open(path, goesOn ? 'a' : 'w');
    let done = goesOn ? have : 0;
    for await (const chunk of body) {
      heard();
      await file.writeFile(chunk);
      done += chunk.length;
      if (done > size) return fault('final', `it has more than ${size} bytes`);
      bytes(done);
    }
    return done === size ? E.right(undefined) : fault('again', `it ends after ${done} bytes`);
  } catch (thrown) {
    const ofDisk = thrown instanceof Error && 'errno' in thrown && 'syscall' in thrown;
    const isWriting = ofDisk && ['open', 'write'].includes(String(thrown.syscall));
    return isWriting ? fault('disk', reasonOf(thrown)) : fault('again', networkReason(thrown));
  } finally {
    await file?.close();
  }
};

const attempt = async (
  url: string,
  path: string,
  size: number,
  watch: Watch,
  silence: number,
): Promise<Either<TransferFault, void>> => {
  const found = await sizeOf(path);
  if (found === size) return E.right(undefined);
  const have = found > size ? 0 : found;
  const quiet = new AbortController();
  const over = (): void => quiet.abort();
  let clock = setTimeout(over, silence);
  const heard = (): void => {
    clearTimeout(clock);
    clock = setTimeout(over, silence);
  };
  try {
    const answer = await ask(url, have, AbortSignal.any([watch.signal, quiet.signal]));
    heard();
    const taken = E.isLeft(answer)
      ? answer
      : await take(answer.right, path, have, size, watch, heard);
    return E.isLeft(taken) && quiet.signal.aborted
      ? fault('again', `its server was silent for ${silence / 1000} s`)
      : taken;
  } finally {
    clearTimeout(clock);
  }
};

/** Brings a file of `size` bytes to `path`, where a part of it may lie. What came stays there, except after a fault of the disk. */
export const transfer = async (
  url: string,
  path: string,
  size: number,
  watch: Watch,
  { silence, attempts, pause }: Patience,
): Promise<Either<TransferFault, void>> => {
  for (let vain = 0; ;) {
    const before = await sizeOf(path);
    const came = await attempt(url, path, size, watch, silence);
    if (E.isRight(came)) return came;
    if (came.left.tag === 'disk') await fsp.rm(path, { force: true });
    if (came.left.tag !== 'again' || watch.signal.aborted) return came;
    vain = (await sizeOf(path)) > before ? 0 : vain + 1;
    if (vain >= attempts) return came;
    await sleep(pause * 2 ** vain, undefined, { signal: watch.signal }).catch(() => undefined);
  }
};

/** The text at an address, of at most `most` bytes. */
export const textAt = async (
  url: string,
  most: number,
  { signal }: Watch,
  { silence, attempts, pause }: Patience,
): Promise<Either<TransferFault, string>> => {
  for (let vain = 1; ; vain++) {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(silence)]);
    const got = await readAll(url, most, limit);
    const again = E.isLeft(got) && got.left.tag === 'again' && !signal.aborted;
    if (!again || vain >= attempts) return got;
    await sleep(pause * 2 ** vain, undefined, { signal }).catch(() => undefined);
  }
};

const readAll = async (
  url: string,
  most: number,
  signal: AbortSignal,
): Promise<Either<TransferFault, string>> => {
  const answer = await ask(url, 0, signal);
  if (E.isLeft(answer)) return answer;
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of answer.right.body) {
      length += chunk.length;
      if (length > most) return fault('final', `it has more than ${most} bytes`);
      chunks.push(chunk);
    }
  } catch (thrown) {
    return fault('again', networkReason(thrown));
  }
  return E.right(Buffer.concat(chunks).toString('utf8'));
};
