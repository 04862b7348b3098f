/** The TensorFlow library: a program is one graph, which TensorFlow plans, fuses and runs on all cores or on a GPU. */
import * as E from 'fp-ts/lib/Either.js';
import { shortage, storedBy, type Engine, type LoadedEngine } from './engine.ts';
import { hardwareText, type Gpu, type Hardware } from './hardware.ts';
import { onceOn } from './host.ts';
import type { Library } from './tensorflow/library.ts';
import { residentOn } from './tensorflow/resident.ts';

export const tensorflow: Engine = {
  name: 'tensorflow',
  doc: 'the TensorFlow library, on all cores or on an NVIDIA GPU with CUDA',
  load: onceOn(async (host) => E.map(engineOn)(await host.tensorflow())),
};

/** The library does not say which GPU it has. */
const gpu: Gpu = {
  ...{ tag: 'gpu', name: 'GPU', vendor: 'nvidia', architecture: '', api: 'CUDA' },
  ...{ software: false, features: [] },
};

/** The engine on a library that is loaded. */
export const engineOn = (library: Library): LoadedEngine => {
  const room = { all: library.bytes, each: Infinity, weightCopies: 1 };
  const held = { tensors: 0, bytes: 0 };
  const { usesGpu, threads } = library;
  const hardware: Hardware = usesGpu ? gpu : { tag: 'cpu', threads };
  return {
    name: 'tensorflow',
    version: `TensorFlow ${library.version}, ${usesGpu ? 'on a GPU' : hardwareText(hardware)}`,
    hardware,
    room,
    within: () => 0,
    memory: () => ({ ...held }),
    watchMemory: undefined, // the library does not say what it holds
    place: (program, stored) => {
      const values = storedBy(program);
      const bytes = values.reduce((n, value) => n + value.bytes, 0);
      const short = shortage(room, bytes, values);
      if (short !== undefined) return E.left(short);
      held.tensors += values.length;
      held.bytes += bytes;
      const resident = residentOn(library, program, stored);
      let isHeld = true;
      return E.right({
        ...resident,
        dispose: () => {
          if (!isHeld) return;
          isHeld = false;
          held.tensors -= values.length;
          held.bytes -= bytes;
          resident.dispose();
        },
      });
    },
  };
};
