/** The engines, in the order in which they are offered; the first is the default. */
import { cpu } from './cpu.ts';
import type { Engine, EngineName } from './engine.ts';
import { tensorflow } from './tensorflow.ts';
import { wasm } from './wasm.ts';
import { webgpu } from './webgpu.ts';

export const engines: readonly Engine[] = [wasm, cpu, webgpu, tensorflow];

export const engineNamed = (name: string): Engine | undefined =>
  engines.find((e) => e.name === name);

export const defaultEngine: EngineName = 'wasm';
