/**
 * Plans as one TensorFlow graph over the state of a program. A run asks for some of its ends, and TensorFlow computes
 * what these need and nothing else.
 *
 * Numbers come in as int32, the bits of the floats: a binding that gets floats would move them to the GPU and back.
 */
import { Bug } from '../../../diagnostic/bug.ts';
import type { ValueId } from '../../../graph/graph.ts';
import type { Shape } from '../../../kernel/shape.ts';
import { boundIn } from '../bounds.ts';
import type { Plan, PlannedCall } from '../../../lower/plan.ts';
import type { Attributes, NodeDef, Numbers } from './node.ts';
import { collective, keys } from './collective.ts';
import { newGuard } from './guard.ts';
import { writeKeepingNaN, writeKernel } from './operations.ts';
import type { Operand, Site } from './site.ts';

/** A tensor that stays: a variable, or a constant, whose numbers the graph holds and TensorFlow may pack once. */
export type Stored = {
  readonly id: ValueId;
  readonly shape: Shape;
  readonly constant?: Float32Array;
};

/** A plan, written so that it is fast, or so that no kernel makes a number of NaN. */
export type Version = { readonly plan: Plan; readonly keepsNaN: boolean };

/** The names of the ends of a graph: what is fed, and what may be asked for. */
export const ends = {
  /** the numbers of a variable */
  read: (state: ValueId) => `state${state}/read`,
  /** fed: new numbers of a variable, and a bound of them */
  given: (state: ValueId) => `state${state}/given`,
  givenBound: (state: ValueId) => `state${state}/bound/given`,
  /** anything, when the variable has those numbers */
  written: (state: ValueId) => `state${state}/written`,
  /** fed: an input of a plan */
  input: (plan: number, index: number) => `plan${plan}/input${index}`,
  /** an output of a plan, when the state has its next values */
  output: (plan: number, index: number) => `plan${plan}/output${index}`,
  /** of a plan that does not keep NaN: 1 where none was lost, and 0 where one may be, and the state stays */
  safe: (plan: number) => `plan${plan}/safe`,
  /** result `index` of a call of a plan, whatever becomes of the state */
  result: (plan: number, call: number, index: number) => `plan${plan}/call${call}/${index}`,
} as const;

/** A graph while it is written. */
type Writer = {
  readonly nodes: NodeDef[];
  /** adds a node under this name */
  readonly named: (name: string, op: string, inputs: readonly string[], of: Attributes) => string;
  /** adds a node, or finds the one that is the same: no node that is written so has an effect */
  readonly shared: (
    within: string,
    op: string,
    inputs: readonly string[],
    of: Attributes,
  ) => string;
  readonly constant: (shape: Shape, data: Numbers) => string;
};

const ofFloats: Attributes = { T: { type: 'float' } };
const ofTruths: Attributes = { T: { type: 'bool' } };
const floats: Attributes = { dtype: { type: 'float' } };

const newWriter = (): Writer => {
  const nodes: NodeDef[] = [];
  const known = new Map<string, string>();
  const named: Writer['named'] = (name, op, inputs, attributes) => {
    nodes.push({ name, op, inputs, attributes });
    return name;
  };
  const once = (key: string, make: () => string): string => {
    const found = known.get(key) ?? make();
    known.set(key, found);
    return found;
  };
  return {
    nodes,
    named,
    shared: (within, op, inputs, of) =>
      once(JSON.stringify([op, inputs, of]), () =>
        named(`${within}/${op}_${nodes.length}`, op, inputs, of),
      ),
    constant: (shape, data) =>
      once(`${data instanceof Int32Array ? 'int' : 'float'} ${shape.join()}: ${data.join()}`, () =>
        named(`constant_${nodes.length}`, 'Const', [], constantOf(shape, data)),
      ),
  };
};

const constantOf = (shape: Shape, data: Numbers): Attributes => ({
  dtype: { type: data instanceof Int32Array ? 'int32' : 'float' },
  value: { tensor: { shape, data } },
});

/** A path as TensorFlow allows names, which do not begin with `_`. */
const cleaned = (path: string): string => `net/${path.replace(/[^A-Za-z0-9_/.-]/g, '_')}`;

/** A number that is fed, as floats of this shape. */
const fed = (to: Writer, name: string, shape: Shape): string => {
  const bits: Attributes = { T: { type: 'int32' } };
  const size: Attributes = { shape: { shape } };
  const given = to.named(name, 'Placeholder', [], { dtype: { type: 'int32' }, ...size });
  // of another shape the library would end the process
  const checked = to.named(`${name}/checked`, 'EnsureShape', [given], { ...bits, ...size });
  return to.named(`${name}/floats`, 'Bitcast', [checked], { ...bits, type: { type: 'float' } });
};

