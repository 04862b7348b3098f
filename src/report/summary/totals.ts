/** The numbers below a summary's table. */
import { bytes, short, sumIfKnown, thousands } from '../../numeric/figures.ts';
import { showSizes } from '../../size/sizes.ts';
import { elementsOf } from '../../typecheck/net/costs.ts';
import { flopsFormula, macsFormula } from '../../typecheck/net/formulas.ts';
import { unknown } from './cells.ts';
import type { Summary } from './summary.ts';

/** One of the numbers below the table; while sizes are free it may have a formula instead. */
export type Sum = {
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
  readonly formula?: string | undefined;
};

const work = (
  name: string,
  meaning: string,
  sum: number | undefined,
  formula: string | undefined,
): Sum =>
  sum === undefined ? { name, value: '', meaning, formula } : { name, value: short(sum), meaning };

/** In the order in which they are shown. */
export const totals = ({ net, graph, layers, batch, peak }: Summary): readonly Sum[] => {
  const params = layers.reduce((sum, l) => sum + l.params, 0);
  const stored = layers
    .flatMap((l) => l.node.weights)
    .reduce((sum, w) => sum + w.spec.shape.reduce((n, k) => n * k, 1), 0);
  const macs = sumIfKnown(layers.map((l) => l.macs));
  const flops = sumIfKnown(layers.map((l) => l.flops));
  const image = elementsOf(graph.input.type);
  const values = sumIfKnown([image && 4 * image, ...layers.map((l) => l.bytes)]);
  const images = batch === 1 ? 'one image' : `${thousands(batch)} images`;
  return [
    { name: 'parameters', value: thousands(params), meaning: `${bytes(4 * stored)} of weights` },
    work('MACs', 'multiply–adds for one image', macs, macsFormula(graph.nodes)),
    work('FLOPs', 'floating-point operations for one image', flops, flopsFormula(graph.nodes)),
    {
      name: 'memory',
      value: values === undefined ? unknown : bytes(values * batch),
      meaning:
        peak === undefined
          ? `all values of ${images}`
          : `all values of ${images}; at most ${bytes(peak)} at once when it runs`,
    },
    ...(net.admissible === undefined
      ? []
      : [
          {
            name: 'height',
            value: showSizes(net.admissible.h),
            meaning: 'admissible with these weights',
          },
          { name: 'width', value: showSizes(net.admissible.w), meaning: '' },
        ]),
  ];
};
