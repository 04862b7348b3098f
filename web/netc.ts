/** netc as a module for browsers: what docs/browser.md describes. */
import { pages } from 'netc:package';
import type { LoadedEngine } from '../src/runtime/engines/engine.ts';
import { valueOf, type Answer } from '../src/web/module/answer.ts';
import { startIn, type EngineName } from '../src/web/module/engine.ts';
import { alone, compileWith, type Program, type Texts } from '../src/web/module/program.ts';

export { loadWeights } from '../src/web/module/weights.ts';
export {
  open,
  type ClassSeen,
  type OpenNet,
  type Opening,
  type Rgba,
} from '../src/web/module/net.ts';
export { train, type HowToTrain, type Trained } from '../src/web/module/training.ts';
export { valueOf };
export type { Answer, EngineName, LoadedEngine, Program, Texts };

/** Compiles a text, or several by their paths, of which `entry` is the program. */
export const compile = (texts: Texts, entry: string = alone): Answer<Program> =>
  compileWith(pages, texts, entry);

/** Starts an engine; the `.wasm` files of TensorFlow.js lie beside this module, or in the folder at another address. */
export const start = (
  name: EngineName,
  folder: string = new URL('.', import.meta.url).href,
): Promise<Answer<LoadedEngine>> => startIn(folder, name, console.warn);
