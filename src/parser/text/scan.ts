/**
 * The first pass over a text, character by character: takes out what no token is made of and what is
 * nested too deeply, so that everything behind it is total and its work bounded.
 */
import {
  error,
  replace,
  type Diagnostic,
  type Edit,
  type Fix,
} from '../../diagnostic/diagnostic.ts';
import { span, type Source, type Span } from '../../syntax/source.ts';
import type { Report } from './faults.ts';
import { endOfString, reserved } from './tokens.ts';

/** How deep brackets and nested constructs may go (SAFETY.md). */
export const nestingLimit = 256;

export type Scanned = {
  /** As long as the source, offset by offset. */
  readonly text: string;
  /** What was taken out, in order: nothing beside these places is reported again. */
  readonly removed: readonly Span[];
};

/** What was probably meant; a replacement of one character takes its place, others stay in the text. */
const near: ReadonlyMap<string, string> = new Map([
  ...[...'‐‑‒–—―−'].map((dash): [string, string] => [dash, '-']),
  ...[...'×✕✖'].map((times): [string, string] => [times, 'x']),
  ...[...'·∗⋅'].map((star): [string, string] => [star, '*']),
  ...[...'÷∕'].map((slash): [string, string] => [slash, '/']),
  ...[...'\u00a0\u2002\u2003\u2009\u200a\u202f\u3000'].map((gap): [string, string] => [gap, ' ']),
  ...(
    [
      [';', ';'], // the Greek question mark
      ['；', ';'],
      ['：', ':'],
      ['，', ','],
      ['（', '('],
      ['）', ')'],
      ['［', '['],
      ['］', ']'],
      ['｛', '{'],
      ['｝', '}'],
      ['＝', '='],
      ['＋', '+'],
      ['｜', '|'],
      ['→', '->'],
      ['⇒', '=>'],
      ['≤', '<='],
      ['≥', '>='],
      ['≠', '!='],
      ['…', '..'],
      ['&', 'and'],
      ['!', 'not'],
    ] as const
  ).map(([odd, meant]): [string, string] => [odd, meant]),
]);
/** Two characters that tokens are made of although they are odd alone. */
const kept = new Set(['→', '⇒', '≤', '≥', '≠', '…']);
const quotes = '“”„‟«»';

// what a character code below 128 is to this pass
const plain = 0;
const opens = 1;
const closes = 2;
const quote = 3;
const dash = 4;
const strange = 5;
const lineEnd = 6;
const bang = 7;
const hash = 8;
const slash = 9;
const single = 10;

const classes = new Uint8Array(128).fill(plain);
const classify = (characters: string, to: number): void => {
  for (const c of characters) classes[c.charCodeAt(0)] = to;
};
for (let c = 0; c < 32; c++) classes[c] = strange;
classes[127] = strange;
classify('\t', plain);
classify('\r\n', lineEnd);
classify('([{', opens);
classify(')]}', closes);
classify('"', quote);
classify('-', dash);
classify('!', bang);
classify('#', hash);
classify('/', slash);
classify("'", single);
classify('$%&?\\^`~', strange);

const declaration = /(?:def|net|import|rewrite|train|eval|assert)\b/y;
const letter = /[\p{L}\p{M}\p{N}]/u;
const wholeWord = /[\p{L}\p{M}\p{N}_]+/uy;
const quoted = /'([^'"\\\r\n]{1,200})'/y;

const lineEndFrom = (text: string, start: number, limit = text.length): number => {
  let i = start;
  while (i < limit && text.charCodeAt(i) !== 10 && text.charCodeAt(i) !== 13) i++;
  return i;
};

const isStrange = (text: string, i: number): boolean => {
  const c = text.charCodeAt(i);
  if (c >= 128)
    return !quotes.includes(text[i]!) && !letter.test(String.fromCodePoint(text.codePointAt(i)!));
  return (
    classes[c] === strange || (classes[c] === bang && text.charCodeAt(i + 1) !== 61) // `!=` is a sign
  );
};

