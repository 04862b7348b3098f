/**
 * Pairs the layers of a net with the modules of a state dict. All shapes of a pair agree. Where several layers and
 * modules have the same shapes, order decides (`arrange.ts`); where their numbers differ, nothing is paired.
 */
import type { TensorInfo } from '../store/safetensors.ts';
import { arrange } from './arrange.ts';
import { moduleOf, type Module } from './modules.ts';
import type { Slot, SlotWeight } from './slots.ts';

/** A weight of a layer, and the tensor that it is taken from. */
export type Taken = { readonly slot: SlotWeight; readonly tensor: TensorInfo };

/** How a pair was found; `guess` where the other order would do as well. */
export type By = 'shape' | 'order' | 'guess' | 'table';

export type Pair = {
  readonly slot: Slot;
  readonly module: string; // without the prefix of all
  readonly by: By;
  /** the modules of these shapes, among which this one was chosen */
  readonly alike: number;
  readonly taken: readonly Taken[];
};

/** Layers and modules of the same shapes, of which there are not equally many. */
export type Uneven = {
  readonly shapes: string;
  readonly slots: readonly Slot[];
  readonly modules: readonly Module[];
};

/** Pairs that were asked for, by the layers. */
export type Asked = ReadonlyMap<Slot, { readonly taken: readonly Taken[] }>;

type Shape = readonly number[];

const ranks = ['weight', 'bias', 'running_mean', 'running_var'];

const text = (weights: Iterable<readonly [name: string, shape: Shape]>): string =>
  Array.from(weights)
    .sort(([a], [b]) => ranks.indexOf(a) - ranks.indexOf(b))
    .map(([name, shape]) => `${name} [${shape.join(', ')}]`)
    .join(', ');

/** The length of the first axis, and of all others: what stays where axes are joined or have one place. */
const folded = ([first = 1, ...rest]: Shape): Shape => [first, rest.reduce((a, b) => a * b, 1)];

const same = (shape: Shape): Shape => shape;

/** One slope for all channels, as of `nn.PReLU()`. */
const oneSlope = 'weight [1]';

const isSlope = ({ weights }: Slot): boolean =>
  weights.length === 1 && weights[0]?.weight.spec.name === 'alpha';

const moduleText = ({ tensors }: Module, as: (shape: Shape) => Shape = same): string =>
  text(Array.from(tensors, ([name, t]) => [name, as(t.shape)] as const));

/** What a layer needs: `weight [64, 3, 3, 3], bias [64]`. */
const slotText = ({ weights }: Slot, as: (shape: Shape) => Shape = same): string =>
  text(weights.map(({ name, layout }) => [name, as(layout.shape)] as const));

/** Whether a tensor can be read as a weight of this layer, in PyTorch’s order. */
export const fits = ({ weight, layout }: SlotWeight, { shape }: TensorInfo): boolean =>
  folded(shape).join() === folded(layout.shape).join() ||
  (weight.spec.name === 'alpha' && shape.join() === '1');

type Group = { readonly slots: Slot[]; readonly modules: Module[] };

const grouped = (
  slots: readonly Slot[],
  modules: readonly Module[],
  slotKey: (slot: Slot) => string,
  moduleKey: (module: Module) => string,
): ReadonlyMap<string, Group> => {
  const groups = new Map<string, Group>();
  const group = (key: string): Group => {
    const found = groups.get(key) ?? { slots: [], modules: [] };
    groups.set(key, found);
    return found;
  };
  for (const slot of slots) group(slotKey(slot)).slots.push(slot);
  for (const module of modules) group(moduleKey(module)).modules.push(module);
  return groups;
};

const isEven = ({ slots, modules }: Group): boolean => slots.length === modules.length;

/** Layers and modules of the same shapes; of almost the same, such as [10, 64] and [10, 64, 1, 1], if need be. */
const alikeOf = (
  slots: readonly Slot[],
  modules: readonly Module[],
): { readonly even: readonly Group[]; readonly uneven: readonly Uneven[] } => {
  const own = new Set(modules.map((m) => moduleText(m)));
  const slotKey = (slot: Slot): string =>
    isSlope(slot) && !own.has(slotText(slot)) && own.has(oneSlope)
      ? text([['weight', folded([1])]])
      : slotText(slot, folded);
  const loosely = grouped(slots, modules, slotKey, (m) => moduleText(m, folded));
  const [even, uneven]: [Group[], Uneven[]] = [[], []];
  for (const group of loosely.values()) {
    const exactly = [
      ...grouped(
        group.slots,
        group.modules,
        (s) => slotText(s),
        (m) => moduleText(m),
      ).entries(),
    ];
    if (exactly.every(([, some]) => isEven(some))) even.push(...exactly.map(([, some]) => some));
    else if (isEven(group)) even.push(group);
    else for (const [shapes, some] of exactly) if (!isEven(some)) uneven.push({ shapes, ...some });
  }
  return { even, uneven };
};

const takenOf = (slot: Slot, { tensors }: Module): readonly Taken[] =>
  slot.weights.flatMap((weight) => {
    const tensor = tensors.get(weight.name);
    return tensor === undefined ? [] : [{ slot: weight, tensor }];
  });

/** `slots` are in order of execution, `modules` in the order of `modulesOf`; both without what was asked for. */
export const pairUp = (
  slots: readonly Slot[],
  modules: readonly Module[],
  asked: Asked,
  prefix: string,
  isChosen: boolean,
): readonly Pair[] | readonly Uneven[] => {
  const free = slots.filter((slot) => !asked.has(slot));
  const { even, uneven } = alikeOf(free, modules);
  if (uneven.length > 0) return uneven;
  const numbers = new Map(modules.map((m, i) => [m, i]));
  const groups = new Map(even.flatMap((group) => group.slots.map((slot) => [slot, group])));
  const fixed = [...asked].map(([slot, { taken }]) => ({
    slot,
    taken,
    module: moduleOf(taken[0]?.tensor.name.slice(prefix.length) ?? ''),
  }));
  const askedAt = new Map(fixed.map(({ slot }, i) => [slot, modules.length + i]));
  const choices = slots.map((slot) => {
    const at = askedAt.get(slot);
    if (at !== undefined) return [at];
    return (groups.get(slot)?.modules ?? []).map((m) => numbers.get(m) ?? 0);
  });
  const names = [...modules, ...fixed].map((m) => ('name' in m ? m.name : m.module));
  const { chosen, tossed } = arrange(names, choices, isChosen);
  return slots.map((slot, i): Pair => {
    const at = chosen[i] ?? 0;
    const module = modules[at];
    const alike = choices[i]?.length ?? 1;
    if (module === undefined) {
      const { module: name = '', taken = [] } = fixed[at - modules.length] ?? {};
      return { slot, module: name, by: 'table', alike: 1, taken };
    }
    const by = alike === 1 ? 'shape' : tossed.has(i) ? 'guess' : 'order';
    return { slot, module: module.name, by, alike, taken: takenOf(slot, module) };
  });
};

/** Whether modules could not be paired. */
export const isUneven = (
  found: readonly Pair[] | readonly Uneven[],
): found is readonly Uneven[] => {
  const [first] = found;
  return first !== undefined && 'shapes' in first;
};
