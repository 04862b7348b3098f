/** The engines of a page. */
import * as E from 'fp-ts/lib/Either.js';
import { checked, failed } from '../../diagnostic/checked.ts';
import { error } from '../../diagnostic/diagnostic.ts';
import { browserHost } from '../../runtime/browser/host.ts';
import { cpu } from '../../runtime/engines/cpu.ts';
import type { Engine, LoadedEngine } from '../../runtime/engines/engine.ts';
import type { Host } from '../../runtime/engines/host.ts';
import { wasm } from '../../runtime/engines/wasm.ts';
import { webgpu } from '../../runtime/engines/webgpu.ts';
import { startOf } from '../../syntax/source.ts';
import { answer, type Answer } from './answer.ts';

const engines = { wasm, webgpu, cpu } satisfies { readonly [name: string]: Engine };

/** What computes in a browser. */
export type EngineName = keyof typeof engines;

/** Starts an engine, once: it stays as long as the page does (E0701). `folder` has the `.wasm` files of TensorFlow.js. */
export const startIn = async (
  folder: string,
  name: EngineName,
  say: Host['say'],
): Promise<Answer<LoadedEngine>> => {
  const loaded = await engines[name].load(browserHost(folder, say));
  if (E.isRight(loaded)) return answer(checked(loaded.right, []));
  const { reason, remedy } = loaded.left;
  return answer(
    failed(
      error('E0701', startOf('engine'), `the engine \`${name}\` is not usable here`, {
        notes: [reason, ...(remedy === '' ? [] : [`to enable it: ${remedy}`])],
      }),
    ),
  );
};