/** What stands in the text for a run of strange characters: as long as the run. */
const standIn = (run: string): string => {
  let out = '';
  for (const c of run) {
    const meant = near.get(c);
    if (kept.has(c)) out += c;
    else if (meant !== undefined && meant.length === 1) out += meant;
    else out += ' '.repeat(c.length);
  }
  return out;
};

const shown = (run: string): string => {
  const c = run.codePointAt(0)!;
  const one = [...run].length === 1;
  if (/^[\p{L}\p{M}\p{N}\p{P}\p{S}]+$/u.test(run))
    return `\`${run.length > 24 ? `${run.slice(0, 24)}…` : run}\``;
  return one ? `U+${c.toString(16).toUpperCase().padStart(4, '0')}` : 'these characters';
};

/** `behind` is the character behind the run: `3×conv` needs a space. */
const strangeRun = (place: Span, run: string, behind: string): Diagnostic => {
  const meant = [...run].map((c) => near.get(c));
  const fixes: Fix[] = [];
  if (meant.every((m) => m !== undefined)) {
    const distinct = new Set([...run].map((c) => near.get(c)));
    const newText =
      run.length > 1 && distinct.size === 1 && (run[0] === '&' || run[0] === '!')
        ? near.get(run[0])! // `&&` is one `and`
        : meant.join('') + (meant.at(-1) === 'x' && /[A-Za-z_]/.test(behind) ? ' ' : '');
    const title = newText.trim() === '' ? 'write a space' : `write \`${newText}\``;
    fixes.push({ title, edits: [{ span: place, newText }], applicability: 'likely' });
  }
  const next = fixes[0]?.title ?? 'take it out';
  const verb = shown(run) === 'these characters' ? 'have' : 'has';
  return error('E0103', place, `${shown(run)} ${verb} no meaning here; ${next}`, { fixes });
};

/** A word with letters of other alphabets, and the same one without their marks. */
const foreignName = (place: Span, word: string, numeral: boolean): Diagnostic => {
  const ascii = word.normalize('NFD').replaceAll(/\p{M}/gu, '');
  const usable = !numeral && /^[A-Za-z_][A-Za-z0-9_]*$/.test(ascii) && !reserved.has(ascii);
  const fixes = usable ? [replace(`write \`${ascii}\``, place, ascii)] : [];
  return error(
    'E0103',
    place,
    `${shown(word)} is no name; names are ASCII letters, digits and \`_\``,
    {
      fixes,
    },
  );
};

/** A name of as many characters; a single one is no `_`, which stands for any size. */
const standInName = (word: string): string => {
  if (word.length > 1) return word.replaceAll(/[^A-Za-z0-9_]/g, '_');
  const base = word.normalize('NFD').charAt(0);
  return /[A-Za-wyz]/.test(base) ? base : 'a';
};

/** Comments of other languages: their signs, and what to write instead. */
type Comments = { readonly first: Span; readonly edits: Edit[] };

