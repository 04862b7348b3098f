/** Parts of weights, taken once when they are loaded: their shapes, their names, their numbers. */
import { absurd, Bug } from '../diagnostic/bug.ts';
import { elements } from '../numeric/tensor.ts';
import type { WeightPart } from '../kernel/kernel.ts';
import { cutShape } from '../kernel/shape.ts';

/** A float32 array as an engine takes it. */
export type HostTensor = { readonly shape: readonly number[]; readonly data: Float32Array };

/** The shape of the result, given that of the weight it reads. */
export const partShape = (e: WeightPart, shape: readonly number[]): readonly number[] => {
  switch (e.tag) {
    case 'weight':
      return shape;
    case 'reshape':
      return e.shape;
    case 'slice':
      return cutShape(e, partShape(e.of, shape));
    default:
      return absurd(e);
  }
};

/** The same of the weight at this path. */
export const withPath = (e: WeightPart, path: string): WeightPart =>
  e.tag === 'weight' ? { tag: 'weight', name: path } : { ...e, of: withPath(e.of, path) };

/** The name that is read. */
export const parameterIn = (e: WeightPart): string =>
  e.tag === 'weight' ? e.name : parameterIn(e.of);

/** The values; no number is copied where they lie together in the weight. */
export const partOf = (e: WeightPart, weight: HostTensor): HostTensor => {
  switch (e.tag) {
    case 'weight':
      return weight;
    case 'reshape': {
      const { data } = partOf(e.of, weight);
      if (data.length !== elements(e.shape)) throw new Bug(`a weight cannot become [${e.shape}]`);
      return { shape: e.shape, data };
    }
    case 'slice': {
      const whole = partOf(e.of, weight);
      return slice(whole, e.begin, cutShape(e, whole.shape));
    }
    default:
      return absurd(e);
  }
};

/** Puts a part back where `partOf` took it from: the numbers of `weight` change. */
export const putBack = (e: WeightPart, part: Float32Array, weight: HostTensor): void => {
  switch (e.tag) {
    case 'weight':
      weight.data.set(part);
      return;
    case 'reshape':
      return putBack(e.of, part, weight);
    case 'slice': {
      const around = partOf(e.of, weight);
      overRows(around.shape, e.begin, cutShape(e, around.shape), (inside, inPart, width) =>
        around.data.set(part.subarray(inPart, inPart + width), inside),
      );
      if (around.data.buffer !== weight.data.buffer) putBack(e.of, around.data, weight);
      return;
    }
    default:
      return absurd(e);
  }
};

/** Rows along the last axis are copied one by one; a cut of the first axis alone is a view. */
const slice = (t: HostTensor, begin: readonly number[], size: readonly number[]): HostTensor => {
  const inner = elements(t.shape.slice(1));
  if (size.every((n, i) => i === 0 || n === t.shape[i]))
    return {
      shape: size,
      data: t.data.subarray(begin[0]! * inner, (begin[0]! + size[0]!) * inner),
    };
  const data = new Float32Array(elements(size));
  overRows(t.shape, begin, size, (inside, inPart, width) =>
    data.set(t.data.subarray(inside, inside + width), inPart),
  );
  return { shape: size, data };
};

/** Visits the rows of a part of a tensor: where each begins in the tensor and in the part, and how long it is. */
const overRows = (
  shape: readonly number[],
  begin: readonly number[],
  size: readonly number[],
  visit: (inside: number, inPart: number, width: number) => void,
): void => {
  const last = size.length - 1;
  const from = (axis: number, inside: number, inPart: number): void => {
    if (axis === last) return visit(inside + begin[last]!, inPart, size[last]!);
    const step = elements(shape.slice(axis + 1));
    const stepInPart = elements(size.slice(axis + 1));
    for (let i = 0; i < size[axis]!; i++)
      from(axis + 1, inside + (begin[axis]! + i) * step, inPart + i * stepInPart);
  };
  from(0, 0, 0);
};
