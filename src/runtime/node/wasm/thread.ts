/** A thread that helps wasm to compute. The bundle has this file by itself, as `wasm-worker.js`. */
import { parentPort } from 'node:worker_threads';
import { Bug } from '../../../diagnostic/bug.ts';
import type { Helping } from '../../engines/host.ts';
import { help } from '../../engines/simd/crew.ts';

const port = parentPort;
if (port === null) throw new Bug('this is a thread of wasm, and no program');

port.once('message', ({ board, memory, begin }: Helping) => {
  help(board, memory, begin, () => port.postMessage('ready'));
});
