/**
 * What installations are made of: files of public package indexes, each pinned by its SHA-256, and what is kept of them. A
 * wheel is a zip; nothing of Python is kept.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Caller } from '../engines/host.ts';
import { unsupported } from './faults.ts';
import type { Machine } from './machine.ts';
import { backendOfWebgpu, tensorflow as library, webgpu, type Variant } from './product.ts';

/** A file that is fetched, and what is kept of it. Sizes are bytes. */
export type Parcel = {
  readonly name: string; // as its index knows it
  readonly version: string;
  readonly source: 'npm' | 'wheel';
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
  readonly keeps: RegExp; // names of entries
  readonly unpacked: number; // the sum of those
  readonly moves: readonly [from: string, to: string]; // how names begin in the archive, and in the installation
};

/** The addon's own sources, and the interface of Node that they are built against. */
const sources: readonly Parcel[] = [
  {
    name: '@tensorflow/tfjs-node-gpu',
    version: '4.22.0',
    source: 'npm',
    file: 'tensorflow-tfjs-node-gpu-4.22.0.tgz',
    size: 223_379,
    sha256: 'afd5599ee1662e732c00a0ad1f52a3d001bdc118a1f44bd592a0a0ebf2daa4c7',
    keeps: /^package\/binding\/[\w-]+\.(cc|h)$/,
    unpacked: 76_309,
    moves: ['package/', ''],
  },
  {
    name: 'node-api-headers',
    version: '1.9.0',
    source: 'npm',
    file: 'node-api-headers-1.9.0.tgz',
    size: 16_974,
    sha256: '6cbfac49542194ae2c8f1dee5fa2dc00d66bec9cbf3b59e3a4e5f16d14eb0d19',
    keeps: /^package\/include\/[\w-]+\.h$/,
    unpacked: 50_277,
    moves: ['package/include/', 'node/'],
  },
];

/** koffi, which calls the library without a compiler, and its servers in any case: its script, and its binary for a processor. */
const koffiFor = (
  arch: string,
  size: number,
  unpacked: number,
  sha256: string,
): readonly Parcel[] => [
  {
    ...{ name: 'koffi', version: '3.3.4', source: 'npm', file: 'koffi-3.3.4.tgz', size: 302_759 },
    sha256: 'ac0fd04374b6f8767b14383a68fc8f780d259fe82ffed118a64b2259b50237c0',
    keeps:
      /^package\/(package\.json|index\.cjs|src\/koffi\/index\.cjs|src\/koffi\/src\/static\.cjs)$/,
    unpacked: 16_944,
    moves: ['package/', 'node_modules/koffi/'],
  },
  {
    ...{ name: `@koromix/koffi-linux-${arch}`, version: '3.3.4', source: 'npm' },
    ...{ file: `koromix-koffi-linux-${arch}-3.3.4.tgz`, size, unpacked, sha256 },
    keeps: /^package\/(package\.json|index\.js|linux_\w+\/koffi\.node)$/,
    moves: ['package/', `node_modules/@koromix/koffi-linux-${arch}/`],
  },
];

/** koffi by kind of processor. */
// prettier-ignore
const koffi: { readonly [arch: string]: readonly Parcel[] } = {
  x64: koffiFor('x64', 605_440, 1_149_376, 'ca00f125173c267013bafd9857b067e10f5ed7f902a124c9817d8e1346b95120'),
  arm64: koffiFor('arm64', 605_953, 1_171_628, 'd2d6ad6e85d165e1cd8439c3851b9b3526db083303991fa5720087cd6cc04f89'),
};

/** What calls the library beside koffi. */
const callers: { readonly [by in Caller['by']]: readonly Parcel[] } = { addon: sources, koffi: [] };

/** The libraries, and the headers of their interface for C. */
const keptOfTensorflow =
  /^tensorflow\/(libtensorflow_(cc|framework)\.so\.2|include\/(tensorflow\/c\/[\w/]+|tensorflow\/core\/platform\/ctstring\w*|tsl\/platform\/ctstring\w*|xla\/tsl\/c\/[\w/]+)\.h)$/;

