/**
 * Calls that an engine does as one, where each hands its result on to the next and to nothing else: what lies between
 * them is never written. A program is the same for all engines, so these are found in its plan.
 */
import { belowAll, type Kernel, type KernelOf } from '../../kernel/kernel.ts';
import { samePaddings, type Padding } from '../../kernel/shape.ts';
import { isView } from '../../kernel/table.ts';
import type { Plan, PlannedCall } from '../../lower/plan.ts';
import { sameShape } from '../../numeric/tensor.ts';

/** Where an operand of a call comes from: the call before it, or the operands of all that are joined, by index. */
export type Source = 'handed on' | number;

/** The sources of the operands of each call: all operands are counted in order, but those that are handed on. */
export const sourcesOf = (calls: readonly PlannedCall[]): readonly (readonly Source[])[] => {
  let count = 0;
  let before: number | undefined;
  return calls.map(({ call }) => {
    const sources = call.operands.map(({ id }) => (id === before ? 'handed on' : count++));
    before = call.outputs[0];
    return sources;
  });
};

/** Whether a call hands its one result on to the next, and to nothing else. */
const handsOn = ({ call }: PlannedCall, next: PlannedCall | undefined): boolean => {
  if (next === undefined || isView(call.kernel) || isView(next.call.kernel)) return false;
  const [made, ...more] = call.outputs;
  if (made === undefined || more.length > 0 || next.call.outputs.length > 1) return false;
  const reads = next.call.operands.filter(({ id }) => id === made);
  return reads.length === 1 && reads[0]!.of === 'value' && next.frees.includes(made);
};

/** The calls of a plan in order, in chains: each of a chain but the last hands on to the next. */
export const chainsOf = ({ steps }: Plan): readonly (readonly PlannedCall[])[] => {
  const chains: PlannedCall[][] = [];
  steps.forEach((step, i) => {
    const chain = chains.at(-1);
    if (chain !== undefined && handsOn(steps[i - 1]!, step)) chain.push(step);
    else chains.push([step]);
  });
  return chains;
};

/** What a call puts around height and width of its map, if it is this number and it does nothing else. */
const padsOf = (
  { call: { kernel }, operands: [x] }: PlannedCall,
  number: number,
): Pads | undefined => {
  if (kernel.op === 'PadSame')
    return number === 0 ? inner(samePaddings(kernel, x!.shape)) : undefined;
  return kernel.op === 'PadV2' && kernel.value === number ? inner(kernel.paddings) : undefined;
};

/** Down and across. */
export type Pads = readonly [Padding, Padding];

const inner = (paddings: readonly Padding[]): Pads | undefined => {
  const [images, down, across, channels] = paddings;
  const isNothing = (pad: Padding | undefined): boolean => pad?.[0] === 0 && pad[1] === 0;
  return isNothing(images) && isNothing(channels) ? [down!, across!] : undefined;
};

/** What of a convolution of operand 0 and its neighbours one call does; numbers are indices of operands. */
export type Layer = {
  readonly convolution: KernelOf<'Conv2D'>;
  readonly pads: Pads | undefined; // beside the map, where nothing is read
  readonly filter: number;
  readonly bias: number | undefined;
} & Tail;

/** A batch norm whose statistics are given. */
export type Norm = { readonly epsilon: number; readonly by: readonly number[] };

/** Calls that begin a list, as one, and how many they are. */
export type Found<A> = { readonly count: number; readonly found: A };

const activationOf = (kernel: Kernel | undefined): KernelOf<'Relu' | 'Relu6'> | undefined =>
  kernel?.op === 'Relu' || kernel?.op === 'Relu6' ? kernel : undefined;

const numbersOf = (sources: readonly Source[]): readonly number[] =>
  sources.filter((source) => source !== 'handed on');

/** What one call does to each number of a map that it has. */
export type Tail = {
  readonly norm: Norm | undefined;
  readonly plus: number | undefined;
  readonly activation: KernelOf<'Relu' | 'Relu6'> | undefined;
};

/** A batch norm, a sum and an activation from a call on, as far as they follow one another; of operand 0 if it is the first. */
const tailFrom = (calls: readonly PlannedCall[], begin: number, norms: boolean): Found<Tail> => {
  const sources = sourcesOf(calls);
  /** the operands beside the map */
  const others = (at: number): readonly number[] => numbersOf(sources[at]!).slice(at === 0 ? 1 : 0);
  let at = begin;
  let norm: Norm | undefined;
  let plus: number | undefined;
  const first = calls[at]?.call.kernel;
  if (norms && first?.op === 'FusedBatchNormV3' && others(at).length === 4)
    norm = { epsilon: first.epsilon, by: others(at++) };
  const next = calls[at];
  if (next?.call.kernel.op === 'AddV2' && isOfOneShape(next)) plus = others(at++)[0];
  const activation = activationOf(calls[at]?.call.kernel);
  if (activation !== undefined) at++;
  return { count: at - begin, found: { norm, plus, activation } };
};

const isOfOneShape = ({ operands, results }: PlannedCall): boolean =>
  operands.every(({ shape }) => sameShape(shape, results[0]!));

/** A convolution and what is around it, of calls that hand on; what follows it is left alone unless `tails`. */
export const layerIn = (
  calls: readonly PlannedCall[],
  tails: boolean,
): Found<Layer> | undefined => {
  const pads = padsOf(calls[0]!, 0);
  const at = pads === undefined ? 0 : 1;
  const kernel = calls[at]?.call.kernel;
  const convolution = kernel?.op === 'Fused' ? kernel.product : kernel;
  if (kernel === undefined || convolution?.op !== 'Conv2D') return undefined;
  if (pads !== undefined && convolution.padding !== 'VALID') return undefined;
  const sources = sourcesOf(calls)[at]!;
  if (sources[0] !== (at === 0 ? 0 : 'handed on')) return undefined;
  const [filter, bias] = numbersOf(sources.slice(1));
  const own = kernel.op === 'Fused' ? kernel.activation : undefined;
  if (own !== undefined && activationOf(own) === undefined) return undefined;
  const tail =
    own === undefined && tails
      ? tailFrom(calls, at + 1, true)
      : { count: 0, found: { norm: undefined, plus: undefined, activation: activationOf(own) } };
  const found: Layer = { convolution, pads, filter: filter!, bias, ...tail.found };
  return { count: at + 1 + tail.count, found };
};

/** What is done to each number of operand 0, of calls that hand on. */
export const tailIn = (calls: readonly PlannedCall[], norms: boolean): Found<Tail> | undefined => {
  const tail = tailFrom(calls, 0, norms);
  return tail.count > 1 ? tail : undefined;
};

/** A maximum pool, and what is put around its map before. */
export type PaddedPool = { readonly pool: KernelOf<'MaxPool'>; readonly pads: Pads };

/** A maximum pool of operand 0 behind its padding with the lowest number, which changes no maximum, of calls that hand on. */
export const paddedPoolIn = (calls: readonly PlannedCall[]): Found<PaddedPool> | undefined => {
  const pads = padsOf(calls[0]!, belowAll);
  const pool = calls[1]?.call.kernel;
  return pads !== undefined && pool?.op === 'MaxPool' && pool.padding === 'VALID'
    ? { count: 2, found: { pool, pads } }
    : undefined;
};
