/** What a match makes: the new nodes, with their types, their paths and where their weights come from. */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../diagnostic/bug.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { GraphNode, GraphWeight, ValueId, WeightValue } from '../lower/graph.ts';
import type { Args } from '../ops/params.ts';
import type { Row } from '../ops/row.ts';
import { rowOf } from '../ops/table.ts';
import { extentOf, sameType, showType, type TensorType } from '../ops/types.ts';
import { argsOf } from '../typecheck/coerce.ts';
import type { Context } from '../typecheck/context.ts';
import { evaluate } from '../typecheck/evaluate.ts';
import type { Scope } from '../typecheck/scope.ts';
import { scopeOf } from './environment.ts';
import { illTyped, typeFault, weightFault } from './faults.ts';
import type { LookedUp } from './looked-up.ts';
import { namedLayers, type Match } from './match.ts';
import { freshPath, ownPath, pathsOf, type Paths } from './new-paths.ts';
import type { BoundArg, CompiledRule, NewNode } from './pattern.ts';
import { valueOfArg } from './values.ts';
import { weigh, type Weighing } from './weight-language.ts';
import { sourcesOf } from './weight-values.ts';

/** The nodes that replace a match, in order of execution, and the value that takes the result's place. */
export type Substitute = { readonly nodes: readonly GraphNode[]; readonly result: ValueId };

type Result<A> = E.Either<Diagnostic, A>;
type NewLayer = Extract<NewNode, { readonly tag: 'layer' }>;

type Work = {
  readonly cx: Context;
  readonly pass: string;
  readonly rule: CompiledRule;
  readonly of: LookedUp;
  readonly match: Match;
  readonly scope: Scope;
  readonly weighing: Weighing;
  readonly paths: Paths;
  readonly made: GraphNode[];
  next: ValueId;
};

/** `left` when the rule makes something that is no network, or of another type. New ids begin at `firstId`. */
export const substitute = (
  cx: Context,
  std: Scope,
  pass: string,
  rule: CompiledRule,
  of: LookedUp,
  match: Match,
  firstId: ValueId,
): Result<Substitute> => {
  const named = namedLayers(rule, of, match.env);
  const { bindings } = rule.replacement;
  const scope = scopeOf(cx, match.env, std, bindings, named);
  const byName = new Map(named);
  const layer: Weighing['layer'] = (name) => {
    const node = byName.get(name);
    return node && { node, inputs: node.inputs.map(of.type) };
  };
  const work: Work = {
    cx,
    pass,
    rule,
    of,
    match,
    scope,
    weighing: { cx, scope, bindings, layer, known: new Map() },
    paths: pathsOf(rule, of, match),
    made: [],
    next: firstId,
  };
  return E.chain((result: ValueId): Result<Substitute> => {
    const [before, after] = [typeIn(work, match.at, true), typeIn(work, result)];
    const kept = sameType(before, after) || isReshaped(rule, before, after);
    return kept
      ? E.right({ nodes: work.made, result })
      : E.left(typeFault(rule.rule.span, rule.rule.name.text, showType(before), showType(after)));
  })(built(work));
};

/** A structural rule may leave `[1, 1, c]` where `[c]` was: the same numbers, if what follows takes them. */
const isReshaped = ({ rule }: CompiledRule, before: TensorType, after: TensorType): boolean => {
  if (rule.soundness !== 'structural') return false;
  const [pixel, vector] = before.tag === 'map' ? [before, after] : [after, before];
  return (
    pixel.tag === 'map' &&
    vector.tag === 'vector' &&
    extentOf(pixel.h) === 1 &&
    extentOf(pixel.w) === 1 &&
    pixel.c === vector.c
  );
};

const typeIn = (w: Work, id: ValueId, whole = false): TensorType => {
  const made = w.made.find((n) => n.id === id);
  if (made !== undefined) return made.type;
  const { window } = w.match.env;
  const joined = whole && window !== undefined ? w.of.node(id) : undefined;
  if (joined === undefined || window === undefined) return w.of.type(id);
  // a part of a larger join has a type of its own
  return typed(joined, joined.inputs.slice(window.from, window.to).map(w.of.type));
};

