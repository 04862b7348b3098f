/** Trainings and evaluations of a file, resolved: declarations with their nets, and every default written out. */
import { error } from '../diagnostic/diagnostic.ts';
import { numberOf } from '../ops/types.ts';
import type { Expr, Protocol } from '../syntax/tree.ts';
import type { LayerContext } from '../typecheck/layer/context.ts';
import { calledNet, netCalled, settled, type NetOf } from '../typecheck/layer/called-nets.ts';
import { isVariant, nameless } from '../typecheck/layer/variant.ts';
import { evaluate } from '../typecheck/expr/evaluate.ts';
import { kindName, type Scope } from '../typecheck/expr/values.ts';
import type { TypedNet } from '../typecheck/net/typed.ts';
import { clauses, type ValueOf } from './clauses.ts';
import type { Recipe, Training, Word } from './recipe.ts';
import type { Trained } from './row.ts';
import { sayer, type Clauses } from './said.ts';

/** What `train` and `eval` of a file mean. */
export type Protocols = { readonly trainings: readonly Training[] };

type ByWord = { readonly [W in Word]: ValueOf<W> };

/** The net of a declaration; anything else is reported. */
const netIn = (cx: LayerContext, netOf: NetOf, expr: Expr, scope: Scope): TypedNet | undefined => {
  if (isVariant(cx, expr, scope)) return netOf(cx, nameless(expr), scope, []);
  const called = calledNet(cx, settled(cx, expr, scope));
  if (called !== undefined) return netCalled(cx, expr, called, netOf);
  const value = evaluate(cx, expr, scope);
  if (value.tag !== 'unknown')
    cx.report(
      error('E0938', expr.span, `a net is needed here, and this is ${kindName(value)}`, {
        label: kindName(value),
      }),
    );
  return undefined;
};

/** A recipe with its defaults; undefined where a clause lacks or is faulty. */
const recipeOf = (said: Clauses<ByWord>, of: Trained): Recipe | undefined => {
  let isWhole = true;
  const value = <W extends Word>(word: W): ValueOf<W> | undefined => {
    const read = said[word];
    if (read !== undefined && read !== 'faulty') return read.value;
    const { fallback } = clauses[word];
    if (read === 'faulty' || fallback === undefined) isWhole = false;
    return fallback?.(of);
  };
  const recipe: { [K in keyof Recipe]: Recipe[K] | undefined } = {
    data: value('data'),
    input: value('input'),
    augment: value('augment'),
    loss: value('loss'),
    optimizer: value('optimizer'),
    schedule: value('schedule'),
    batch: value('batch'),
    accumulate: value('accumulate'),
    epochs: value('epochs'),
    clip: value('clip'),
    init: value('init'),
    initFrom: value('init from'),
    seed: value('seed'),
  };
  // each clause is there or has its default
  return isWhole ? (recipe as Recipe) : undefined;
};

/** The trainings of a file, as far as they have a meaning; what is wrong with them is reported. */
export const protocolsOf = (
  cx: LayerContext,
  netOf: NetOf,
  scopes: ReadonlyMap<string, Scope>,
  declared: readonly Protocol[],
): Protocols => {
  const scopeOf = (path: string): Scope => scopes.get(path)!;
  const said = sayer<ByWord>({ cx, scopeOf }, clauses);
  const trainings = declared.flatMap((d): readonly Training[] => {
    if (d.tag !== 'train') return [];
    const { clauses: clausesOf, isOpen } = said(d);
    const net = d.net && netIn(cx, netOf, d.net, scopeOf(d.span.path));
    if (net === undefined || isOpen) return [];
    const { data } = clausesOf;
    if (data === undefined)
      cx.report(
        error('E0927', d.name.span, `\`${d.name.text}\` does not say what it is trained on`),
      );
    const channels = net.input.tag === 'unknown' ? undefined : numberOf(net.input.c);
    const recipe = recipeOf(clausesOf, {
      ...(channels === undefined ? {} : { channels }),
      ...(data === undefined || data === 'faulty' ? {} : { data: data.value.tag }),
    });
    const { name, doc } = d;
    return recipe === undefined
      ? []
      : [{ name: name.text, doc, span: name.span, net, recipe, places: placesIn(clausesOf) }];
  });
  return { trainings };
};

const placesIn = (said: Clauses<ByWord>): Training['places'] =>
  new Map(
    words.flatMap((word) => {
      const read = said[word];
      return read === undefined || read === 'faulty' ? [] : [[word, read.span] as const];
    }),
  );

// the table is complete by type, so its keys are the words
const words = Object.keys(clauses) as readonly Word[];
