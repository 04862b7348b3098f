/** The edge to the terminal: everything that a command prints goes through here. */
import { WriteStream } from 'node:tty';
import { exit, type Ending } from './exit.ts';

/** A command's access to the outside, apart from reading and writing files. */
export type Io = {
  readonly cwd: string;
  /** all of stdin, as UTF-8 */
  readonly input: () => Promise<string>;
  /** data, to stdout */
  readonly out: (text: string) => void;
  /** messages, to stderr */
  readonly err: (text: string) => void;
  readonly colour: { readonly out: boolean; readonly err: boolean };
  readonly width: number; // of messages
  readonly room: number; // for data: the width of the terminal; in a file or a pipe COLUMNS, else no limit
  /** a line that the next one replaces; prints nothing when stderr is not a terminal */
  readonly progress: (line: string) => void;
  /**
   * Runs work that never waits, such as filling a large file. Meanwhile our handler of Ctrl-C could not run, so Ctrl-C
   * ends the process directly; the shell still sees 130.
   */
  readonly atOnce: <A>(work: () => A) => A;
  /** whether a person sees `progress` */
  readonly live: boolean;
  /**
   * While the work goes on, the first signal that asks for an end calls `asked`, and work ends itself; the next Ctrl-C or
   * `kill` ends the process.
   */
  readonly interruptible: <A>(asked: (by: Ending) => void, work: () => Promise<A>) => Promise<A>;
};

/** The width if it is unknown, as in a log, or stated as 0. */
const usualWidth = 100;
const leastWidth = 40;

/**
 * The columns of a stream: those of its terminal, else of `COLUMNS`. Undefined if neither states a usable width.
 */
export const columnsOf = (
  terminal: number | undefined,
  { COLUMNS }: NodeJS.ProcessEnv,
): number | undefined => {
  const asked = terminal ?? (/^\d{1,6}$/.test(COLUMNS ?? '') ? Number(COLUMNS) : 0);
  return asked < leastWidth ? undefined : asked;
};

/**
 * Node's own rule for NO_COLOR, FORCE_COLOR and terminals, except that an empty NO_COLOR is ignored (no-color.org).
 */
export const isColoured = (isTerminal: boolean, env: NodeJS.ProcessEnv): boolean => {
  const { NO_COLOR, ...others } = env;
  const asked = NO_COLOR === '' ? others : env;
  const wanted = isTerminal || asked['FORCE_COLOR'] !== undefined;
  return wanted && WriteStream.prototype.getColorDepth(asked) > 2;
};

/**
 * A reader that went away (`netc … | head`) has seen enough: that is not a fault, and neither is a terminal that was
 * closed, which SIGHUP says. A full disk behind stdout is a fault of the machine.
 */
const tolerate = (stream: NodeJS.WriteStream, name: string): void => {
  const isTerminal = stream.isTTY;
  stream.on('error', (fault: NodeJS.ErrnoException) => {
    if (isTerminal && fault.code === 'EIO') return;
    // nobody reads messages any more: work that has begun is still worth to be finished
    if (fault.code === 'EPIPE' && stream === process.stderr) return;
    if (fault.code === 'EPIPE') process.exit();
    if (stream !== process.stderr)
      process.stderr.write(`error: ${name} takes nothing: ${fault.code}\n`);
    process.exit(exit.environment);
  });
};

/** The folder that netc was started in. It may have been removed since; then no path means anything. */
const workingFolder = (): string => {
  try {
    return process.cwd();
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown;
    process.stderr.write('error: the folder that netc was started in does not exist any more\n');
    return process.exit(exit.environment);
  }
};

/**
 * Whether a terminal can be closed that this process writes to or reads from. `nohup` leaves none; Node forgets that it
 * asked to ignore SIGHUP, so this is how netc knows.
 */
const hasTerminal = (): boolean =>
  process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;

/** What asks this process to end. */
const heeded = (): readonly Ending[] =>
  hasTerminal() ? ['SIGINT', 'SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM'];

const nothing = (): void => {};

/** The console of this process. Made once, because it listens to the streams. */
export const terminal = (): Io => {
  tolerate(process.stdout, 'stdout');
  tolerate(process.stderr, 'stderr');
  if (!hasTerminal()) process.on('SIGHUP', nothing);
  let shown = false;
  const clear = (): void => {
    if (shown) process.stderr.write('\r\u001b[K');
    shown = false;
  };
  const width = columnsOf(process.stderr.columns, process.env) ?? usualWidth;
  return {
    cwd: workingFolder(),
    input: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks).toString('utf8');
    },
    out: (text) => {
      clear();
      process.stdout.write(text);
    },
    err: (text) => {
      clear();
      process.stderr.write(text);
    },
    colour: {
      out: isColoured(process.stdout.isTTY, process.env),
      err: isColoured(process.stderr.isTTY, process.env),
    },
    width,
    room: columnsOf(process.stdout.columns, process.env) ?? Infinity,
    progress: (line) => {
      if (!process.stderr.isTTY) return;
      clear();
      if (line === '') return;
      process.stderr.write(line.slice(0, width - 1));
      shown = true;
    },
    live: process.stderr.isTTY,
    interruptible: async (asked, work) => {
      const signals = heeded();
      const before = signals.map((signal) => ({ signal, handlers: process.listeners(signal) }));
      let restored = false;
      const first = (by: NodeJS.Signals): void => {
        restore();
        // of one terminal that is closed, kernel and shell both tell the process
        process.on('SIGHUP', nothing);
        const ending = signals.find((signal) => signal === by);
        if (ending !== undefined) asked(ending);
      };
      const restore = (): void => {
        if (restored) return;
        restored = true;
        for (const { signal, handlers } of before) {
          process.removeListener(signal, first);
          for (const handler of handlers) process.on(signal, handler);
        }
      };
      for (const signal of signals) {
        process.removeAllListeners(signal);
        process.on(signal, first);
      }
      try {
        return await work();
      } finally {
        restore();
      }
    },
    atOnce: (work) => {
      const handlers = process.listeners('SIGINT');
      process.removeAllListeners('SIGINT');
      try {
        return work();
      } finally {
        for (const handler of handlers) process.on('SIGINT', handler);
      }
    },
  };
};

/** Waits until all output has left: `process.exit` would cut it off in a pipe. */
export const flush = async (): Promise<void> => {
  const drained = (stream: NodeJS.WriteStream): Promise<void> =>
    new Promise((done) => stream.write('', () => done()));
  await Promise.all([drained(process.stdout), drained(process.stderr)]);
};
