/** What to write for a word of another framework: its answer, with a fix where netc has the same function. */
import { replace, type Fix } from '../../diagnostic/diagnostic.ts';
import type { Answer, ForeignCall } from '../../ops/elsewhere/answer.ts';
import { answerTo, callsNamed, frameworkOf } from '../../ops/elsewhere/elsewhere.ts';
import {
  insteadOf,
  translated,
  type Given,
  type Translation,
} from '../../ops/elsewhere/translate.ts';
import { rowOf } from '../../ops/table.ts';
import { linkedBy } from '../../ops/paper.ts';
import type { Span } from '../../syntax/source.ts';
import type { Argument, Expr, Link } from '../../syntax/tree.ts';

/** A word with what touches it. */
export type Called = Pick<Extract<Expr, { readonly tag: 'chain' }>, 'word' | 'links' | 'span'>;

type Text = (span: Span) => string;

/** What a message says about a word of another framework. */
export type Counterpart = {
  readonly label: string;
  readonly notes: readonly string[];
  readonly fixes: readonly Fix[];
};

/** The arguments of a call as they are written; undefined with `..p` among them. */
const givenIn = (list: readonly Argument[], text: Text): Given | undefined => {
  if (list.some(({ tag }) => tag === 'rest')) return undefined;
  return {
    positional: list.flatMap((a) => (a.tag === 'positional' ? [text(a.span)] : [])),
    named: list.flatMap((a) =>
      a.tag === 'named' ? [[a.name.text, text(a.value.span)] as const] : [],
    ),
  };
};

/** `-64/2` behind a word: the first `-` is a window where netc's operator can be written without one. */
const paper = (op: Operator['op'], { links }: Called, text: Text): Given => {
  const { params } = rowOf(op);
  const window = params.find(({ name, default: usual }) => name === 'size' && usual !== undefined);
  const first = window ?? linkedBy('-', params);
  const named = links.flatMap((link) => {
    if (link.tag === 'call') return [];
    const name = link.tag === '/' ? 'stride' : (first?.name ?? '');
    return [[name, text(link.argument.span)] as const];
  });
  return { positional: [], named };
};

type Operator = Extract<Answer, { readonly tag: 'operator' }>;
type Composed = Extract<Answer, { readonly tag: 'composed' }>;

/** A call in netc's words, and how it was read where that is not certain. */
type Reading = { readonly written: string; readonly by?: ForeignCall; readonly as?: string };

/** What a call may mean, and, of the first argument that netc has nothing for, what to say. */
type Readings = { readonly found: readonly Reading[]; readonly lacks: readonly string[] };

const noReading: Readings = { found: [], lacks: [] };

/** `-64/2` behind the word of an operator; a window that is needed and not given is one of 3×3. */
const readPaper = (op: Operator['op'], called: Called, text: Text): readonly Reading[] => {
  const given = paper(op, called, text);
  const whole = translated(op, undefined, given);
  if (whole.tag === 'written') return [{ written: whole.text }];
  const named = [...given.named, ['size', '3'] as const];
  const sized = translated(op, undefined, { positional: [], named });
  return sized.tag === 'lacks' ? [] : [{ written: sized.text, as: 'with a window of 3×3' }];
};

const readings = (answer: Operator | Composed, called: Called, text: Text): Readings => {
  const op = answer.tag === 'operator' ? answer.op : undefined;
  const { word, links } = called;
  const [link, second] = links;
  const name = word.parts[word.parts.length - 1]!.text;
  if (link !== undefined && link.tag !== 'call')
    return op === undefined ? noReading : { ...noReading, found: readPaper(op, called, text) };
  if (second !== undefined) return noReading;
  const given = givenIn(link?.arguments ?? [], text);
  if (given === undefined) return noReading;
  const of = frameworkOf(word.parts[0]!.text);
  const calls = callsNamed(answer, name);
  const likely = calls.filter(({ by }) => word.parts.length === 1 || by === of);
  const tried = (likely.length > 0 ? likely : calls).map(
    (by) => [by, translated(op, by, given)] as const,
  );
  const found = tried.flatMap(([by, made]): readonly Reading[] =>
    made.tag === 'written' ? [{ written: made.text, by }] : [],
  );
  const lacks = tried.map(([by, made]) => lacking(by, made)).find((notes) => notes.length > 0);
  // a word alone, spelled as in no framework, means the operator with its defaults
  const isBare = link === undefined && !calls.some(({ names }) => names.split(' ').includes(name));
  const plain =
    op !== undefined && (isBare || calls.length === 0)
      ? translated(op, undefined, given)
      : undefined;
  return {
    found: distinct(plain?.tag === 'written' ? [{ written: plain.text }] : found),
    lacks: found.length > 0 ? [] : (lacks ?? []),
  };
};

/** What to say of an argument that netc has nothing for. */
const lacking = (by: ForeignCall, made: Translation): readonly string[] =>
  made.tag === 'lacks' && made.argument !== undefined
    ? [`netc has nothing for \`${made.argument}\` here`, ...insteadOf(by, made)]
    : [];

