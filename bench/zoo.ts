/** How fast the whole zoo becomes GraphModel topologies, in one process from its start on. */
import { readdirSync } from 'node:fs';
import { accept } from '../src/check.ts';
import { kernelsOf, forNet } from '../src/compile.ts';
import { resultOf } from '../src/diagnostic/checked.ts';
import { graphModel } from '../src/emit/graph-model/graph-model.ts';
import type { Graph } from '../src/graph/graph.ts';
import type { KernelProgram } from '../src/lower/kernels.ts';
import type { TypedNet } from '../src/typecheck/net/typed.ts';
import { files, sure, type Measured } from './measure.ts';

const examples = readdirSync('examples')
  .filter((file) => file.endsWith('.net'))
  .map((file) => `examples/${file}`);

/** What each of `all` becomes, and in how many milliseconds. */
const each = <A, B>(
  all: readonly A[],
  work: (a: A) => B,
): { readonly done: readonly B[]; readonly time: number } => {
  const begin = performance.now();
  const done = all.map(work);
  return { done, time: performance.now() - begin };
};

export const rows = async (): Promise<readonly Measured[]> => {
  const checking = each(examples, (file) => sure(resultOf(accept(files, file)), file).nets);
  const nets: readonly TypedNet[] = checking.done.flat();
  const building = each(
    nets,
    (net): Graph => sure(resultOf(forNet({ passes: [] }).rewrite(net)), net.name).graph,
  );
  const lowering = each(building.done, (graph): KernelProgram => kernelsOf(graph));
  const writing = each(lowering.done, (program) =>
    JSON.stringify(graphModel(program, { generatedBy: 'x' }).json),
  );
  const parts = { checking, building, lowering, writing };
  const total = Object.values(parts).reduce((sum, { time }) => sum + time, 0);
  const count = `${nets.length} nets`;
  return [
    { name: `${count} compiled to topologies`, value: total / 1e3, unit: 's', target: '<= 10' },
    ...Object.entries(parts).map(([name, { time }]) => ({
      name: `of that ${name}`,
      value: time,
      unit: 'ms',
      target: '',
    })),
  ];
};
