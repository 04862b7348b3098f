/**
 * Threads that compute on one memory. One asks, and the others help: all of them take parts of a task until none is left,
 * so whoever is held up by another program takes fewer, and a thread that sleeps is not waited for.
 *
 * What they agree by is a handful of integers that all see. A task is open while parts of it may be taken. A helper says
 * that it is busy before it looks whether a task is open, and the one that asks closes it before it looks whether
 * somebody is busy: so a description is never written while it is read (Dekker 1965).
 */
import { Bug } from '../../../diagnostic/bug.ts';
import { newGains } from './gains.ts';
import { machineOn, type Machine } from './machine.ts';
import { doShare, productsIn, sharesOf, type Task } from './task.ts';
import type { Share } from './tiling.ts';
import { isShared, type Memory } from './web-assembly.ts';

/** Who does tasks on a machine: the one that asks, perhaps with others. */
export type Crew = (on: Machine, task: Task) => void;

/** Nobody beside the one that asks. */
export const alone: Crew = (on, task) => {
  for (const share of sharesOf(task, 1)) doShare(on, task, share);
};

/** The integers, by their places. */
const word = {
  signal: 0, // goes up with each task, and once more at the end: sleepers wait for it
  open: 1, // 1 while parts may be taken
  next: 2, // the part that is taken next
  busy: 3, // helpers that may look at the task
  failed: 4, // 1 if a helper could not do its part
  ended: 5, // 1 when no task comes any more
  threads: 6, // those that a task is cut for
  pages: 7, // of the memory
  length: 8, // of the task's description, in characters
  helped: 9, // parts that helpers have done
} as const;
const firstCharacter = 16;
const mostCharacters = 4096;
const words = firstCharacter + mostCharacters;

/** Integers for a crew, which all of its threads get. */
export const newBoard = (): Int32Array => new Int32Array(new SharedArrayBuffer(4 * words));

/** What a helper looks for a while before it sleeps: about 50 microseconds, as long as the next task is often away. */
const looks = 20_000;
const page = 2 ** 16;

/** Waits at most so long for a word to change, in milliseconds. */
const slice = 1000;
/** A helper that does not end its part in so many slices is dead. They are counted, so a process that is stopped meanwhile loses one. */
const mostSlices = 120;

const write = (board: Int32Array, task: Task): boolean => {
  const text = JSON.stringify(task);
  if (text.length > mostCharacters) return false;
  board[word.length] = text.length;
  for (let i = 0; i < text.length; i++) board[firstCharacter + i] = text.charCodeAt(i);
  return true;
};

const read = (board: Int32Array): Task => {
  const characters = board.subarray(firstCharacter, firstCharacter + board[word.length]!);
  return JSON.parse(String.fromCharCode(...characters)) as Task; // which `write` wrote
};

/** Takes parts of a task until none is left; gives how many. */
const take = (board: Int32Array, on: Machine, task: Task, shares: readonly Share[]): number => {
  for (let taken = 0; ; taken++) {
    const share = shares[Atomics.add(board, word.next, 1)];
    if (share === undefined) return taken;
    doShare(on, task, share);
  }
};

/** Waits until no helper looks at the task any more. */
const untilNobodyIsBusy = (board: Int32Array): void => {
  for (let i = 0; i < looks; i++) if (Atomics.load(board, word.busy) === 0) return;
  for (let waited = 0; ; waited++) {
    const busy = Atomics.load(board, word.busy);
    if (busy === 0) return;
    if (waited === mostSlices) throw new Bug('a thread of wasm does not end its part');
    Atomics.wait(board, word.busy, busy, slice);
  }
};

/** A crew of so many threads, the one that asks among them; fewer products than `worth` are not shared. */
export const crewOf = (board: Int32Array, threads: number, worth: number): Crew => {
  const gains = newGains();
  return (on, task) => {
    const products = productsIn(task);
    if (products < worth || !gains.isWorth(products)) return alone(on, task);
    const begin = performance.now();
    const shares = sharesOf(task, threads);
    if (shares.length < 2 || !write(board, task)) return alone(on, task);
    board[word.threads] = threads;
    board[word.pages] = on.words.byteLength / page;
    Atomics.store(board, word.failed, 0);
    Atomics.store(board, word.next, 0);
    Atomics.store(board, word.open, 1);
    Atomics.add(board, word.signal, 1);
    Atomics.notify(board, word.signal);
    let taken = 0;
    let own = 0;
    try {
      taken = take(board, on, task, shares);
      own = performance.now() - begin;
    } finally {
      Atomics.store(board, word.open, 0);
      untilNobodyIsBusy(board);
    }
    // alone, the other parts would have taken as long as these
    const unshared = (own * shares.length) / Math.max(1, taken);
    gains.note(products, unshared - (performance.now() - begin));
    // what cannot be done fails here too, where it is reported
    if (Atomics.load(board, word.failed) === 1) alone(on, task);
  };
};

/** Parts that helpers have done so far. */
export const helpedOn = (board: Int32Array): number => Atomics.load(board, word.helped);

/** Tells helpers to return. */
export const endCrew = (board: Int32Array): void => {
  Atomics.store(board, word.ended, 1);
  Atomics.add(board, word.signal, 1);
  Atomics.notify(board, word.signal);
};

/** Takes part in an open task. */
const helpOnce = (board: Int32Array, memory: Memory, machine: () => Machine): void => {
  Atomics.add(board, word.busy, 1);
  try {
    if (Atomics.load(board, word.open) === 0) return;
    // a thread may know the memory as it was before another one made it larger
    if (memory.buffer.byteLength < page * board[word.pages]!) memory.grow(0);
    const task = read(board);
    const taken = take(board, machine(), task, sharesOf(task, board[word.threads]!));
    Atomics.add(board, word.helped, taken);
  } catch {
    Atomics.store(board, word.failed, 1);
  } finally {
    if (Atomics.sub(board, word.busy, 1) === 1) Atomics.notify(board, word.busy);
  }
};

/**
 * What a helper does, until the crew ends: its event loop does not turn meanwhile. `ready` is called when it can work,
 * in the room from `begin` on.
 */
export const help = (board: Int32Array, memory: Memory, begin: number, ready: () => void): void => {
  if (!isShared(memory)) throw new Bug('a helper has a memory of its own');
  const machine = machineOn(memory, begin);
  ready();
  let seen = 0; // a task that is open already is worth a look
  for (;;) {
    if (Atomics.load(board, word.ended) === 1) return;
    helpOnce(board, memory, machine);
    for (let i = 0; i < looks && Atomics.load(board, word.signal) === seen; i++);
    Atomics.wait(board, word.signal, seen);
    seen = Atomics.load(board, word.signal);
  }
};