const typed = (joined: GraphNode, inputs: readonly TensorType[]): TensorType => {
  const shape = rowFor(joined).shape(joined.args, inputs);
  if (E.isLeft(shape)) throw new Bug(`a part of ${joined.path} has no type`);
  return shape.right.type;
};

/** Every node of the replacement in order. */
const built = (w: Work): Result<ValueId> => {
  const { nodes, result } = w.rule.replacement;
  const values: ValueId[] = [];
  const at = (index: number): ValueId => {
    const value = values[index];
    if (value === undefined) throw new Bug('a rule reads what it has not made');
    return value;
  };
  for (const node of nodes) {
    const value = one(w, node, at);
    if (E.isLeft(value)) return value;
    values.push(value.right);
  }
  return E.right(at(result));
};

const one = (w: Work, node: NewNode, at: (index: number) => ValueId): Result<ValueId> => {
  const { env } = w.match;
  switch (node.tag) {
    case 'input':
      return E.right(inputOf(w));
    case 'kept': {
      const value = env.values.get(node.node);
      if (value === undefined) throw new Bug('a name without value');
      return E.right(value);
    }
    case 'layers':
      return moved(w, node.name, at(node.of));
    case 'join':
      return join(w, node.row, node.branches.map(at));
    case 'layer':
      return newLayer(w, node, at(node.of));
  }
};

const inputOf = ({ match }: Work): ValueId => {
  const value = match.env.values.get(0);
  // a pattern that never reaches its input has none: all of it is behind `@a`
  if (value === undefined) throw new Bug('a match without input');
  return value;
};

/** The layers behind `..f` on another input: the same weights, under the same paths. */
const moved = (w: Work, name: string, entry: ValueId): Result<ValueId> => {
  const fragment = w.match.env.layers.get(name);
  if (fragment === undefined) throw new Bug(`no layers ..${name}`);
  const renamed = new Map<ValueId, ValueId>([[fragment.entry, entry]]);
  for (const node of fragment.nodes) {
    const inputs = node.inputs.map((id) => renamed.get(id) ?? id);
    const added = add(w, rowFor(node), node.args, inputs, node.path, node.span, (specs) =>
      specs.every((s, i) => s.shape.join() === node.weights[i]?.spec.shape.join())
        ? E.right(node.weights)
        : E.left(weightFault(w.rule.rule.span, `\`..${name}\` has weights for another input`)),
    );
    if (E.isLeft(added)) return added;
    renamed.set(node.id, added.right);
  }
  return E.right(renamed.get(fragment.exit) ?? entry);
};

const join = (w: Work, row: Row, inputs: readonly ValueId[]): Result<ValueId> => {
  const path = ownPath(w.paths, row.name);
  return add(w, row, {}, inputs, path, w.paths.first.span, () => E.right([]));
};

const newLayer = (w: Work, node: NewLayer, input: ValueId): Result<ValueId> => {
  const args = argumentsOf(w, node);
  if (E.isLeft(args)) return args;
  const entries = node.with;
  if (entries === undefined) {
    const path = ownPath(w.paths, node.row.name);
    const fresh = (specs: readonly GraphWeight['spec'][]): Result<readonly GraphWeight[]> => {
      const own = specs.length === 0 ? path : freshPath(w.paths, node.row.name);
      return E.right(
        specs.map((spec) => ({
          path: `${own}/${spec.name}`,
          spec,
          origin: { pass: w.pass, rule: w.rule.rule.name.text, sources: [] },
        })),
      );
    };
    return add(w, node.row, args.right, [input], path, w.paths.first.span, fresh);
  }
  const path = w.paths.taking(
    entries.map((e) => e.value),
    w.rule.replacement.bindings,
  );
  return add(w, node.row, args.right, [input], path, w.paths.first.span, (specs) =>
    weights(w, node, entries, specs, path),
  );
};

