/** ResNet-50 with its batch norms folded into the convolutions, against the same net unfolded, on wasm. */
import { wasm } from '../src/runtime/engines/wasm.ts';
import { node } from '../src/runtime/node/host.ts';
import type { Session } from '../src/runtime/engines/session.ts';
import { inputOf } from '../test/lower/graphs.ts';
import { median, type Measured } from './measure.ts';
import { netOn, there } from './nets.ts';
import { timed } from './step.ts';

const rounds = 9;
const input = inputOf([1, 224, 224, 3]);

export const rows = async (): Promise<readonly Measured[]> => {
  const engine = there(await wasm.load(node));
  const prepared = (folded: boolean): Session =>
    netOn(engine, { file: 'examples/resnet.net', net: 'ResNet50', size: 224, folded });
  const [plain, folded] = [prepared(false), prepared(true)];
  const time = async (net: Session): Promise<number> =>
    (await timed(async () => there(await net.step({ input })))).clock;
  await time(plain);
  await time(folded);
  const pairs: { readonly plain: number; readonly folded: number }[] = [];
  for (let i = 0; i < rounds; i++)
    pairs.push({ plain: await time(plain), folded: await time(folded) });
  const row = (what: string, of: (pair: (typeof pairs)[number]) => number): Measured => ({
    ...{ name: `ResNet-50 ${what}`, value: median(pairs.map(of)), unit: 'ms', target: '' },
  });
  return [
    row('forward, unfolded', (pair) => pair.plain),
    row('forward, folded', (pair) => pair.folded),
    {
      ...row('forward, folded / unfolded', (pair) => pair.folded / pair.plain),
      ...{ unit: '', target: '<= 1' },
    },
  ];
};
