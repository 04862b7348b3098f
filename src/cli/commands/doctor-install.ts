/** `netc doctor --install` and `--uninstall`. */
import * as Either from 'fp-ts/lib/Either.js';
import { bytes } from '../../numeric/figures.ts';
import { cacheFolder } from '../../runtime/disk/cache.ts';
import { parcelsForTensorflow, parcelsForWebgpu } from '../../runtime/install/catalogue.ts';
import { callerFor } from '../../runtime/install/means.ts';
import { install } from '../../runtime/install/install.ts';
import { othersIn } from '../../runtime/install/installed.ts';
import { thisMachine } from '../../runtime/install/machine.ts';
import type { Order, Place, Told } from '../../runtime/install/order.ts';
import {
  products,
  tensorflowBuild,
  webgpuBuild,
  type ProductName,
  type Variant,
} from '../../runtime/install/product.ts';
import { usualPatience } from '../../runtime/install/transfer.ts';
import { uninstall } from '../../runtime/install/uninstall.ts';
import { endings, exit, type Ending, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Surroundings } from '../../runtime/install/process.ts';
import { fail } from '../program/report.ts';
import { lines } from '../../report/table.ts';

const placeText = ({ step, of }: Place): string => `${step}/${of}`;

/** A step, before it is taken, as lines; what goes on within one, as a line that the next replaces. */
export const toldText = (told: Told): string => {
  switch (told.tag) {
    case 'plan': {
      const { build, folder, fetched, unpacked, free } = told;
      return lines(
        `${build.title} goes into ${folder}`,
        `to fetch: ${bytes(fetched)}, then on the disk: ${bytes(unpacked)}, free there: ${bytes(free)}`,
      );
    }
    case 'parcel': {
      const { name, version, size, unpacked } = told.parcel;
      const from = `${bytes(size)} from ${told.by}, unpacked ${bytes(unpacked)}`;
      return lines(`${placeText(told.place)} ${name} ${version}: ${from}`);
    }
    case 'there already': {
      const { name, version } = told.parcel;
      return lines(`${placeText(told.place)} ${name} ${version}: there already`);
    }
    case 'addon':
      return lines(`${placeText(told.place)} the addon, built by ${told.compiler}`);
    case 'koffi':
      return lines(`${placeText(told.place)} koffi calls the library, without a compiler`);
    case 'progress': {
      const percent = Math.min(100, Math.floor((100 * told.done) / told.of));
      return `    ${told.what} ${bytes(told.done)} of ${bytes(told.of)}, ${percent} %`;
    }
  }
};

/** Milliseconds between two lines of progress: what is told is told of each piece of some kilobytes. */
const betweenLines = 100;

/** Prints what is told, as it is told. */
const printing = (io: Io): ((told: Told) => void) => {
  let last = -Infinity;
  return (told) => {
    if (told.tag !== 'progress') return io.out(toldText(told));
    const now = performance.now();
    if (now - last < betweenLines) return;
    last = now;
    io.progress(toldText(told));
  };
};

/** The environment's own index of packages, in place of pip and of the public one. */
const indexOf = ({ NETC_PACKAGE_INDEX: index }: NodeJS.ProcessEnv): string | undefined =>
  index === undefined || index === '' ? undefined : index.replace(/\/+$/, '');

/** What is to be installed, as it is found out on this machine. */
type Wanted = (around: Surroundings) => Promise<Either.Either<Diagnostic, Chosen>>;
type Chosen = Pick<Order, 'build' | 'by' | 'parcels'>;

/** Installs what is wanted, and says each step with its size before it is taken. */
const installed = async (wanted: Wanted, io: Io): Promise<Exit> => {
  const cache = cacheFolder();
  const stop = new AbortController();
  const chosen = await wanted({ env: process.env, signal: stop.signal });
  if (Either.isLeft(chosen)) return fail(io, [chosen.left]);
  const { build } = chosen.right;
  const index = indexOf(process.env);
  if (index !== undefined && !URL.canParse(index)) {
    io.err(lines(`error: NETC_PACKAGE_INDEX is to be an address, and it is \`${index}\``));
    return exit.usage;
  }
  let ending: Ending = 'SIGINT';
  const asked = (by: Ending): void => {
    ending = by;
    stop.abort();
  };
  const made = await io.interruptible(asked, () =>
    install({
      ...chosen.right,
      ...{ cache, env: process.env, index },
      ...{ node: process.execPath, patience: usualPatience, signal: stop.signal },
      tell: printing(io),
    }),
  );
  io.progress('');
  if (made === undefined) {
    io.err(lines('interrupted; the same command goes on from here'));
    return endings[ending];
  }
  if (Either.isLeft(made)) return fail(io, [made.left]);
  const { folder, fresh } = made.right;
  io.out(
    lines(
      `${build.title} is ${fresh ? 'installed' : 'installed already'}: ${bytes(made.right.bytes)} in ${folder}`,
      ...othersIn(cache, build.product).map((name) => `of another version, and not used: ${name}`),
      `to remove it: netc doctor --uninstall ${build.product.name}`,
    ),
  );
  return exit.fine;
};

/** Installs TensorFlow's own library. */
export const installTensorflow = (variant: Variant, io: Io): Promise<Exit> =>
  installed(async (around) => {
    const build = tensorflowBuild(variant);
    const by = await callerFor({ cache: cacheFolder(), build }, around);
    const parcels = parcelsForTensorflow(thisMachine(), variant, by);
    return Either.map((all: Chosen['parcels']) => ({ build, by, parcels: all }))(parcels);
  }, io);

/** Installs what the engine `webgpu` needs. */
export const installWebgpu = (io: Io): Promise<Exit> =>
  installed(async () => {
    const parcels = parcelsForWebgpu(thisMachine());
    return Either.map((all: Chosen['parcels']) => ({
      ...{ build: webgpuBuild, by: undefined, parcels: all },
    }))(parcels);
  }, io);

/** Removes every version and variant of a product. */
export const uninstallAll = async (name: ProductName, io: Io): Promise<Exit> => {
  const { product } = products[name];
  const removed = await uninstall(cacheFolder(), product);
  if (Either.isLeft(removed)) return fail(io, [removed.left]);
  const { folders } = removed.right;
  io.out(
    folders.length === 0
      ? `${product.title} is not installed in ${cacheFolder()}\n`
      : lines(
          ...folders.map((f) => `removed ${f}`),
          `${bytes(removed.right.bytes)} are free again`,
        ),
  );
  return exit.fine;
};
