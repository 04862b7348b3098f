/** What engines do when they can compute no more: a device is played here, and a real one is lost on WebGPU. */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { reportingFailure } from '../../src/cli/program/failing.ts';
import { withPlans } from '../../src/runtime/engines/by-calls.ts';
import type { CalledEngine } from '../../src/runtime/engines/engine.ts';
import { EngineFailure } from '../../src/runtime/engines/failure.ts';
import type { Device } from '../../src/runtime/engines/webgpu/adapter.ts';
import { watched } from '../../src/runtime/engines/webgpu/watched.ts';
import { printingTo, type Printed } from '../cli/session.ts';
import { engineNames, loadOn, withCalls } from '../lower/engines.ts';
import { inputOf, vggLike } from '../lower/graphs.ts';

/** A device, and what can happen to it. */
const played = () => {
  let lose = (_: Awaited<Device['lost']>): void => {};
  const lost = new Promise<Awaited<Device['lost']>>((done) => (lose = done));
  const device: Pick<Device, 'lost' | 'onuncapturederror'> = { lost, onuncapturederror: null };
  return {
    device,
    lose: () => lose({ reason: 'unknown', message: 'it fell out\n  at x' }),
    report: (error: { readonly message: string }) => device.onuncapturederror?.({ error }),
  };
};

class GPUOutOfMemoryError {
  readonly message = 'too much';
}

/** A run of a net on such a device, on which something happens when so many kernels were called. */
const ran = (happens: (on: ReturnType<typeof played>) => void, never = false) =>
  withCalls('cpu', async <V>(own: CalledEngine<V>) => {
    const on = played();
    let calls = 0;
    const before = own.memory();
    const acting: CalledEngine<V> = {
      ...own,
      name: 'webgpu',
      call: (...of) => {
        if (++calls === 3) happens(on);
        return own.call(...of);
      },
      read: (value) => (never ? new Promise(() => {}) : own.read(value)),
    };
    const session = loadOn(withPlans(watched(acting, on.device)), vggLike());
    const x = { input: inputOf([1, 32, 32, 3]) };
    const outcome = await session.step(x).catch((e: unknown) => e);
    const again = await session.step(x).catch((e: unknown) => e);
    session.dispose();
    expect(own.memory()).toEqual(before);
    return [outcome, again] as const;
  });

describe('an engine', () => {
  it.each([
    [
      'is lost',
      (on: ReturnType<typeof played>) => on.lose(),
      'its device was lost (unknown: it fell out)',
    ],
    [
      'reports a fault',
      (on: ReturnType<typeof played>) => on.report({ message: 'Buffer is invalid.\n - While x' }),
      'it reports “Buffer is invalid.”',
    ],
  ])('whose device %s gives nothing out, then or later', async (_what, happens, says) => {
    for (const outcome of await ran(happens)) {
      expect(outcome).toBeInstanceOf(EngineFailure);
      expect(String(outcome)).toContain(`the engine \`webgpu\` has failed: ${says}`);
    }
  });

  it('whose device is lost while it is read does not wait for ever', async () => {
    const [outcome] = await ran((on) => setTimeout(on.lose, 10), true);
    expect(outcome).toBeInstanceOf(EngineFailure);
  });

  it('whose memory is used up says so, and goes on', async () => {
    const [outcome, again] = await ran((on) => {
      on.report(new GPUOutOfMemoryError());
      on.report({ message: 'Buffer is invalid due to a previous error.' });
    });
    expect(outcome).toMatchObject({ _tag: 'Left', left: { has: undefined } });
    expect(again).toMatchObject({ _tag: 'Right' });
  });
});

describe('a command', () => {
  it('E0704: whose engine fails ends with 3', async () => {
    const printed: Printed[] = [];
    const io = printingTo(printed, '/', Infinity);
    const code = await reportingFailure(io, () =>
      Promise.reject(new EngineFailure('webgpu', 'its device was lost (unknown)')),
    );
    expect(code).toBe(3);
    const text = printed.map((p) => p.text).join('');
    expect(text).toContain('error[E0704]: the engine `webgpu` has failed: its device was lost');
    expect(text).toContain('`netc train FILE --resume RUN`');
  });
});

describe.runIf(engineNames.includes('webgpu'))('a device of WebGPU', () => {
  it('that is lost fails hard', async () => {
    const tf = await import('@tensorflow/tfjs-core');
    await withCalls('webgpu', async (on) => {
      const session = loadOn(withPlans(on), vggLike());
      const x = { input: inputOf([1, 32, 32, 3]) };
      expect(E.isRight(await session.step(x))).toBe(true);
      const backend = tf.findBackend('webgpu');
      if (!('device' in backend)) throw new Error('the backend has no device');
      (backend.device as Device).destroy();
      for (const outcome of [session.step(x), session.step(x)])
        await expect(outcome).rejects.toThrow(
          'the engine `webgpu` has failed: its device was lost',
        );
    });
  });
});