const handleOf = (state: ValueId): string => `state${state}`;

/** A variable that is fed; gives the node that gives it its numbers. */
const writeVariable = (to: Writer, handle: string, shape: Shape, given: string): string => {
  to.named(handle, 'VarHandleOp', [], {
    ...floats,
    shape: { shape },
    shared_name: { text: handle },
    container: { text: '' },
  });
  // a variable would go on living in the memory of what was fed
  const own = to.named(`${handle}/own`, 'DeepCopy', [fed(to, given, shape)], ofFloats);
  return to.named(`${handle}/assign`, 'AssignVariableOp', [handle, own], floats);
};

/** The nodes of a tensor that stays: of its numbers, and of their bound as they were given. */
type StoredNodes = { readonly read: string; readonly bound: string };

const writeStored = (to: Writer, { id, shape, constant }: Stored): StoredNodes => {
  if (constant !== undefined)
    return {
      read: to.named(ends.read(id), 'Const', [], constantOf(shape, constant)),
      bound: to.constant([], Float32Array.of(boundIn(constant))),
    };
  const bound = `${handleOf(id)}/bound`;
  const assigned = [
    writeVariable(to, handleOf(id), shape, ends.given(id)),
    writeVariable(to, bound, [], ends.givenBound(id)),
  ];
  to.named(
    ends.written(id),
    'Identity',
    [to.constant([], Float32Array.of(0)), ...assigned.map((node) => `^${node}`)],
    ofFloats,
  );
  return {
    read: to.named(ends.read(id), 'ReadVariableOp', [handleOf(id)], floats),
    bound: to.named(`${bound}/read`, 'ReadVariableOp', [bound], floats),
  };
};

type Nodes = Map<ValueId, string>;

const nodeIn = (nodes: Nodes, id: ValueId): string => {
  const node = nodes.get(id);
  if (node === undefined) throw new Bug(`value ${id} has no node`);
  return node;
};

const siteOf = (to: Writer, nodes: Nodes, { call, operands, results }: PlannedCall): Site => {
  const within = cleaned(call.path);
  return {
    operands: operands.map(({ shape, batched }, i): Operand => ({
      shape,
      batched,
      // of an operand that is read for its shape there may be no node
      get node() {
        return nodeIn(nodes, call.operands[i]!.id);
      },
    })),
    results,
    add: (op, inputs, attributes = {}) =>
      to.shared(within, op, inputs, { ...ofFloats, ...attributes }),
    whole: (numbers, shape = [numbers.length]) => to.constant(shape, Int32Array.from(numbers)),
    scalar: (n) => to.constant([], Float32Array.of(n)),
  };
};

/** Whether all numbers of a node are finite. */
const isFinite = (to: Writer, within: string, node: string, shape: Shape): string => {
  const axes = shape.map((_, axis) => axis);
  const reduction: Attributes = { Tidx: { type: 'int32' }, keep_dims: { flag: false } };
  const finite = to.shared(within, 'IsFinite', [node], ofFloats);
  const all = to.constant([axes.length], Int32Array.from(axes));
  return to.shared(within, 'All', [finite, all], reduction);
};

/** Whether all of these are true. */
const areAll = (to: Writer, within: string, truths: readonly string[]): string =>
  truths.reduce((a, b) => to.shared(within, 'LogicalAnd', [a, b], {}));

/**
 * Writes what moves the state of a plan where it is `safe`, and gives the node that is there when it has; undefined if
 * nothing moves.
 */
const writeUpdates = (
  to: Writer,
  within: string,
  { updates, outputs, program }: Plan,
  nodes: Nodes,
  safe: readonly string[],
): string | undefined => {
  if (updates.length === 0) return undefined;
  const moving = program.state.flatMap(({ id, next }) =>
    next === undefined ? [] : [{ id, next: nodeIn(nodes, next) }],
  );
  // if memory runs out before all of this is there, nothing has moved
  const made = [
    ...moving.flatMap(({ id, next }) => [ends.read(id), next]),
    ...outputs.map(({ id }) => nodeIn(nodes, id)),
  ];
  const all = Array.from(new Set(made), (node) => `^${node}`);
  const ready = to.named(`${within}/ready`, 'NoOp', all, {});
  const assign = (after: readonly string[]): readonly string[] =>
    moving.map(({ id, next }) => {
      const waits = [ready, ...after].map((node) => `^${node}`);
      const inputs = [handleOf(id), next, ...waits];
      return to.named(`${within}/next${id}`, 'AssignVariableOp', inputs, floats);
    });
  const conditions = [
    ...outputs
      .filter(({ name }) => program.finite.includes(name))
      .map(({ id, shape }) => isFinite(to, within, nodeIn(nodes, id), shape)),
    ...safe,
  ];
  if (conditions.length === 0)
    return to.named(
      `${within}/moved`,
      'NoOp',
      assign([]).map((node) => `^${node}`),
      {},
    );
  const sound = areAll(to, within, conditions);
  // what hangs on the branch that is not taken does not run
  const way = to.named(`${within}/way`, 'Switch', [sound, sound], ofTruths);
  const goes = to.named(`${within}/goes`, 'Identity', [`${way}:1`], ofTruths);
  const stays = to.named(`${within}/stays`, 'Identity', [way], ofTruths);
  const waits = assign([goes]).map((node) => `^${node}`);
  const moved = to.named(`${within}/moved`, 'Identity', [goes, ...waits], ofTruths);
  return to.named(`${within}/done`, 'Merge', [stays, moved], { ...ofTruths, N: { integer: 2 } });
};

