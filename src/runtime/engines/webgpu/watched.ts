/**
 * WebGPU reports what goes wrong later, and not to the call that did it: meanwhile buffers hold zeros. So nothing that was
 * computed is given out before the device was asked, and the engine does nothing more once it has failed.
 */
import { Bug } from '../../../diagnostic/bug.ts';
import { EngineFailure } from '../failure.ts';
import type { CalledEngine } from '../engine.ts';
import type { Device } from './adapter.ts';

/** What reports of a device. */
type Reporting = Pick<Device, 'lost' | 'onuncapturederror'>;

/** What is known of a device beside its results. */
type Watch = {
  /** throws what has gone wrong */
  readonly check: () => void;
  /** what is read, or what went wrong before that */
  readonly during: <A>(read: Promise<A>) => Promise<A>;
};

const isOutOfMemory = (error: object): boolean => error.constructor.name === 'GPUOutOfMemoryError';

/** Milliseconds in which a device has said why it was lost. */
const reasonable = 100;

const watchOf = (device: Reporting, name: string): Watch => {
  let failure: EngineFailure | undefined;
  let outOfMemory = false;
  const waiting = new Set<(failure: EngineFailure) => void>();
  const failed = (reason: string): EngineFailure => {
    failure ??= new EngineFailure(name, reason);
    for (const tell of waiting) tell(failure);
    return failure;
  };
  device.onuncapturederror = ({ error }) => {
    if (isOutOfMemory(error)) outOfMemory = true;
    // what uses a buffer that did not fit is reported too
    else if (!outOfMemory) failed(`it reports “${error.message.split('\n')[0]}”`);
  };
  void device.lost.then(({ reason, message }) => {
    const why = [reason, message.split('\n')[0] ?? ''].filter((part) => part !== '');
    failed(`its device was lost (${why.join(': ')})`);
  });
  const check = (): void => {
    if (failure !== undefined) throw failure;
    if (!outOfMemory) return;
    outOfMemory = false;
    throw new RangeError(`${name} is out of memory`);
  };
  const during: Watch['during'] = async (read) => {
    let tell = (_: EngineFailure): void => {};
    const failing = new Promise<never>((_, fail) => waiting.add((tell = fail)));
    let data: Awaited<typeof read>;
    try {
      data = await Promise.race([read, failing]);
    } catch (thrown) {
      if (thrown instanceof Bug) throw thrown;
      // a device that is lost first refuses, and says why later
      await Promise.race([device.lost, new Promise((done) => setTimeout(done, reasonable))]);
      check();
      throw failed(`it does not give its numbers: ${String(thrown)}`);
    } finally {
      waiting.delete(tell);
    }
    check(); // of what was reported meanwhile
    return data;
  };
  return { check, during };
};

/** The engine, which fails as soon as its device has. */
export const watched = <V>(engine: CalledEngine<V>, device: Reporting): CalledEngine<V> => {
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
