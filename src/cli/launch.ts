#!/usr/bin/env node
/**
 * Starts the program, which is one bundle. What V8 makes of it is kept beside it, two files for each version of V8: with
 * that, a small check takes a quarter less time. Without it, or if V8 refuses it, the program is compiled anew.
 */
import { accessSync, constants, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

/** The file of the bundle, `program-HASH.cjs`: what is kept of another build has another name. Set by the build. */
declare const netcBundle: string;

// by itself V8 lets garbage grow to three times what is in use, which a program can ask for with a long list of nets;
// V8 refuses code that was kept under other flags, so they are set before
setFlagsFromString('--heap-growing-percent=60');

const bundle = new URL(netcBundle, import.meta.url);
// a server runs other parts of the program than commands do, and each start reads all that was kept
const kind = process.argv[2] === 'lsp' ? 'server' : 'command';

// V8 optimises what has run for a while, and takes much of it back when the next edit has other layers: ten times that
// long, a person who begins to write waits half as long for the slowest edits
if (kind === 'server') setFlagsFromString('--interrupt-budget=660000');
const keptIn = fileURLToPath(
  new URL(`${netcBundle}.v8-${process.versions.v8}-${process.arch}-${kind}`, import.meta.url),
);

const kept = (): Buffer | undefined => {
  try {
    return readFileSync(keptIn);
  } catch {
    return undefined;
  }
};

/** Keeps the functions that were compiled so far, where netc may write. */
const keep = (script: Script): void => {
  const temporary = `${keptIn}.${process.pid}`;
  try {
    accessSync(dirname(keptIn), constants.W_OK);
    // on the disk before it has its name: V8 believes what has a right beginning
    writeFileSync(temporary, script.createCachedData(), { flush: true });
    renameSync(temporary, keptIn);
  } catch {
    rmSync(temporary, { force: true });
  }
};

const cachedData = kept();
const script = new Script(readFileSync(bundle, 'utf8'), {
  filename: bundle.href,
  ...(cachedData === undefined ? {} : { cachedData }),
});
// V8 refuses what was kept under other options, so only a start without any keeps something
const isPlain = process.execArgv.length === 0 && process.env['NODE_OPTIONS'] === undefined;
if (isPlain && (cachedData === undefined || script.cachedDataRejected === true))
  process.on('exit', () => keep(script));

/** The bundle is a function, as Node makes one of every CommonJS module; it has its own address besides. */
type Program = (require: NodeJS.Require, module: { exports: unknown }, address: string) => void;

const program: Program = script.runInThisContext();
program(createRequire(bundle), { exports: {} }, bundle.href);
