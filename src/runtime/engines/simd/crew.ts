/**
 * Threads that compute on one memory. One asks, and the others help: all of them take parts of a task until none is left,
 * so whoever is held up by another program takes fewer, and a thread that sleeps is not waited for.
 *
 * What they agree by is a handful of integers that all see. A task is open while parts of it may be taken. A helper says
 * that it is busy before it looks whether a task is open, and the one that asks closes it before it looks whether
 * somebody is busy: so a description is never written while it is read (Dekker 1965).
 */
import { Bug } from '../../../diagnostic/bug.ts';
import { newRoom } from './course.ts';
import { newGains } from './gains.ts';
import { machineOn, type Machine } from './machine.ts';
import {
  addresses,
  operands,
  readyFor,
  type Addresses,
  type Ready,
  type Task,
  type Work,
} from './task.ts';
import { isShared, type Memory } from './web-assembly.ts';

/** Who does tasks on a machine: the one that asks, perhaps with others. True if it has seen that a result is NaN. */
export type Crew = (on: Machine, task: Task) => boolean;

/** Work that is ready, by its text, and its number. */
type Known = { readonly id: number; readonly text: string; readonly ready: Ready };

/** The work that is kept ready, at most. */
const mostKnown = 1000;

/** Makes work ready when it first comes. */
const readyWork = (threads: number): ((work: Work) => Known) => {
  const known = new Map<string, Known>();
  let [last, room] = [0, newRoom()];
  return (work) => {
    const text = JSON.stringify(work);
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size === mostKnown) {
      known.clear();
      room = newRoom();
    }
    const made = { id: ++last, text, ready: readyFor(work, threads, room) };
    known.set(text, made);
    return made;
  };
};

const forget = ({ words, at }: Machine): void => {
  words.fill(0, at.nan / 4, at.nan / 4 + 4);
};
const hasMet = ({ words, at }: Machine): boolean => {
  const first = at.nan / 4;
  return (words[first]! | words[first + 1]! | words[first + 2]! | words[first + 3]!) !== 0;
};

const doAlone = (on: Machine, { whole, does }: Ready, at: Addresses): boolean => {
  forget(on);
  for (const share of whole) does(on, at, share);
  return hasMet(on);
};

/** Nobody beside the one that asks. */
export const alone = (): Crew => {
  const known = readyWork(1);
  return (on, { work, at }) => doAlone(on, known(work).ready, at);
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
  id: 10, // of the work
  met: 11, // 1 if a helper has seen that a result is NaN
  asleep: 12, // helpers that have to be woken
  addresses: 16, // of the operands
} as const;
const firstCharacter = 32;
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

const write = (board: Int32Array, { id, text }: Known, at: Addresses): boolean => {
  if (text.length > mostCharacters) return false;
  operands.forEach((name, i) => (board[word.addresses + i] = at[name]));
  if (board[word.id] === id) return true; // the text is there
  board[word.id] = id;
  board[word.length] = text.length;
  for (let i = 0; i < text.length; i++) board[firstCharacter + i] = text.charCodeAt(i);
  return true;
};

const addressesOn = (board: Int32Array): Addresses =>
  addresses(
    Object.fromEntries(operands.map((name, i) => [name, board[word.addresses + i]! >>> 0])),
  );

/** Reads the work, which `write` wrote. */
const read = (board: Int32Array): Work => {
  const characters = board.subarray(firstCharacter, firstCharacter + board[word.length]!);
  return JSON.parse(String.fromCharCode(...characters)) as Work;
};

/** What a helper knows: work that it has met, by its number. */
const readyOn = (board: Int32Array): (() => Ready) => {
  const known = new Map<number, Ready>();
  let room = newRoom();
  return () => {
    const id = board[word.id]!;
    const before = known.get(id);
    if (before !== undefined) return before;
    if (known.size === mostKnown) {
      known.clear();
      room = newRoom();
    }
    const made = readyFor(read(board), board[word.threads]!, room);
    known.set(id, made);
    return made;
  };
};

/** Takes parts until none is left; gives how many. */
const take = (board: Int32Array, on: Machine, { shares, does }: Ready, at: Addresses): number => {
  for (let taken = 0; ; taken++) {
    const share = shares[Atomics.add(board, word.next, 1)];
    if (share === undefined) return taken;
    does(on, at, share);
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
  const known = readyWork(threads);
  const gains = newGains();
  board[word.threads] = threads;
  return (on, { work, at }) => {
    const found = known(work);
    const { ready } = found;
    const { products, shares } = ready;
    const isShort = products < worth || shares.length < 2 || !gains.isWorth(products);
    if (isShort || !write(board, found, at)) return doAlone(on, ready, at);
    const begin = performance.now();
    board[word.pages] = on.words.byteLength / page;
    Atomics.store(board, word.failed, 0);
    Atomics.store(board, word.met, 0);
    Atomics.store(board, word.next, 0);
    Atomics.store(board, word.open, 1);
    Atomics.add(board, word.signal, 1);
    if (Atomics.load(board, word.asleep) > 0) Atomics.notify(board, word.signal);
    forget(on);
    let taken = 0;
    let own = 0;
    try {
      taken = take(board, on, ready, at);
      own = performance.now() - begin;
    } finally {
      Atomics.store(board, word.open, 0);
      untilNobodyIsBusy(board);
    }
    // alone, the other parts would have taken as long as these
    const unshared = (own * shares.length) / Math.max(1, taken);
    gains.note(products, unshared, performance.now() - begin);
    // what cannot be done fails here too, where it is reported
    if (Atomics.load(board, word.failed) === 1) return doAlone(on, ready, at);
    return hasMet(on) || Atomics.load(board, word.met) === 1;
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
const helpOnce = (
  board: Int32Array,
  memory: Memory,
  machine: () => Machine,
  ready: () => Ready,
): void => {
  Atomics.add(board, word.busy, 1);
  try {
    if (Atomics.load(board, word.open) === 0) return;
    // a thread may know the memory as it was before another one made it larger
    if (memory.buffer.byteLength < page * board[word.pages]!) memory.grow(0);
    const on = machine();
    forget(on);
    const taken = take(board, on, ready(), addressesOn(board));
    if (hasMet(on)) Atomics.store(board, word.met, 1);
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
  const known = readyOn(board);
  ready();
  let seen = 0; // a task that is open already is worth a look
  for (;;) {
    if (Atomics.load(board, word.ended) === 1) return;
    helpOnce(board, memory, machine, known);
    for (let i = 0; i < looks && Atomics.load(board, word.signal) === seen; i++);
    Atomics.add(board, word.asleep, 1);
    Atomics.wait(board, word.signal, seen);
    Atomics.sub(board, word.asleep, 1);
    seen = Atomics.load(board, word.signal);
  }
};
