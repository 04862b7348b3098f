/**
 * WebGPU without a GPU: Dawn's null backend compiles every shader and computes nothing, so what is measured is what netc and
 * TensorFlow.js ask of a GPU, and what the asking costs. Needs `netc doctor --install webgpu`.
 */
import { kernelsOf } from '../src/compile.ts';
import { elements } from '../src/numeric/tensor.ts';
import type { KernelProgram } from '../src/lower/kernels.ts';
import type { Host } from '../src/runtime/engines/host.ts';
import { load, type Inputs } from '../src/runtime/engines/session.ts';
import { webgpu } from '../src/runtime/engines/webgpu.ts';
import { node } from '../src/runtime/node/host.ts';
import { loadWebgpu } from '../src/runtime/node/webgpu.ts';
import { median, sure, type Measured } from './measure.ts';
import { graphOfWanted, there } from './nets.ts';
import { graphFor, stepOf, vggA } from './step.ts';

/** This machine, with the null backend in place of its GPU. */
const host: Host = { ...node, webgpu: () => loadWebgpu(['backend=null']) };

let dispatches = 0;

/** Counts what the device is told to run; Dawn's classes are there once the engine is loaded. */
const counting = (): void => {
  const encoder: unknown = Reflect.get(globalThis, 'GPUComputePassEncoder');
  const { prototype } = sure(encoder instanceof Function ? encoder : undefined, 'encoder');
  const own: unknown = prototype.dispatchWorkgroups;
  if (!(own instanceof Function)) throw new Error('a pass has no dispatches');
  prototype.dispatchWorkgroups = function (...size: readonly unknown[]): unknown {
    dispatches++;
    return Reflect.apply(own, this, size);
  };
};

const rounds = 7;

type Asked = { readonly dispatches: number; readonly microseconds: number };

/** What one run asks for, once its shaders are compiled, and what each dispatch costs of this process. */
const asked = async (program: KernelProgram, inputs: Inputs): Promise<Asked> => {
  const engine = there(await webgpu.load(host));
  const shapes = new Map(program.parameters.map(({ path, shape }) => [path, shape]));
  const session = there(
    load(engine, program, (path) => {
      const shape = sure(shapes.get(path), path);
      return { shape, data: new Float32Array(elements(shape)) };
    }),
  );
  there(await session.step(inputs));
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    dispatches = 0;
    const begin = performance.now();
    there(await session.step(inputs));
    times.push((performance.now() - begin) / dispatches);
  }
  session.dispose();
  return { dispatches, microseconds: 1000 * median(times) };
};

/** The null backend takes buffers of up to 128 MiB, of which the first `fc` of VGG has 392, and 512 MiB of all. */
const side = 224;

const shown = (name: string, { dispatches: n, microseconds }: Asked, target: string) => [
  { name: `${name}, dispatches`, value: n, unit: '', target },
  { name: `${name}, host time per dispatch`, value: microseconds, unit: 'µs', target: '' },
];

export const rows = async (): Promise<readonly Measured[]> => {
  there(await webgpu.load(host));
  counting();
  const graph = graphOfWanted({
    ...{ file: 'examples/resnet.net', net: 'ResNet50', size: side, folded: true },
  });
  const shape = [1, side, side, 3];
  const input = { shape, data: new Float32Array(elements(shape)) };
  const forward = await asked(kernelsOf(graph), { input });
  const step = stepOf(graphFor(vggA), 4);
  const trained = await asked(step.program, step.inputs);
  return [
    ...shown('ResNet-50 forward, folded', forward, '<= 75'),
    ...shown('VGG-A, step of 4', trained, ''),
  ];
};
