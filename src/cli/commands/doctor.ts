/** `netc doctor`: which engines compute here, why the others do not, and the exact command for each. */
import { dirname } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import { paint, type Paint } from '../../diagnostic/terminal/paint.ts';
import { engines } from '../../runtime/engines/engines.ts';
import { damageOf, installedTensorflow } from '../../runtime/install/installed.ts';
import { node } from '../../runtime/node/host.ts';
import { forWhat, productNames, type ProductName } from '../../runtime/install/product.ts';
import { installTensorflow, installWebgpu, uninstallAll } from './doctor-install.ts';
import { hardwareText, type Hardware } from '../../runtime/engines/hardware.ts';
import type { Engine, LoadedEngine } from '../../runtime/engines/engine.ts';
import type { Unusable } from '../../runtime/engines/host.ts';
import { automatic, automaticText, type Automatic } from '../program/automatic.ts';
import { exit, type Exit } from '../host/exit.ts';
import { version } from '../host/home.ts';
import type { Io } from '../host/io.ts';
import { columns, lines } from '../../report/table.ts';

/** A tool that netc can use, and whether it is installed. */
export type Finding = {
  readonly name: string;
  readonly doc: string;
  readonly usable: boolean;
  readonly version?: string;
  readonly hardware?: Hardware; // what an engine computes on
  readonly reason?: string;
  readonly remedy?: string;
};

/** The findings of `doctor` about this machine; `--json` prints them as they are. */
export type Health = {
  readonly netc: string;
  readonly node: string;
  readonly platform: string;
  readonly engines: readonly Finding[]; // the first usable one is taken unless another is asked for
  readonly auto: Automatic | undefined; // what `--engine auto` takes
  readonly pictures: Finding;
  readonly library: Finding; // TensorFlow's own, which the engine `tensorflow` calls
};

/** What computes, and on how many threads. */
const builtOf = ({ version, hardware }: LoadedEngine): string => {
  const on = hardwareText(hardware);
  return version.endsWith(on) ? version : `${version}, ${on}`; // it is part of some versions
};

/** The engines, of which those are not loaded whose files are damaged. */
const soundEngines = (damaged: ReadonlyMap<string, Unusable>): readonly Engine[] =>
  engines.map((engine) => {
    const damage = damaged.get(engine.name);
    return damage === undefined ? engine : { ...engine, load: async () => Either.left(damage) };
  });

/** What is damaged of what was installed, by its name. */
const damages = async (): Promise<ReadonlyMap<string, Unusable>> => {
  const found = new Map<string, Unusable>();
  for (const product of productNames) {
    const damage = await damageOf(product);
    if (damage !== undefined) found.set(product, damage);
  }
  return found;
};

const examine = async (sound: readonly Engine[]): Promise<readonly Finding[]> => {
  const found: Finding[] = [];
  // one after the other: they share TensorFlow.js
  for (const { name, doc, load } of sound) {
    const engine = await load(node);
    found.push(
      Either.isLeft(engine)
        ? { name, doc, usable: false, ...engine.left }
        : {
            ...{ name, doc, usable: true },
            ...{ version: builtOf(engine.right), hardware: engine.right.hardware },
          },
    );
  }
  return found;
};

const pictures = async (): Promise<Finding> => {
  const about = { name: 'sharp', doc: 'reads pictures' };
  const found = await node.optional('sharp', 'npm install sharp@0.35.5');
  return Either.isLeft(found)
    ? { ...about, usable: false, ...found.left }
    : { ...about, usable: true, version: 'sharp' };
};

const library = (damage: Unusable | undefined): Finding => {
  const about = {
    name: 'libtensorflow',
    doc: 'TensorFlow’s own library, for the engine tensorflow',
  };
  if (damage !== undefined) return { ...about, usable: false, ...damage };
  const found = installedTensorflow();
  if (Either.isLeft(found)) return { ...about, usable: false, ...found.left };
  const { version: of, variant, caller, library: path } = found.right;
  const how = caller.by === 'koffi' ? ', called by koffi' : '';
  return {
    ...about,
    usable: true,
    version: `${of} ${forWhat[variant]}${how}, in ${dirname(dirname(path))}`,
  };
};

/** Green and red where there is colour; words say the same. */
export const showHealth = (health: Health, colours: Paint): string => {
  const all = [...health.engines, health.pictures, health.library];
  const rows = columns(
    all.map((f) => [f.name, f.usable ? 'usable' : 'not usable', f.version ?? f.reason ?? '']),
  );
  const named = new Map<string, readonly string[]>(); // what a command enables, by the command
  for (const { name, remedy = '' } of all)
    if (remedy !== '') named.set(remedy, [...(named.get(remedy) ?? []), name]);
  const remedies = Array.from(named, ([remedy, names]) => `  ${names.join(', ')}: ${remedy}`);
  const standard = health.engines.find((f) => f.usable);
  return lines(
    `netc ${health.netc}, node ${health.node}, ${health.platform}`,
    '',
    ...rows.flatMap((row, i) => [
      colours(all[i]!.usable ? 'fix' : 'faint', row),
      `  ${all[i]!.doc}`,
    ]),
    '',
    standard === undefined
      ? 'no engine is usable: programs can be checked and compiled, but not run'
      : `\`netc run\` takes ${standard.name} unless --engine says otherwise`,
    ...(health.auto === undefined ? [] : [`\`--engine auto\` takes ${automaticText(health.auto)}`]),
    ...(remedies.length === 0 ? [] : ['', 'to enable', ...remedies]),
  );
};

type DoctorOptions = {
  readonly json: boolean;
  readonly install: ProductName | undefined;
  readonly uninstall: ProductName | undefined;
  readonly cuda: boolean;
};

/** Options that mean nothing together. */
const contradiction = (given: DoctorOptions): string | undefined => {
  const { install, uninstall, cuda, json } = given;
  if (install !== undefined && uninstall !== undefined)
    return '`--install` and `--uninstall` are asked for together';
  if (cuda && install !== 'tensorflow')
    return '`--cuda` says what to install: add `--install tensorflow`';
  if (json && (install !== undefined || uninstall !== undefined))
    return '`--json` prints what is usable: ask for it in a command of its own';
  return undefined;
};

export const doctor = async (given: DoctorOptions, io: Io): Promise<Exit> => {
  const wrong = contradiction(given);
  if (wrong !== undefined) {
    io.err(lines(`error: ${wrong}`));
    return exit.usage;
  }
  const { install, uninstall } = given;
  if (install === 'tensorflow') return installTensorflow(given.cuda ? 'cuda' : 'cpu', io);
  if (install === 'webgpu') return installWebgpu(io);
  if (uninstall !== undefined) return uninstallAll(uninstall, io);
  return examined(given.json, io);
};

const examined = async (json: boolean, io: Io): Promise<Exit> => {
  const damaged = await damages();
  const sound = soundEngines(damaged);
  const health: Health = {
    netc: version(),
    node: process.version.slice(1),
    platform: `${process.platform} ${process.arch}`,
    engines: await examine(sound),
    auto: await automatic(sound),
    pictures: await pictures(),
    library: library(damaged.get('tensorflow')),
  };
  io.out(
    json ? `${JSON.stringify(health, undefined, 2)}\n` : showHealth(health, paint(io.colour.out)),
  );
  return health.engines.some((f) => f.usable) ? exit.fine : exit.environment;
};
