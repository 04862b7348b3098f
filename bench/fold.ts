/** ResNet-50 with its batch norms folded into the convolutions, against the same net unfolded, on wasm. */
import * as E from 'fp-ts/lib/Either.js';
import { accept } from '../src/check.ts';
import { kernelsOf, forNet } from '../src/compile.ts';
import { resultOf } from '../src/diagnostic/checked.ts';
import { hostWeights } from '../src/rewrite/match/host-weights.ts';
import { loadPasses } from '../src/rewrite/passes.ts';
import { sourceWeights } from '../src/rewrite/match/weight-values.ts';
import { wasm } from '../src/runtime/engines/wasm.ts';
import { node } from '../src/runtime/node/host.ts';
import { load, type Session } from '../src/runtime/engines/session.ts';
import { initialValues } from '../src/runtime/store/initialise.ts';
import { fileOf, files, median, sure, type Measured } from './measure.ts';

const right = <A>(result: E.Either<unknown, A>, what: string): A =>
  sure(E.isRight(result) ? result.right : undefined, what);

const rounds = 9;

export const rows = async (): Promise<readonly Measured[]> => {
  const program = sure(resultOf(accept(files, 'examples/resnet.net')), 'program');
  const net = sure(
    program.nets.find((n) => n.name === 'ResNet50'),
    'ResNet50',
  );
  const passes = sure(resultOf(loadPasses([fileOf('passes/fold-batchnorm.net')])), 'pass');
  const engine = right(await wasm.load(node), 'engine');
  const asked = { path: 'bench', start: 0, end: 0 };
  const prepared = (folded: boolean): Session => {
    const applied = sure(
      resultOf(
        forNet({ passes: folded ? passes : [], images: { h: 224, w: 224, asked } }).kernels(net),
      ),
      'graph',
    );
    const specs = new Map(sourceWeights(applied.graph).map((w) => [w.path, w]));
    const weight = hostWeights(applied.graph, (path) => {
      const w = sure(specs.get(path), path);
      return { shape: w.spec.shape, data: initialValues(w, 7) };
    });
    return right(load(engine, kernelsOf(applied.graph), weight), 'room');
  };
  const input = {
    shape: [1, 224, 224, 3],
    data: Float32Array.from({ length: 224 * 224 * 3 }, (_, i) => Math.sin(i)),
  };
  const [plain, folded] = [prepared(false), prepared(true)];
  const time = async (net: Session): Promise<number> => {
    const start = performance.now();
    right(await net.step({ input }), 'run');
    return performance.now() - start;
  };
  await time(plain);
  await time(folded);
  const pairs: { readonly plain: number; readonly folded: number }[] = [];
  for (let i = 0; i < rounds; i++)
    pairs.push({ plain: await time(plain), folded: await time(folded) });
  return [
    {
      name: 'ResNet-50 forward, unfolded',
      value: median(pairs.map((p) => p.plain)),
      unit: 'ms',
      target: '',
    },
    {
      name: 'ResNet-50 forward, folded',
      value: median(pairs.map((p) => p.folded)),
      unit: 'ms',
      target: '',
    },
    {
      name: 'ResNet-50, folded / unfolded',
      value: median(pairs.map((p) => p.folded / p.plain)),
      unit: '',
      target: '<= 1',
    },
  ];
};
