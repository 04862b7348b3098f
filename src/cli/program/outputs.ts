/** The option `--outputs`, of commands that make something of a net. */
import { sourceGraph } from '../../build/build.ts';
import type { Outputs } from '../../graph/main-output.ts';
import { sideOutputs } from '../../graph/main-output.ts';
import { lines } from '../../report/table.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import type { Io } from '../host/io.ts';

/** Says which outputs of the net are left out, if any are. */
export const tellLeftOut = (io: Io, net: TypedNet, outputs: Outputs): void => {
  const sides = outputs === 'all' ? [] : sideOutputs(sourceGraph(net, 'all'));
  if (sides.length > 0)
    io.err(
      lines(`${net.name}: --outputs main leaves out ${sides.map(({ name }) => name).join(', ')}`),
    );
};

/** The option that gives the same outputs again, behind a space; empty for all. */
export const optionFor = (outputs: Outputs): string =>
  outputs === 'all' ? '' : ` --outputs ${outputs}`;
