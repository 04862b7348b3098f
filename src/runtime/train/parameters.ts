/** What a program has learned, by the paths under which it is stored and read. */
import { Bug } from '../../diagnostic/bug.ts';
import type { KernelProgram } from '../../lower/kernels.ts';
import { parameterIn, putBack, type HostTensor } from '../../lower/weight-part.ts';
import { elements } from '../../numeric/tensor.ts';
import type { Session } from '../engines/session.ts';

/** Numbers by the paths of parameters. */
export type Parameters = ReadonlyMap<string, HostTensor>;

/**
 * The state of a program as its parameters: weights are whole again where layers hold parts of them. Loading the
 * program with them gives the same state, bit for bit.
 */
export const readParameters = async (
  program: Pick<KernelProgram, 'parameters' | 'state'>,
  read: Session['read'],
): Promise<Parameters> => {
  const all = new Map<string, HostTensor>(
    program.parameters.map(({ path, shape }) => [
      path,
      { shape, data: new Float32Array(elements(shape)) },
    ]),
  );
  for (const { path, initial } of program.state) {
    const whole = all.get(parameterIn(initial));
    if (whole === undefined) throw new Bug(`${path} is part of no parameter`);
    putBack(initial, (await read(path)).data, whole);
  }
  return all;
};
