/** Types in the head of a definition: what usually comes in, and what its layers give. */
import { showType } from '../../ops/types.ts';
import type { Ground } from '../ground.ts';
import { layersOf } from '../layers.ts';
import { isDefinition } from '../../typecheck/program/declarations.ts';
import { outermostBefore } from '../tree-at.ts';
import type { Context } from './context.ts';
import { numbers } from './names.ts';
import { kinds, type Offer } from './offer.ts';

type InType = Extract<Context, { readonly tag: 'type' }>;

/** Images of ImageNet, of CIFAR, of MNIST, and of any size. */
const inputs = ['[224, 224, 3]', '[32, 32, 3]', '[28, 28, 1]', '[h, w, 3]'];
/** Scores of the classes of the same. */
const outputs = ['[1000]', '[10]'];

/** What the layers of the definition around a place give, as far as that is known. */
const given = (ground: Ground, offset: number): readonly string[] => {
  const d = outermostBefore(ground, offset);
  if (d === undefined || !isDefinition(d)) return [];
  const all = layersOf(ground, d.body).map(({ typed }) => typed.output);
  return all.flatMap((output) => (output.tag === 'unknown' ? [] : [showType(output)]));
};

/** Whole types before a bracket or right behind it; then the names of sizes and numbers. */
export const types = (
  ground: Ground,
  offset: number,
  { side, within }: InType,
): readonly Offer[] => {
  const names = numbers(ground, offset);
  if (within !== undefined && within !== '') return names;
  const usual = side === 'input' ? inputs : [...given(ground, offset), ...outputs, '_'];
  const isInside = within !== undefined;
  const whole = [...new Set(usual)]
    .filter((type) => !isInside || type !== '_')
    .map((type): Offer => {
      const axes = type.slice(1, -1);
      return { label: type, kind: kinds.value, ...(isInside ? { snippet: axes } : {}) };
    });
  return [...whole, ...names];
};
