/** The outermost edge: signals, faults of netc itself, and the exit code. */
import { exit } from './host/exit.ts';
import { version } from './host/home.ts';
import { flush, terminal } from './host/io.ts';
import { inSources } from './host/stack.ts';
import { main } from './commander.ts';

/** The report of an unexpected fault: what is needed to find it, and how to report it. */
const report = (thrown: unknown): string => {
  const told = thrown instanceof Error ? inSources(thrown.stack ?? thrown.message) : String(thrown);
  const args = process.argv
    .slice(2)
    .map((a) => (/^[\w./=:@%+,-]+$/.test(a) ? a : JSON.stringify(a)));
  return [
    'netc has a bug. Your program may be fine; please report this with the program that caused it.',
    '',
    `  netc     ${version()}`,
    `  node     ${process.version}, ${process.platform} ${process.arch}`,
    `  command  netc ${args.join(' ')}`,
    '',
    told,
    '',
  ].join('\n');
};

const crash = (thrown: unknown): never => {
  process.stderr.write(`\n${report(thrown)}`);
  process.exit(exit.bug);
};

process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

const io = terminal();
process.on('SIGINT', () => {
  io.progress('');
  process.exit(exit.interrupted);
});

const start = async (): Promise<never> => {
  const code = await main(process.argv.slice(2), io);
  await flush();
  if (code === exit.hungUp) {
    // a shell sees the same code, and Node crashes where it exits by itself without the terminal that it began with
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  }
  process.exit(code);
};

void start();
