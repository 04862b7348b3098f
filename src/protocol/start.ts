/** What trainings begin with: the weights of another training, which must be there, fit, and not lead back. */
import { error } from '../diagnostic/diagnostic.ts';
import type { Span } from '../syntax/source.ts';
import type { Name, Protocol } from '../syntax/tree.ts';
import type { Context } from '../typecheck/expr/context.ts';
import type { TypedNet } from '../typecheck/net/typed.ts';
import { fromFirstName, showCircle } from './circle.ts';
import type { ByWord } from './clauses.ts';
import type { Env } from './env.ts';
import { declaredAs, type Said } from './said.ts';
import { transferFault, type Transfer } from './weights.ts';

/** The trainings that others are found by. */
export type Known = {
  readonly said: (d: Protocol) => Said<ByWord>;
  /** the net of a training; undefined for a recipe, and after a fault */
  readonly netOf: (d: Protocol) => TypedNet | undefined;
};

/** The training whose weights are meant, where one is named; that there is none is reported (E0925). */
export const trainingNamed = (env: Env, name: Name, within?: Protocol): Protocol | undefined => {
  const d = declaredAs(env, 'train', name, env.scopeOf(name.span.path), within);
  if (d === undefined || d.net !== undefined) return d;
  env.cx.report(
    error('E0925', name.span, `\`${name.text}\` trains no net, so there are no weights of it`, {
      label: 'a recipe',
      labels: [{ span: d.name.span, message: 'declared without a net' }],
    }),
  );
  return undefined;
};

/** The training that one begins with, and where that is written. */
const startOf = (
  env: Env,
  { said }: Known,
  d: Protocol,
): { readonly d: Protocol; readonly at: Span } | undefined => {
  const read = said(d).clauses['init from'];
  const from = read === undefined || read === 'faulty' ? undefined : read;
  const at = from?.parts.get('source');
  if (from?.value?.source.tag !== 'train' || at === undefined) return undefined;
  const source = trainingNamed(env, { text: from.value.source.name, span: at }, d);
  return source && { d: source, at };
};

/** Reports trainings that begin with themselves, each circle once (E0926). True where this one does. */
const isInCircle = (env: Env, known: Known, reported: Set<Protocol>, first: Protocol): boolean => {
  const seen: Protocol[] = [];
  for (let d: Protocol | undefined = first; d !== undefined;) {
    if (d === first && seen.length > 0) {
      if (!seen.some((one) => reported.has(one)))
        reportCircle(env.cx, env, known, fromFirstName(seen));
      seen.forEach((one) => reported.add(one));
      return true;
    }
    if (seen.includes(d)) return false; // another's circle
    seen.push(d);
    d = startOf(env, known, d)?.d;
  }
  return false;
};

const reportCircle = (cx: Context, env: Env, known: Known, circle: readonly Protocol[]): void => {
  const [first] = circle;
  const at = first && startOf(env, known, first)?.at;
  if (first === undefined || at === undefined) return;
  const names = showCircle(circle);
  const isItself = circle.length === 1;
  cx.report(
    error(
      'E0926',
      at,
      isItself
        ? `\`${first.name.text}\` begins with its own weights`
        : `trainings begin with each other's weights, in a circle: ${names}`,
      {
        label: isItself ? 'the training itself' : 'leads back',
        labels: [{ span: first.name.span, message: 'needs these weights first' }],
      },
    ),
  );
};

/** Reports what is wrong with the weights that a training begins with (E0925, E0926, E0933). */
export const startChecker = (env: Env, known: Known): ((d: Protocol, net: TypedNet) => void) => {
  const reported = new Set<Protocol>();
  return (d, to) => {
    const start = startOf(env, known, d);
    if (start === undefined || isInCircle(env, known, reported, d)) return;
    const from = known.netOf(start.d);
    const read = known.said(d).clauses['init from'];
    if (from === undefined || read === undefined || read === 'faulty') return;
    const selections = (read.value?.selections ?? []).map((selection, i) => ({
      ...selection,
      span: read.parts.get(`selection ${i}`) ?? start.at,
    }));
    const transfer: Transfer = { from, to, at: start.at, selections, isWhole: false };
    const fault = transferFault(transfer);
    if (fault !== undefined) env.cx.report(fault);
  };
};
