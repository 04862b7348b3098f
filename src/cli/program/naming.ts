/** Progress of commands that read weights one by one. */
import type { Provider } from '../../runtime/store/safetensors.ts';
import type { Io } from '../host/io.ts';

/** Prints the name of each weight while it is read. */
export const naming =
  (io: Io) =>
  (provider: Provider): Provider =>
  (path) => {
    io.progress(path);
    return provider(path);
  };
