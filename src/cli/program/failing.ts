/** What a command does whose engine fails on the way. */
import { error } from '../../diagnostic/diagnostic.ts';
import { EngineFailure } from '../../runtime/engines/failure.ts';
import { startOf } from '../../syntax/source.ts';
import type { Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';

/** Runs a command, and reports an engine that fails meanwhile (E0704). */
export const reportingFailure = async (io: Io, work: () => Promise<Exit>): Promise<Exit> => {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof EngineFailure)) throw thrown;
    const { fail } = await import('./report.ts'); // which prints, and most commands need no such thing
    const failed = error('E0704', startOf('--engine'), thrown.message, {
      notes: [
        'a training has its last checkpoint: `netc train FILE --resume RUN` goes on from there',
        'if it fails again, try `--engine wasm`, which needs no GPU and no library',
      ],
    });
    return fail(io, [failed]);
  }
};