/** The nodes of values that a plan has added up over all workers take the place of those of this worker. */
const addUp = (
  to: Writer,
  within: string,
  { plan, keepsNaN }: Version,
  nodes: Nodes,
  workers: number,
): void => {
  if (workers === 1) return;
  plan.program.allReduced.forEach((id, i) => {
    const key = keys.ofPlan(i, keepsNaN);
    const { op, attributes } = collective('float');
    const numbers = [workers, keys.group, key].map((n) => to.constant([], Int32Array.of(n)));
    const inputs = [nodeIn(nodes, id), ...numbers];
    nodes.set(id, to.named(`${within}/sum${i}`, op, inputs, attributes));
  });
};

/** The nodes of what a call reads, but for shapes, and of what it made. */
const seenBy = ({ call, operands, results }: PlannedCall, nodes: Nodes) => ({
  read: call.operands.flatMap(({ id, of }, i) =>
    of === 'value' ? [{ node: nodeIn(nodes, id), shape: operands[i]!.shape }] : [],
  ),
  made: call.outputs.map((id, i) => ({ node: nodeIn(nodes, id), shape: results[i]! })),
});

/** Adds the nodes of a plan, which is the one of this number; of some of what is stored there are bounds. */
const writePlan = (
  to: Writer,
  { plan, keepsNaN }: Version,
  number: number,
  stored: ReadonlyMap<ValueId, StoredNodes>,
  bounds: ReadonlyMap<string, string>,
  workers: number,
): void => {
  const within = `plan${number}`;
  const nodes: Nodes = new Map(Array.from(stored, ([id, { read }]) => [id, read]));
  const write = keepsNaN ? writeKeepingNaN : writeKernel;
  const guard = keepsNaN ? undefined : newGuard(bounds);
  plan.program.inputs.forEach(({ id }, i) =>
    nodes.set(id, fed(to, ends.input(number, i), plan.inputs[i]!)),
  );
  addUp(to, within, { plan, keepsNaN }, nodes, workers);
  plan.steps.forEach((step, call) => {
    const { kernel, outputs } = step.call;
    const site = siteOf(to, nodes, step);
    write(kernel, site).forEach((node, i) => {
      nodes.set(outputs[i]!, node);
      to.named(ends.result(number, call, i), 'Identity', [node], ofFloats);
    });
    const { read, made } = seenBy(step, nodes);
    guard?.follow(kernel, site, read, made);
  });
  const safe = guard?.safe() ?? [];
  if (guard !== undefined) {
    const truth = areAll(to, within, [
      to.shared(within, 'Less', [zero(to), one(to)], ofFloats),
      ...safe,
    ]);
    to.named(ends.safe(number), 'SelectV2', [truth, one(to), zero(to)], ofFloats);
  }
  const done = writeUpdates(to, within, plan, nodes, safe);
  const waits = done === undefined ? [] : [`^${done}`];
  plan.outputs.forEach(({ id }, i) =>
    to.named(ends.output(number, i), 'Identity', [nodeIn(nodes, id), ...waits], ofFloats),
  );
};

const one = (to: Writer): string => to.constant([], Float32Array.of(1));
const zero = (to: Writer): string => to.constant([], Float32Array.of(0));

/** The nodes of the plans of a program over what it stores, for so many workers. A plan's number is its place. */
export const graphOf = (
  stored: readonly Stored[],
  versions: readonly Version[],
  workers: number,
): readonly NodeDef[] => {
  const to = newWriter();
  const nodes = new Map(stored.map((t) => [t.id, writeStored(to, t)] as const));
  const moving = new Set(versions.flatMap(({ plan }) => plan.updates.map(({ state }) => state)));
  // where any of the plans moves a tensor, its bound does not hold for long
  const resting = [...nodes].filter(([id]) => !moving.has(id));
  const bounds = new Map(resting.map(([, { read, bound }]) => [read, bound] as const));
  versions.forEach((version, number) => writePlan(to, version, number, nodes, bounds, workers));
  return to.nodes;
};
