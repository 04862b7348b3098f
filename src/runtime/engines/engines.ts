/** The engines, in the order in which they are tried and shown. */
import { cpu } from './cpu.ts';
import type { Engine, EngineName } from './engine.ts';
import { engineNames } from './names.ts';
import { tensorflow } from './tensorflow.ts';
import { wasm } from './wasm.ts';
import { webgpu } from './webgpu.ts';

const named: { readonly [Name in EngineName]: Engine } = { wasm, cpu, webgpu, tensorflow };

/** In the order in which they are tried. */
export const engines: readonly Engine[] = engineNames.map((name) => named[name]);