/** Libraries, and what CUDA compiles kernels with. TensorFlow looks for them beside itself, in this layout. */
const keptOfNvidia =
  /^nvidia\/\w+\/(lib|bin|nvvm)\/([\w/-]*\.so[.\d]*|ptxas|libdevice\/[\w.]+\.bc)$/;

const tensorflow = (
  name: string,
  machine: string,
  size: number,
  unpacked: number,
  sha256: string,
): Parcel => ({
  name,
  version: library.version,
  source: 'wheel',
  file: `${name.replace('-', '_')}-${library.version}-cp311-cp311-manylinux_2_27_${machine}.whl`,
  ...{ size, unpacked, sha256 },
  keeps: keptOfTensorflow,
  moves: ['', ''],
});

const nvidia = (
  part: string,
  version: string,
  system: string,
  size: number,
  unpacked: number,
  sha256: string,
): Parcel => ({
  name: `nvidia-${part}-cu12`,
  version,
  source: 'wheel',
  file: `nvidia_${part.replaceAll('-', '_')}_cu12-${version}-py3-none-${system}.whl`,
  ...{ size, unpacked, sha256 },
  keeps: keptOfNvidia,
  moves: ['', ''],
});

const [linux2010, linux2014, linux227] = [
  'manylinux2010_x86_64.manylinux_2_12_x86_64',
  'manylinux2014_x86_64.manylinux_2_17_x86_64',
  'manylinux_2_27_x86_64',
];

