/** Types in the head of a definition: what usually comes in, and what its layers give. */
import { showType } from '../../ops/types.ts';
import type { Ground } from '../ground.ts';
import { layersOf } from '../layers.ts';
import { isDefinition } from '../../typecheck/program/declarations.ts';
import { outermostBefore } from '../tree-at.ts';
import type { Context } from './context.ts';
import { incomingAt } from './incoming.ts';
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

/** What is left of a type whose first axes are written: `224, 3` behind `224,`. */
const restOf = (type: string, within: string): string | undefined => {
  const given = within.split(',').map((axis) => axis.trim());
  const axes = type.slice(1, -1).split(', ');
  const isSame = given.slice(0, -1).every((axis, i) => axis === axes[i]);
  const rest = axes.slice(given.length - 1);
  return isSame && given.at(-1) === '' && rest.length > 0 ? rest.join(', ') : undefined;
};

/** The type of a layer, as it is: behind its `:`, and behind `->`. */
export const ascribed = (
  ground: Ground,
  offset: number,
  { side }: Extract<Context, { readonly tag: 'ascribed' }>,
): readonly Offer[] => {
  const { type } = incomingAt(ground, offset);
  const now = type === undefined || type.tag === 'unknown' ? '_' : showType(type);
  const all = side === 'output' ? [now, '_'] : [`_ -> ${now}`, '_'];
  return [
    ...[...new Set(all)].map((label): Offer => ({ label, kind: kinds.value })),
    ...numbers(ground, offset),
  ];
};

/** Whole types before a bracket or right behind it; then the names of sizes and numbers. */
export const types = (
  ground: Ground,
  offset: number,
  { side, within }: InType,
): readonly Offer[] => {
  const names = numbers(ground, offset);
  const usual = side === 'input' ? inputs : [...given(ground, offset), ...outputs, '_'];
  const isInside = within !== undefined;
  if (isInside && within !== '') {
    const rests = usual.flatMap((type) => restOf(type, within) ?? []);
    return [...[...new Set(rests)].map((label): Offer => ({ label, kind: kinds.value })), ...names];
  }
  const whole = [...new Set(usual)]
    .filter((type) => !isInside || type !== '_')
    .map((type): Offer => {
      const axes = type.slice(1, -1);
      return { label: type, kind: kinds.value, ...(isInside ? { snippet: axes } : {}) };
    });
  return [...whole, ...names];
};