/** Never fails; linear. */
export const scan = (source: Source, report: Report): Scanned => {
  const { path, text } = source;
  const removed: Span[] = [];
  const patches: { readonly start: number; readonly end: number; readonly by: string }[] = [];
  let depth = 0;
  let tooDeepFrom = -1;
  let said = false; // once for one stack of brackets

  const endTooDeep = (end: number): void => {
    if (tooDeepFrom < 0) return;
    while (patches.length > 0 && patches.at(-1)!.start >= tooDeepFrom) patches.pop();
    removed.push(span(path, tooDeepFrom, end));
    patches.push({ start: tooDeepFrom, end, by: ' '.repeat(end - tooDeepFrom) });
    tooDeepFrom = -1;
  };
  /** A declaration at the beginning of a line ends what came before it, closed or not. */
  const lineStart = (at: number): void => {
    if (depth === 0) return;
    declaration.lastIndex = at;
    if (!declaration.test(text)) return;
    if (tooDeepFrom < 0 && text.startsWith('def', at)) return; // perhaps a local one
    endTooDeep(at);
    depth = 0;
    said = false;
  };
  const fancyString = (start: number): number => {
    let end = start + 1;
    const lineStop = lineEndFrom(text, start);
    while (end < lineStop && text[end] !== '"' && !quotes.includes(text[end]!)) end++;
    const closed = end < lineStop;
    const edits: Edit[] = [{ span: span(path, start, start + 1), newText: '"' }];
    patches.push({ start, end: start + 1, by: '"' });
    if (closed && text[end] !== '"') {
      edits.push({ span: span(path, end, end + 1), newText: '"' });
      patches.push({ start: end, end: end + 1, by: '"' });
    }
    const place = span(path, start, closed ? end + 1 : end);
    const fixes: Fix[] = [{ title: 'write straight quotes', edits, applicability: 'likely' }];
    if (tooDeepFrom < 0)
      report(error('E0103', place, 'a string stands between straight quotes, `"…"`', { fixes }));
    return closed ? end + 1 : end;
  };
  let comments: Comments | undefined;
  const comment = (start: number, end: number, edits: readonly Edit[]): number => {
    const by = text.slice(start, end).replaceAll(/[^\r\n]/g, ' ');
    patches.push({ start, end, by });
    if (tooDeepFrom >= 0) return end;
    comments ??= { first: edits[0]!.span, edits: [] };
    for (const edit of edits) comments.edits.push(edit);
    return end;
  };
  const lineComment = (start: number, sign: number): number => {
    const edit: Edit = { span: span(path, start, start + sign), newText: '--' };
    return comment(start, lineEndFrom(text, start), [edit]);
  };
  let noEnd = false; // no `*/` stands behind here
  const blockComment = (start: number): number => {
    const stop = noEnd ? -1 : text.indexOf('*/', start + 2);
    noEnd = stop < 0;
    if (noEnd) return lineComment(start, 2);
    const end = stop + 2;
    const edits: Edit[] = [{ span: span(path, start, start + 2), newText: '--' }];
    for (let line = start; ;) {
      const broke = lineEndFrom(text, line, stop);
      if (broke >= stop) break;
      line = broke + 1;
      let at = line;
      while (text[at] === ' ' || text[at] === '\t') at++;
      if (at >= stop || text[at] === '\r' || text[at] === '\n') continue;
      edits.push({
        span: span(path, at, text[at] === '*' ? at + 1 : at),
        newText: text[at] === '*' ? '--' : '-- ',
      });
    }
    let behind = end;
    while (text[behind] === ' ' || text[behind] === '\t') behind++;
    const ends = behind === text.length || text[behind] === '\n' || text[behind] === '\r';
    const rest = ends ? '' : '\n';
    edits.push({ span: span(path, stop, end), newText: rest });
    return comment(start, end, edits);
  };
  const slashes = (start: number): number => {
    if (text[start + 1] === '*') return blockComment(start);
    let end = start + 1;
    while (text[end] === '/') end++;
    // `c//2` is no comment
    const divides = start > 0 && /[\w)]/.test(text[start - 1]!) && /[\w(]/.test(text[end] ?? '');
    return end === start + 1 || divides ? end : lineComment(start, end - start);
  };
  const hashes = (start: number): number => {
    let end = start + 1;
    while (text[end] === '#') end++;
    return lineComment(start, end - start);
  };

  /** `pad='same'` */
  const quotedWord = (start: number): number => {
    quoted.lastIndex = start;
    const content = quoted.exec(text)?.[1];
    if (content === undefined) return strangers(start);
    const end = start + content.length + 2;
    const imports = /(?:^|[^\w])import\s*$/.test(text.slice(Math.max(0, start - 20), start));
    const isWord = /^[A-Za-z_][A-Za-z0-9_]*$/.test(content) && !imports;
    const place = span(path, start, end);
    const by = isWord ? ' ' : '"';
    patches.push({ start, end: start + 1, by }, { start: end - 1, end, by });
    const straight = replace(`write \`"${content}"\``, place, `"${content}"`);
    const message = isWord
      ? `words are written without quotes: \`${content}\`; a string stands between \`"\``
      : 'a string stands between straight quotes, `"…"`';
    const word = replace(`write \`${content}\``, place, content);
    // what an operator takes by name is a word, never a string
    const isArgument = /[(,]\s*\w+\s*=\s*$/.test(text.slice(Math.max(0, start - 80), start));
    const fixes = isWord ? (isArgument ? [word] : [word, straight]) : [straight];
    if (tooDeepFrom < 0) report(error('E0103', place, message, { fixes }));
    return end;
  };

  const foreignWord = (start: number): number => {
    wholeWord.lastIndex = start;
    const end = start + wholeWord.exec(text)![0].length;
    let begin = start;
    while (begin > 0 && /\w/.test(text[begin - 1]!)) begin--;
    const numeral = /\d/.test(text[begin]!); // nothing can touch it
    if (numeral) begin = start;
    const place = span(path, begin, end);
    if (tooDeepFrom < 0) report(foreignName(place, text.slice(begin, end), numeral));
    if (numeral) removed.push(place);
    const by = numeral ? ' '.repeat(end - start) : standInName(text.slice(begin, end));
    patches.push({ start, end, by: by.slice(start - begin) });
    return end;
  };
  const strangers = (start: number): number => {
    if (letter.test(String.fromCodePoint(text.codePointAt(start)!))) return foreignWord(start);
    let end = start + 1;
    while (end < text.length && isStrange(text, end)) end++;
    if (start === 0 && text.charCodeAt(0) === 0xfeff) {
      patches.push({ start: 0, end: 1, by: ' ' }); // a byte order mark
      return 1;
    }
    const run = text.slice(start, end);
    const by = standIn(run);
    patches.push({ start, end, by });
    if (tooDeepFrom < 0) report(strangeRun(span(path, start, end), run, text[end] ?? ''));
    if (by.trim() === '') removed.push(span(path, start, end));
    return end;
  };

  let i = 0;
  while (i < text.length) {
    const c = text.charCodeAt(i);
    const kind = c < 128 ? classes[c] : quotes.includes(text[i]!) ? quote : strange;
    if (kind === plain) i++;
    else if (kind === lineEnd) lineStart(++i);
    else if (kind === opens) {
      depth++;
      if (depth > nestingLimit && tooDeepFrom < 0) {
        tooDeepFrom = i;
        if (!said)
          report(
            error(
              'E0104',
              span(path, i, i + 1),
              `brackets are nested more than ${nestingLimit} deep; give the inner part a name with \`def\``,
            ),
          );
        said = true;
      }
      i++;
    } else if (kind === closes) {
      i++;
      if (depth > 0) depth--;
      if (depth === 0) said = false;
      if (depth === nestingLimit) endTooDeep(i);
    } else if (kind === quote) i = c === 34 ? endOfString(text, i) : fancyString(i);
    else if (kind === dash && text.charCodeAt(i + 1) === 45) i = lineEndFrom(text, i);
    else if (kind === slash) i = slashes(i);
    else if (kind === hash) i = hashes(i);
    else if (kind === single) i = quotedWord(i);
    else if (kind === strange || (kind === bang && text.charCodeAt(i + 1) !== 61)) i = strangers(i);
    else i++;
  }
  endTooDeep(text.length);
  if (comments !== undefined) {
    const { first, edits } = comments;
    const fixes: Fix[] = [{ title: 'begin comments with `--`', edits, applicability: 'likely' }];
    report(error('E0103', first, 'a comment begins with `--`', { fixes }));
  }
  if (patches.length === 0) return { text, removed };
  const pieces: string[] = [];
  let done = 0;
  for (const patch of patches) {
    pieces.push(text.slice(done, patch.start), patch.by);
    done = patch.end;
  }
  pieces.push(text.slice(done));
  return { text: pieces.join(''), removed };
};
