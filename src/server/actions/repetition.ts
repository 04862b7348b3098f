/** Steps that are written several times become `3x`. */
import type { Expr } from '../../syntax/tree.ts';
import type { Ground } from '../ground.ts';
import { pathAt, exprsOf } from '../tree-at.ts';
import { trimmed, type Offer } from './action.ts';

type Sequence = Extract<Expr, { readonly tag: 'sequence' }>;

/** Steps `from` up to `to` are `count` times the first `period` of them. */
type Run = {
  readonly from: number;
  readonly to: number;
  readonly period: number;
  readonly count: number;
};

const LONGEST = 8;
/** Steps before the cursor among which a run may begin. */
const FARTHEST = 128;

/** Names stay the same under `x` only where nothing has one. */
const hasName = (expr: Expr): boolean =>
  expr.tag === 'label' || expr.tag === 'as' || expr.tag === 'also' || expr.tag === 'block';

/** The longest run around a step, that of the shortest period first. */
const runAround = (texts: readonly string[], step: number): Run | undefined => {
  let best: Run | undefined;
  for (let period = 1; period <= Math.min(LONGEST, texts.length / 2); period++)
    for (let from = Math.max(0, step - FARTHEST); from <= step; from++) {
      let same = 0; // steps that are those of one period before
      while (
        texts[from + same] === texts[from + period + same] &&
        from + period + same < texts.length
      )
        same++;
      const count = Math.floor(same / period) + 1;
      const to = from + count * period;
      const longer = best === undefined || to - from > best.to - best.from;
      if (count > 1 && step < to && longer) best = { from, to, period, count };
    }
  return best;
};

const offerIn = (ground: Ground, sequence: Sequence, offset: number): ReturnType<Offer> => {
  const { locate } = ground.view;
  const { text } = ground.text;
  const places = sequence.steps.map((step) => locate(step.span));
  const step = places.findIndex(({ start, end }) => start <= offset && offset <= end);
  const texts = places.map(({ start, end }, i) =>
    hasName(sequence.steps[i]!) ? `${i}` : text.slice(start, end).replaceAll(/\s+/g, ' '),
  );
  const run = step < 0 ? undefined : runAround(texts, step);
  if (run === undefined) return [];
  const [first, last] = [places[run.from]!, places[run.to - 1]!];
  const whole = { ...first, end: last.end };
  if (/--|\bdef\b/.test(text.slice(whole.start, whole.end))) return [];
  const body = places
    .slice(run.from, run.from + run.period)
    .map(({ start, end }) => text.slice(start, end))
    .join('; ');
  const alone = run.period === 1 && ['chain', 'group'].includes(sequence.steps[run.from]!.tag);
  const newText = `${run.count}x ${alone ? body : `(${body})`}`;
  const title = `write it once: \`${newText.replaceAll(/\s+/g, ' ')}\``;
  return [{ title, kind: 'refactor.rewrite', changes: [{ span: whole, newText }] }];
};

/** The run of equal steps at a place. */
export const repetition: Offer = (ground, selection) => {
  const { start } = trimmed(ground.text.text, selection);
  const sequence = exprsOf(pathAt(ground, start)).findLast(
    (e): e is Sequence => e.tag === 'sequence',
  );
  return sequence === undefined ? [] : offerIn(ground, sequence, start);
};
