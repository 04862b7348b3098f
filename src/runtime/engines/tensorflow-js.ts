/**
 * An engine made of a TensorFlow.js backend. Kernels are taken from the registry one by one: no tape, no
 * tidy, and what a call makes is exactly its result.
 *
 * The backend of TensorFlow.js is global state, so each step first makes its own backend the current one. If the
 * backend is ready this happens at once; the promise is only for backends that must start.
 */
import type * as Core from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import * as Either from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import type { Shape } from '../../kernel/shape.ts';
import { elements } from '../../numeric/tensor.ts';
import type { PlannedCall } from '../../lower/plan.ts';
import type { Calling, KernelInputs } from './call.ts';
import type { CalledEngine, EngineName, Room } from './engine.ts';
import type { Hardware } from './hardware.ts';
import type { Unusable } from './host.ts';
import { perform, performed, type Maker } from './performing.ts';
import { required } from './registry.ts';
import type { Products } from './simd/products.ts';
import { withinOn } from './within.ts';

export type Backend = {
  readonly name: EngineName;
  readonly backend: string; // as it is registered
  readonly version: string;
  readonly hardware: Hardware;
  readonly room: Room;
  /** whether kernels accept a tensor with another shape; native tensors carry their own */
  readonly views: boolean;
  /** the numbers of a tensor in place, where they lie in the memory of this process; valid while nothing is allocated */
  readonly numbers?: (tensor: TensorInfo) => Float32Array;
  /** a tensor that holds anything, for a backend where making zeros costs more */
  readonly blank?: (shape: number[]) => TensorInfo;
  /** products on the memory where `numbers` lie */
  readonly products?: () => Products | undefined;
  /** what several calls in a row may be done by: how many they are, and what makes the result of the last */
  readonly join?: (calls: readonly PlannedCall[]) => Join | undefined;
  /** false when a result has no memory, for a backend that does not throw then */
  readonly allocated?: (tensor: Tensor) => boolean;
};

/** So many calls in one. */
export type Join = { readonly count: number; readonly call: (on: Calling) => TensorInfo };

/** The kernels netc needs that a backend does not have. */
const missingKernels = (tf: typeof Core, backend: string): readonly string[] => {
  const present = new Set(tf.getKernelsForBackend(backend).map((k) => k.kernelName));
  return required.filter((name) => !present.has(name));
};

type Started = Either.Either<Unusable, CalledEngine<Tensor>>;

/** Two backends that start at once would leave TensorFlow.js with the name of one and the code of the other. */
let before: Promise<unknown> = Promise.resolve();

/** Starts a registered backend, or returns why it does not start, with `remedy`. */
export const start = (tf: typeof Core, of: Backend, remedy: string): Promise<Started> => {
  const started = before.then(() => startAlone(tf, of, remedy));
  before = started.catch(() => undefined);
  return started;
};

const startAlone = async (tf: typeof Core, of: Backend, remedy: string): Promise<Started> => {
  if (!(await tf.setBackend(of.backend)))
    return Either.left({ reason: `the backend ${of.backend} does not start`, remedy });
  const missing = missingKernels(tf, of.backend);
  return missing.length === 0
    ? Either.right(engineOf(tf, of))
    : Either.left({ reason: `${of.version} lacks ${missing.join(', ')}`, remedy });
};

/** What an engine holds, and the most of it while somebody watches; `noted` is called behind each tensor that is made. */
const memoryOf = (engine: Pick<ReturnType<typeof Core.engine>, 'memory'>, activate: () => void) => {
  let most: number | undefined;
  return {
    noted: (): void => {
      if (most !== undefined) most = Math.max(most, engine.memory().numBytes);
    },
    memory: () => {
      activate();
      const { numTensors, numBytes } = engine.memory();
      return { tensors: numTensors, bytes: numBytes };
    },
    watchMemory: () => {
      activate();
      most = engine.memory().numBytes;
      return () => {
        const held = most ?? 0;
        most = undefined;
        return held;
      };
    },
  };
};

const engineOf = (tf: typeof Core, of: Backend): CalledEngine<Tensor> => {
  const engine = tf.engine();
  const activate = (): void => {
    if (engine.backendName !== of.backend) void engine.setBackend(of.backend);
  };
  const { noted, ...memory } = memoryOf(engine, activate);
  const real = (tensor: Tensor): Tensor => {
    if (of.allocated?.(tensor) === false) {
      engine.disposeTensor(tensor);
      throw new RangeError(`${of.name} is out of memory`);
    }
    noted();
    return tensor;
  };
  const maker = makerOn(engine, of, real);
  return {
    name: of.name,
    version: of.version,
    hardware: of.hardware,
    room: of.room,
    upload: ({ data, shape }) => {
      activate();
      return maker().constant(shape, data);
    },
    call: (kernel, operands, results) => {
      activate();
      return perform(maker(), kernel, operands, results);
    },
    ...(of.join && {
      join: (calls) => {
        const join = of.join!(calls);
        if (join === undefined) return undefined;
        const { call, results } = calls[join.count - 1]!;
        const name = `several up to ${call.kernel.op}`;
        return {
          count: join.count,
          call: (operands) => {
            activate();
            return performed(maker(), name, operands, results, (on) => [join.call(on)])[0]!;
          },
        };
      },
    }),
    within: (...call) => withinOn({ ...maker(), computes: of.numbers !== undefined })(...call),
    read: async (tensor) => {
      const data = await engine.read(tensor.dataId);
      if (!(data instanceof Float32Array)) throw new Bug(`${of.name} gave no float32`);
      return data;
    },
    free: (tensor) => {
      engine.disposeTensor(tensor);
    },
    ...memory,
  };
};

/** How a backend makes tensors; `real` takes each. */
const makerOn = (
  engine: ReturnType<typeof Core.engine>,
  of: Backend,
  real: (tensor: Tensor) => Tensor,
): (() => Maker<Tensor>) => {
  const { name, views, numbers } = of;
  const constant: Maker<Tensor>['constant'] = (shape, data) =>
    real(engine.makeTensor(data, [...shape], 'float32'));
  const blank = (shape: Shape): Tensor =>
    of.blank === undefined
      ? constant(shape, new Float32Array(elements(shape)))
      : real(engine.makeTensorFromTensorInfo(of.blank([...shape])));
  const maker: Omit<Maker<Tensor>, 'products'> = {
    name,
    views,
    run: (kernel, inputs, attrs) =>
      real(engine.runKernel<Tensor>(kernel, asTensors(inputs), attrs)),
    constant,
    loops: numbers && {
      blank,
      // numbers are found when nothing more is allocated
      loop: (results, operands, loop) => loop(results.map(numbers), operands.map(numbers)),
    },
    dispose: (tensor) => engine.disposeTensor(tensor),
  };
  return () => ({ ...maker, products: of.products?.() }); // which are there once the backend has started
};

/** The numbers of a tensor at once, for backends that do not compute elsewhere meanwhile. */
export const numbersIn =
  (tf: typeof Core) =>
  ({ dataId }: TensorInfo): Float32Array => {
    const data = tf.engine().readSync(dataId);
    if (!(data instanceof Float32Array)) throw new Bug('the numbers of a tensor are not float32');
    return data;
  };

/**
 * `runKernel` is typed for tensors, but without a tape it only hands its inputs to the kernel, which takes
 * TensorInfo (and, for Concat, an array of them): tfjs-core's own operators cast the same way.
 */
const asTensors = (inputs: KernelInputs): NamedTensorMap => inputs as unknown as NamedTensorMap;
