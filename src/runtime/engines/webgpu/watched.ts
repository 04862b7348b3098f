/**
 * WebGPU reports what goes wrong later, and not to the call that did it: meanwhile buffers hold zeros. So nothing that was
 * computed is given out before the device was asked, and the engine does nothing more once it has failed.
 */
import { EngineFailure } from '../failure.ts';
import type { CalledEngine } from '../engine.ts';
import type { Device } from './adapter.ts';

const again =
  'give the command again; if it fails again, `--engine wasm` computes the same without a GPU';

/** What is known of a device beside its results. */
type Watch = {
  /** throws what has gone wrong */
  readonly check: () => void;
  /** what is read, or what went wrong before that */
  readonly during: <A>(read: Promise<A>) => Promise<A>;
};

const isOutOfMemory = (error: object): boolean => error.constructor.name === 'GPUOutOfMemoryError';

const watchOf = (device: Device, name: string): Watch => {
  let failure: EngineFailure | undefined;
  let outOfMemory = false;
  const waiting = new Set<(failure: EngineFailure) => void>();
  const failed = (reason: string): EngineFailure => {
    failure ??= new EngineFailure(name, reason, again);
    for (const tell of waiting) tell(failure);
    return failure;
  };
  device.onuncapturederror = ({ error }) => {
    if (isOutOfMemory(error)) outOfMemory = true;
    else failed(`it reports “${error.message.split('\n')[0]}”`);
  };
  void device.lost.then(({ reason, message }) => {
    const why = [reason, message.split('\n')[0]].filter(
      (part) => part !== '' && part !== undefined,
    );
    failed(`its device was lost (${why.join(': ')})`);
  });
  const check = (): void => {
    if (failure !== undefined) throw failure;
    if (!outOfMemory) return;
    outOfMemory = false;
    throw new RangeError(`${name} is out of memory`);
  };
  const during: Watch['during'] = async (read) => {
    let tell: ((failure: EngineFailure) => void) | undefined;
    try {
      const data = await new Promise<typeof read>((done, fail) => {
        waiting.add((tell = fail));
        read.then(
          () => done(read),
          (e: unknown) => {
            // a device that is lost refuses first, and says later why
            setTimeout(
              () => fail(failure ?? failed(`it does not give its numbers: ${String(e)}`)),
              100,
            );
          },
        );
      });
      check();
      return data;
    } finally {
      if (tell !== undefined) waiting.delete(tell);
    }
  };
  return { check, during };
};

/** The engine, which fails as soon as its device has. */
export const watched = <V>(engine: CalledEngine<V>, device: Device): CalledEngine<V> => {
  const { check, during } = watchOf(device, engine.name);
  return {
    ...engine,
    upload: (t) => {
      check();
      return engine.upload(t);
    },
    call: (...of) => {
      check();
      return engine.call(...of);
    },
    read: (value) => during(engine.read(value)),
  };
};
