/** The engine of a command. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type {
  Engine,
  EngineChoice,
  EngineName,
  LoadedEngine,
} from '../../runtime/engines/engine.ts';
import { engines } from '../../runtime/engines/engines.ts';
import { node } from '../../runtime/node/host.ts';
import { lines } from '../../report/table.ts';
import { startOf } from '../../syntax/source.ts';
import type { Io } from '../host/io.ts';
import { automatic, automaticText } from './automatic.ts';

/** The engine that is meant: `auto` chooses one, and says in a line which and why. */
export const meantEngine = async (
  io: Io,
  asked: EngineChoice | undefined,
): Promise<EngineName | undefined> => {
  if (asked !== 'auto') return asked;
  const found = await automatic();
  if (found !== undefined) io.err(lines(`\`--engine auto\` takes ${automaticText(found)}`));
  return found?.takes;
};

/** The engine that was asked for, or the first that works (E0701). */
export const engineFor = async (
  asked: EngineName | undefined,
  from: readonly Engine[] = engines,
): Promise<Or<Diagnostic, LoadedEngine>> => {
  const candidates = asked === undefined ? from : from.filter((e) => e.name === asked);
  const reasons: string[] = [];
  for (const { name, load: start } of candidates) {
    const engine = await start(node);
    if (Either.isRight(engine)) return engine;
    const { reason, remedy } = engine.left;
    reasons.push(`${name}: ${reason}`, ...(remedy === '' ? [] : [`to enable it: ${remedy}`]));
  }
  const what =
    asked === undefined ? 'no engine is usable here' : `the engine \`${asked}\` is not usable here`;
  return Either.left(error('E0701', startOf('--engine'), what, { notes: reasons }));
};
