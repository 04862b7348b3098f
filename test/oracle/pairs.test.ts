/** Shapes and names alone pair torchvision's networks as its tables do, which know every module. */
import { expect, it } from 'vitest';
import { modulesOf } from '../../src/runtime/pytorch/modules.ts';
import { isUneven, pairUp } from '../../src/runtime/pytorch/pair.ts';
import { isMissing, slotsOf } from '../../src/runtime/pytorch/slots.ts';
import { exampleOf, nets } from './oracle.ts';

/** One of each kind; all of them with the slow tests. */
const chosen = ['vgg16_bn', 'googlenet', 'inception_v3', 'resnet50', 'densenet121', 'mobilenet_v2'];
const models = process.env['NETC_DEEP'] === undefined ? chosen : Object.keys(nets);

it.each(models)('%s', { timeout: 60_000 }, (model) => {
  const { graph, pairs } = exampleOf(model);
  const keys = new Map(pairs.weights.map((p) => [p.weight.path, p.key]));
  const tensors = pairs.weights.map(({ key, layout: { shape } }) => ({
    ...{ name: key, shape, begin: 0, end: 0 },
    dtype: 'F32' as const,
  }));
  const slots = slotsOf(graph).flatMap((s) => (isMissing(s) ? [] : [s]));
  const found = pairUp(slots, modulesOf(tensors, '', false), new Map(), '', false);
  if (isUneven(found)) throw new Error('the numbers of layers differ');
  const wrong = found.flatMap(({ taken, by }) =>
    taken
      .filter(({ slot, tensor }) => keys.get(slot.weight.path) !== tensor.name)
      .map(({ slot, tensor }) => `${slot.weight.path} ${tensor.name} ${by}`),
  );
  expect(wrong).toEqual([]);
});