/** What `tensorflow[and-cuda]` asks for: CUDA 12.9, cuDNN 9. */
// prettier-ignore
const cuda: readonly Parcel[] = [
  nvidia('cublas', '12.9.3.13', linux227, 581_217_458, 855_064_416, 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72'),
  nvidia('cuda-cupti', '12.8.90', linux2014, 10_248_621, 41_311_976, 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182'),
  nvidia('cuda-nvcc', '12.9.86', linux2010, 40_546_229, 97_998_760, '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0'),
  nvidia('cuda-nvrtc', '12.9.86', linux2010, 89_568_129, 113_447_240, '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4'),
  nvidia('cuda-runtime', '12.9.79', linux2014, 3_493_179, 741_088, '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3'),
  nvidia('cudnn', '9.28.0.42', linux227, 716_538_495, 1_162_393_472, '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375'),
  nvidia('cufft', '11.4.1.4', linux2014, 200_877_592, 293_609_416, 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28'),
  nvidia('curand', '10.3.10.19', linux227, 68_295_626, 166_965_432, '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e'),
  nvidia('cusolver', '11.7.5.82', linux227, 338_117_415, 494_975_064, '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88'),
  nvidia('cusparse', '12.5.10.65', linux2014, 366_465_088, 486_556_368, '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78'),
  nvidia('nccl', '2.32.3', linux227, 351_526_311, 473_614_536, 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c'),
  nvidia('nvjitlink', '12.9.86', linux2010, 39_748_338, 95_935_344, 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9'),
];

/** The wheels for Linux, by kind of processor and variant; there are others that nobody has tried. */
// prettier-ignore
const wheels: { readonly [kind: string]: readonly Parcel[] } = {
  'x64 cpu': [tensorflow('tensorflow-cpu', 'x86_64', 273_829_956, 853_868_899, '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c')],
  'x64 cuda': [tensorflow('tensorflow', 'x86_64', 572_440_367, 1_259_581_043, '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124'), ...cuda],
  'arm64 cpu': [tensorflow('tensorflow', 'aarch64', 281_828_020, 883_622_171, '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c')],
};

/** What of the package `webgpu` a machine needs: its folder there, and the bytes that are kept. */
const addonsOfDawn: { readonly [kind: string]: readonly [folder: string, unpacked: number] } = {
  'linux x64': ['linux-x64', 21_531_756],
  'linux arm64': ['linux-arm64', 19_648_460],
  'darwin x64': ['darwin-universal', 21_886_452],
  'darwin arm64': ['darwin-universal', 21_886_452],
};

/** Dawn, and the kernels of TensorFlow.js for it, which are one file. */
const packagesOfWebgpu = (folder: string, unpacked: number): readonly Parcel[] => [
  {
    name: 'webgpu',
    version: webgpu.version,
    source: 'npm',
    file: `webgpu-${webgpu.version}.tgz`,
    size: 51_264_151,
    sha256: '77a6be6513b9f7c2e94425620ce603efb38cdc5d0393e1b31a1b0c8479330ffd',
    keeps: new RegExp(`^package/(index\\.js|package\\.json|LICENSE\\.md|dist/${folder}/[\\w.-]+)$`),
    unpacked,
    moves: ['package/', 'webgpu/'],
  },
  {
    ...backendOfWebgpu,
    source: 'npm',
    file: `tensorflow-tfjs-backend-webgpu-${backendOfWebgpu.version}.tgz`,
    size: 2_979_748,
    sha256: 'e60089ded350de2a7ec0b367bd44c62a516da312d69a84a3f2e1aa3bb31c97e6',
    keeps: /^package\/(package\.json|dist\/tf-backend-webgpu\.node\.js)$/,
    unpacked: 756_076,
    moves: ['package/', 'tfjs-backend-webgpu/'],
  },
];

type Glibc = readonly [major: number, minor: number];

/** Why the C library of a Linux does not do for what was built for this glibc; undefined if it does. */
const unfit = ({ platform, glibc }: Machine, least: Glibc): string | undefined => {
  if (platform !== 'linux') return undefined;
  if (glibc === undefined) return 'this Linux has another C library than glibc, such as musl';
  const [major = 0, minor = 0] = glibc.split('.').map(Number);
  const isOld = major < least[0] || (major === least[0] && minor < least[1]);
  return isOld ? `this Linux has glibc ${glibc}` : undefined;
};

/**
 * What a machine needs for TensorFlow that is called `by` this, in the order in which it is fetched, or why there is nothing
 * for it (E0711).
 */
export const parcelsForTensorflow = (
  machine: Machine,
  variant: Variant,
  by: Caller['by'],
): Either<Diagnostic, readonly Parcel[]> => {
  const { platform, arch } = machine;
  const where =
    'it can be on Linux with glibc 2.27 or later, on x64 and arm64; with `--cuda`, on x64';
  const refused = (why: string) => E.left(unsupported(library.title, why, where));
  if (platform !== 'linux') return refused(`this system is ${platform}`);
  const why = unfit(machine, [2, 27]);
  if (why !== undefined) return refused(why);
  const [own, found] = [koffi[arch], wheels[`${arch} ${variant}`]];
  if (own !== undefined && found !== undefined) return E.right([...callers[by], ...own, ...found]);
  const processor = `this processor is ${arch}`;
  return refused(variant === 'cpu' ? processor : `${processor}, and there are GPU builds for x64`);
};

/** The same for WebGPU. */
export const parcelsForWebgpu = (machine: Machine): Either<Diagnostic, readonly Parcel[]> => {
  const { platform, arch } = machine;
  const where =
    'it can be on Linux with glibc 2.34 or later and on macOS, on x64 and arm64; elsewhere add ' +
    `webgpu@${webgpu.version} and ${backendOfWebgpu.name}@${backendOfWebgpu.version} to a project that has netc as a dependency`;
  const refused = (why: string) => E.left(unsupported(webgpu.title, why, where));
  const why = unfit(machine, [2, 34]);
  if (why !== undefined) return refused(why);
  const found = addonsOfDawn[`${platform} ${arch}`];
  return found === undefined
    ? refused(`this machine is ${platform} ${arch}`)
    : E.right(packagesOfWebgpu(...found));
};