/** One reading of each text. Where they differ, an even window of 16 or more was not meant, and each names its framework. */
const distinct = (found: readonly Reading[]): readonly Reading[] => {
  const texts = new Map(found.map((reading) => [reading.written, reading]));
  const usual = [...texts.values()].filter(({ written }) => !hasHugeWindow(written));
  const kept = usual.length > 0 ? usual : [...texts.values()];
  return kept.length < 2
    ? kept
    : kept.map((reading) =>
        reading.by === undefined ? reading : { ...reading, as: `as in ${reading.by.by}` },
      );
};

const hasHugeWindow = (written: string): boolean => {
  const size = Number(/^[a-z_]+(\d+)/.exec(written)?.[1] ?? 0);
  return size >= 16 && size % 2 === 0;
};

/**
 * Several layers in the place of one word need parentheses, unless they are a step among others. `around` has what
 * stands before and behind.
 */
export const inPlace = (written: string, at: Span, text: Text): string => {
  if (!/[;|+*]/.test(written.replaceAll(/\([^()]*\)/g, ''))) return written;
  const before = text({ ...at, start: Math.max(0, at.start - 200), end: at.start });
  const behind = text({ ...at, start: at.end, end: at.end + 200 });
  const begins = /(^|[;{(=])\s*$|[^-+*|:/x\s][ \t]*[\r\n]\s*$/.test(before);
  const ends = /^\s*($|[;})])|^[ \t]*(--[^\r\n]*)?[\r\n]\s*(?!as\b)[^-+*|/\s]/.test(behind);
  const isChain = !/[|+*]/.test(written.replaceAll(/\([^()]*\)/g, ''));
  return begins && ends && isChain ? written : `(${written})`;
};

const fixesFor = (
  answer: Operator | Composed,
  found: readonly Reading[],
  at: Span,
  text: Text,
): readonly Fix[] =>
  found.map(({ written, by, as }) => {
    const placed = inPlace(written, at, text);
    const but = by?.but ?? (answer.tag === 'operator' ? answer.but : undefined);
    const more = [as, but && `which ${but}`].filter((words) => words !== undefined);
    return replace([`write \`${placed}\``, ...more].join(', '), at, placed);
  });

/** `concat(f, g)` and `add([f, g])` as `(f | g)` and `(f + g)`. */
const joinOfCall = (written: string, link: Link | undefined, text: Text): string | undefined => {
  const sign = /^f ([+*|]) g$/.exec(written)?.[1];
  const given = link?.tag === 'call' ? link.arguments.filter((a) => a.tag === 'positional') : [];
  const [first, ...others] = given.map(({ value }) => value);
  const branches = first?.tag === 'list' ? first.items : first && [first, ...others];
  if (sign === undefined || branches === undefined || branches.length < 2) return undefined;
  const shown = branches.map((e) =>
    e.tag === 'chain' || e.tag === 'group' || e.tag === 'recall'
      ? text(e.span)
      : `(${text(e.span)})`,
  );
  return shown.some((branch) => branch.includes('\n')) ? undefined : `(${shown.join(` ${sign} `)})`;
};

/** The layers that make the same function in place of a word without arguments. */
const composed = (
  { exact, written }: Composed,
  { links: [link, second], span }: Called,
  text: Text,
): readonly Fix[] => {
  const joined = second === undefined ? joinOfCall(written, link, text) : undefined;
  if (joined !== undefined) return [replace(`write \`${joined}\``, span, joined)];
  const isBare = link === undefined || (link.tag === 'call' && link.arguments.length === 0);
  if (!exact || !isBare || second !== undefined) return [];
  const placed = inPlace(written, span, text);
  return [replace(`write \`${placed}\``, span, placed)];
};

/** The answer to a word, if a framework has it: behind a module that is one of its, or alone. */
export const foreign = ({ word }: Called): Answer | undefined =>
  answerTo(word.parts[word.parts.length - 1]!.text);

/** Whether a word is looked for in a module of another framework. */
export const isForeignModule = ({ word }: Called): boolean =>
  word.parts.length > 1 && frameworkOf(word.parts[0]!.text) !== undefined;

const brief = (written: string): string =>
  written.length > 32 ? 'netc writes several layers' : `netc writes \`${written}\``;

/** What to say of a word of another framework; undefined for any other word. */
export const counterpart = (called: Called, text: Text): Counterpart | undefined => {
  const answer = foreign(called);
  switch (answer?.tag) {
    case undefined:
      return undefined;
    case 'none':
      return { label: 'netc has no such layer', notes: [answer.says], fixes: [] };
    case 'composed':
    case 'operator': {
      const { found, lacks } = readings(answer, called, text);
      const fixes = fixesFor(answer, found, called.span, text);
      return {
        label: brief(answer.tag === 'operator' ? answer.op : answer.written),
        notes: [`\`${answer.written}\` is ${answer.does}`, ...lacks],
        fixes: answer.tag === 'composed' ? [...fixes, ...composed(answer, called, text)] : fixes,
      };
    }
  }
};
