/**
 * Goes through a text character by character, and takes out what no token is made of and what is nested too
 * deeply. So later passes accept every text, and their work is bounded.
 */
import type { Source, Span } from '../../../syntax/source.ts';
import type { Report } from '../faults.ts';
import { endOfString } from '../tokens.ts';
import { readHashes, readSlashes, tellComments } from './comments.ts';
import { closing, endTooDeep, lineEnd, opening } from './nesting.ts';
import { otherLanguage } from './other-languages.ts';
import { readPath, readPercent } from './paths.ts';
import { readQuestion } from './strange.ts';
import { readFancyString, readSingleQuotes } from './quotes.ts';
import { lineEndFrom, patched, type Scan } from './state.ts';
import { fancyQuotes, readStrange, strangers } from './strange.ts';

/** The text that the lexer reads. */
export type Scanned = {
  /** As long as the source, offset by offset. */
  readonly text: string;
  /** The places that were taken out, in order. Faults beside them are consequences. */
  readonly removed: readonly Span[];
};

/** Reads what begins at an offset, and gives the offset after it. */
type Reader = (scan: Scan, at: number) => number;

const readDash: Reader = ({ text }, at) => (text[at + 1] === '-' ? lineEndFrom(text, at) : at + 1);
const readString: Reader = ({ text }, at) => endOfString(text, at);
/** Reads characters that are not ASCII. */
const readForeign: Reader = (scan, at) =>
  fancyQuotes.includes(scan.text[at]!) ? readFancyString(scan, at) : readStrange(scan, at);

/** The readers by the characters that they begin with. Other characters below 128 stay as they are. */
const readers: readonly (readonly [characters: string, read: Reader])[] = [
  ['\r\n', lineEnd],
  ['([{', opening],
  [')]}', closing],
  ['-', readDash],
  ['"', readString],
  ['/', (scan, at) => readPath(scan, at) ?? readSlashes(scan, at)],
  ['.', (scan, at) => readPath(scan, at) ?? at + 1],
  ['~\\', (scan, at) => readPath(scan, at) ?? readStrange(scan, at)],
  ['%', readPercent],
  ['#', readHashes],
  ['?', readQuestion],
  ["'", readSingleQuotes],
  [strangers, readStrange],
];

/** The reader of each character below 128. */
const readerOf: readonly (Reader | undefined)[] = Array.from(
  { length: 128 },
  (_, code) => readers.find(([characters]) => characters.includes(String.fromCharCode(code)))?.[1],
);

/** Never fails; linear. */
export const scan = (source: Source, report: Report): Scanned => {
  const { path, text } = source;
  const other = otherLanguage(source);
  if (other !== undefined) {
    report(other);
    return { text: text.replaceAll(/[^\r\n]/g, ' '), removed: [] };
  }
  const state: Scan = {
    ...{ path, text, report, removed: [], patches: [] },
    ...{ depth: 0, tooDeepFrom: -1, saidTooDeep: false },
    ...{ comments: undefined, noEndOfComment: false },
  };
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    const read = code < 128 ? readerOf[code] : readForeign;
    at = read === undefined ? at + 1 : read(state, at);
  }
  endTooDeep(state, text.length);
  tellComments(state);
  return { text: patched(state), removed: state.removed };
};