const argumentsOf = (w: Work, node: NewLayer): Result<Args> => {
  const given = node.args.flatMap((a) => {
    const value = sourceOf(w, node.row, a);
    return value === undefined ? [] : [{ parameter: a.parameter, span: a.span, value }];
  });
  const { value: args, heard } = w.cx.heard(() => argsOf(w.cx, node.row, given));
  const [fault] = heard;
  if (args !== undefined && fault === undefined) return E.right(args);
  return E.left(fault ?? illTyped(node.span, w.rule.rule.name.text, 'an argument has no value'));
};

const sourceOf = (w: Work, row: Row, { parameter, source }: BoundArg) => {
  switch (source.tag) {
    case 'value':
      return () => source.value;
    case 'expr':
      return () => evaluate(w.cx, source.expr, w.scope);
    case 'carried': {
      const arg = w.match.env.rests.get(source.rest)?.[parameter];
      const param = row.params.find((p) => p.name === parameter);
      if (arg === undefined || param === undefined) return undefined;
      const value = valueOfArg(param, arg);
      return () => value;
    }
  }
};

/** Each weight that the layer turns out to have; an entry for one that it has not (`bias`) is idle. */
const weights = (
  w: Work,
  node: NewLayer,
  entries: NonNullable<NewLayer['with']>,
  specs: readonly GraphWeight['spec'][],
  path: string,
): Result<readonly GraphWeight[]> => {
  const made: GraphWeight[] = [];
  for (const spec of specs) {
    const entry = entries.find((e) => e.weight === spec.name);
    if (entry === undefined)
      return E.left(
        weightFault(node.span, `\`with\` does not say what \`${spec.name}\` is`, [
          `this \`${node.row.name}\` has a \`${spec.name}\` of shape [${spec.shape.join(', ')}]`,
        ]),
      );
    const value = weigh(w.weighing, entry.value);
    if (E.isLeft(value)) return value;
    const { shape } = value.right;
    if (shape.join() !== spec.shape.join())
      return E.left(
        weightFault(
          entry.span,
          `\`${spec.name}\` is [${shape.join(', ')}], and [${spec.shape.join(', ')}] is needed`,
        ),
      );
    made.push(weight(w, `${path}/${spec.name}`, spec, value.right));
  }
  return E.right(made);
};

const weight = (
  w: Work,
  path: string,
  spec: GraphWeight['spec'],
  value: WeightValue,
): GraphWeight => {
  // a weight that only moved is still the one of the source
  if (value.tag === 'source' && value.weight.path === path) return value.weight;
  const rule = w.rule.rule.name.text;
  return { path, spec, value, origin: { pass: w.pass, rule, sources: sourcesOf(value) } };
};

const rowFor = (node: GraphNode): Row => rowOf(node.op);

const add = (
  w: Work,
  row: Row,
  args: Args,
  inputs: readonly ValueId[],
  path: string,
  span: GraphNode['span'],
  weightsFrom: (specs: readonly GraphWeight['spec'][]) => Result<readonly GraphWeight[]>,
): Result<ValueId> => {
  const types = inputs.map((id) => typeIn(w, id));
  const shape = row.shape(args, types);
  const name = w.rule.rule.name.text;
  const of = types.map(showType).join(' and ');
  if (E.isLeft(shape))
    return E.left(illTyped(w.rule.rule.span, name, `\`${row.name}\` does not take ${of}`));
  const { type, conditions } = shape.right;
  const disagree = conditions.some((c) => {
    const [a, b] = [extentOf(c.first), extentOf(c.other)];
    return a !== undefined && b !== undefined && a !== b;
  });
  const empty = type.tag === 'map' && ((extentOf(type.h) ?? 1) < 1 || (extentOf(type.w) ?? 1) < 1);
  if (disagree || empty)
    return E.left(illTyped(w.rule.rule.span, name, `\`${row.name}\` does not take ${of}`));
  return E.map((found: readonly GraphWeight[]) => {
    const id = w.next++;
    const at = found[0]?.path;
    const own = at === undefined ? path : at.slice(0, at.lastIndexOf('/'));
    w.made.push({ id, op: row.name, args, inputs, type, path: own, weights: found, span });
    return id;
  })(weightsFrom(row.weights(args, types)));
};
