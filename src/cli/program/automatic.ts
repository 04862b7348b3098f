/** `--engine auto`: the best engine that is here. Software that plays a GPU is never taken. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Engine, EngineName } from '../../runtime/engines/engine.ts';
import { engines } from '../../runtime/engines/engines.ts';
import { hardwareText, type Hardware } from '../../runtime/engines/hardware.ts';
import { node } from '../../runtime/node/host.ts';

/** What is wished for, best first. wasm is everywhere. */
const wishes: readonly (readonly [name: EngineName, on: Hardware['tag']])[] = [
  ['tensorflow', 'gpu'],
  ['webgpu', 'gpu'],
  ['tensorflow', 'cpu'],
  ['wasm', 'cpu'],
];

/** What is taken, what it computes on, and why nothing better is. */
export type Automatic = {
  readonly takes: EngineName;
  readonly on: string;
  readonly instead: readonly { readonly name: EngineName; readonly reason: string }[];
};

/** Why an engine is not what was wished for; undefined if it is. */
const lacking = (wish: Hardware['tag'], on: Hardware): string | undefined => {
  if (wish === 'gpu' && on.tag === 'cpu') return 'it finds no GPU';
  return on.tag === 'gpu' && on.software ? `${on.name} is software` : undefined;
};

/** Loads engines until one is what is wished for; undefined if none is. */
export const automatic = async (
  from: readonly Engine[] = engines,
): Promise<Automatic | undefined> => {
  const instead = new Map<EngineName, string>();
  for (const [name, wish] of wishes) {
    const loaded = await from.find((engine) => engine.name === name)?.load(node);
    if (loaded === undefined) continue;
    const reason = Either.isLeft(loaded)
      ? loaded.left.reason
      : lacking(wish, loaded.right.hardware);
    if (reason !== undefined) instead.set(name, reason);
    else if (Either.isRight(loaded))
      return {
        takes: name,
        on: hardwareText(loaded.right.hardware),
        instead: Array.from(instead, ([other, why]) => ({ name: other, reason: why })).filter(
          (other) => other.name !== name,
        ),
      };
  }
  return undefined;
};

/** `wasm, 1 thread; not webgpu: it is not installed` */
export const automaticText = ({ takes, on, instead }: Automatic): string =>
  [`${takes}, ${on}`, ...instead.map(({ name, reason }) => `not ${name}: ${reason}`)].join('; ');
