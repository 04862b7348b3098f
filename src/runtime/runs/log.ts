/**
 * What a training says of itself as it goes: `log.jsonl`, one object a line. It is the one account from which tables,
 * curves and the report are made. A number that is not finite is null.
 */
import * as E from 'fp-ts/lib/Either.js';
import { aCount, aNumber, anObject, oneOf } from '../data/decode.ts';
import { parseObject, type JsonObject } from '../data/json.ts';
import type { Progress } from './progress.ts';

/** Numbers by their names; undefined where there is none, as without validation. */
export type Figures = { readonly [name: string]: number | undefined };

/**
 * A line of the log. `step` is the number of steps that are done, `epoch` that of the epoch under way, or just done,
 * from 1; `seconds` are those of training so far, without the time between a stop and a resume.
 *
 * `step`: the figures of the progress line, such as `loss`, `top1`, `rate`, `images_per_second`, `waiting`.
 * `epoch`: those of a whole epoch, and of validation as `validation_loss`, `validation_top1`, …
 */
export type Entry =
  | ({ readonly event: 'step' | 'epoch' } & Moment & { readonly figures: Figures })
  | ({ readonly event: 'began' | 'resumed'; readonly at: string } & Moment)
  | ({ readonly event: 'saved'; readonly file: string } & Moment)
  | ({ readonly event: 'ended'; readonly state: string } & Moment);

/** When something happened. */
export type Moment = { readonly step: number; readonly epoch: number; readonly seconds: number };

/** The fields of a line that are not figures. */
const plain = new Set(['event', 'step', 'epoch', 'seconds', 'at', 'file', 'state']);

/** The line of an entry, with its end. */
export const lineOf = (entry: Entry): string => {
  const { event, step, epoch, seconds } = entry;
  const moment = { event, step, epoch, seconds: Number(seconds.toFixed(3)) };
  switch (entry.event) {
    case 'step':
    case 'epoch':
      return `${JSON.stringify({ ...moment, ...entry.figures })}\n`;
    case 'began':
    case 'resumed':
      return `${JSON.stringify({ ...moment, at: entry.at })}\n`;
    case 'saved':
      return `${JSON.stringify({ ...moment, file: entry.file })}\n`;
    case 'ended':
      return `${JSON.stringify({ ...moment, state: entry.state })}\n`;
  }
};

const head = anObject<Moment & { readonly event: Entry['event'] }>({
  event: oneOf(['step', 'epoch', 'began', 'resumed', 'saved', 'ended']),
  step: aCount,
  epoch: aCount,
  seconds: aNumber,
});

const figuresOf = (fields: JsonObject): Figures =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      plain.has(name) || typeof value !== 'number' ? [] : [[name, value]],
    ),
  );

/** The entry in a line; undefined for a line that was cut off or that netc does not know. */
const entryIn = (line: string): Entry | undefined => {
  const object = parseObject(line);
  if (E.isLeft(object)) return undefined;
  const read = head(object.right);
  if (E.isLeft(read)) return undefined;
  const { event, ...moment } = read.right;
  const text = (name: string): string => String(object.right[name] ?? '');
  switch (event) {
    case 'step':
    case 'epoch':
      return { event, ...moment, figures: figuresOf(object.right) };
    case 'began':
    case 'resumed':
      return { event, ...moment, at: text('at') };
    case 'saved':
      return { event, ...moment, file: text('file') };
    case 'ended':
      return { event, ...moment, state: text('state') };
  }
};

/** The entries of a log. Lines that were cut off or that netc does not know are left out. */
export const entriesIn = (log: string): readonly Entry[] =>
  log.split('\n').flatMap((line) => entryIn(line) ?? []);

/** Whether something happened when training was no further than this. */
const isBefore =
  ({ step, epoch }: Progress) =>
  (entry: Entry): boolean =>
    entry.step <= step && (entry.event !== 'epoch' || entry.epoch <= epoch);

/**
 * The part of a log that a training which goes on from here continues: what happened later happens again. `length` is in
 * characters, and a character of it is a byte.
 */
export const logUpTo = (
  log: string,
  progress: Progress,
): { readonly entries: readonly Entry[]; readonly length: number } => {
  const fits = isBefore(progress);
  const entries: Entry[] = [];
  let end = 0;
  for (
    let at = 0, next = log.indexOf('\n');
    next >= 0;
    at = next + 1, next = log.indexOf('\n', at)
  ) {
    const entry = entryIn(log.slice(at, next));
    if (entry === undefined || !fits(entry)) continue;
    entries.push(entry);
    end = next + 1;
  }
  return { entries, length: end };
};
