import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import {
  parcelsForTensorflow,
  parcelsForWebgpu,
  type Parcel,
} from '../../../src/runtime/install/catalogue.ts';
import { thisMachine, type Machine } from '../../../src/runtime/install/machine.ts';
import type { Caller } from '../../../src/runtime/engines/host.ts';
import type { Variant } from '../../../src/runtime/install/product.ts';

const debian: Machine = { platform: 'linux', arch: 'x64', glibc: '2.36' };

const parcels = (
  machine: Machine,
  variant: Variant,
  by: Caller['by'] = 'addon',
): readonly Parcel[] => {
  const found = parcelsForTensorflow(machine, variant, by);
  if (E.isLeft(found)) throw new Error(found.left.message);
  return found.right;
};

const namesOf = (machine: Machine, variant: Variant, by?: Caller['by']): readonly string[] =>
  parcels(machine, variant, by).map(({ name, version }) => `${name} ${version}`);

const supported: readonly (readonly [Machine, Variant])[] = [
  [debian, 'cpu'],
  [debian, 'cuda'],
  [{ ...debian, arch: 'arm64' }, 'cpu'],
];

describe('what is fetched', () => {
  const addon = ['@tensorflow/tfjs-node-gpu 4.22.0', 'node-api-headers 1.9.0'];
  const koffi = ['koffi 3.3.4', '@koromix/koffi-linux-x64 3.3.4'];

  it('is one wheel for a processor', () => {
    expect(namesOf(debian, 'cpu')).toEqual([...addon, ...koffi, 'tensorflow-cpu 2.21.0']);
    expect(namesOf({ ...debian, arch: 'arm64' }, 'cpu')).toEqual([
      ...[...addon, koffi[0], '@koromix/koffi-linux-arm64 3.3.4'],
      'tensorflow 2.21.0',
    ]);
  });

  it('is koffi alone where no compiler is', () => {
    expect(namesOf(debian, 'cpu', 'koffi')).toEqual([...koffi, 'tensorflow-cpu 2.21.0']);
    expect(namesOf({ ...debian, arch: 'arm64' }, 'cpu', 'koffi')[1]).toContain('arm64');
  });

  it('is thirteen wheels for GPUs', () => {
    const all = namesOf(debian, 'cuda');
    expect(all.slice(0, 5)).toEqual([...addon, ...koffi, 'tensorflow 2.21.0']);
    expect(all).toHaveLength(17);
  });

  it.each(supported)('is pinned for %o, %s', (machine, variant) => {
    const all = parcels(machine, variant);
    for (const { name, version, file, sha256, size, unpacked } of all) {
      expect(sha256, file).toMatch(/^[0-9a-f]{64}$/);
      expect(file).toContain(version);
      expect(file.replaceAll('_', '-')).toContain(name.replace('@', '').replace('/', '-'));
      expect(Math.min(size, unpacked)).toBeGreaterThan(10_000);
    }
    expect(new Set(all.map(({ sha256 }) => sha256)).size).toBe(all.length);
  });

  const [binding, headers, , , tensorflow, cublas] = parcels(debian, 'cuda');

  it.each<readonly [what: Parcel, keeps: readonly string[], leaves: readonly string[]]>([
    [
      binding!,
      ['package/binding/tfjs_backend.cc', 'package/binding/utils.h'],
      ['package/scripts/install.js', 'package/binding.gyp', 'package/binding/../x.cc'],
    ],
    [headers!, ['package/include/node_api.h'], ['package/lib/x.lib', 'package/index.js']],
    [
      tensorflow!,
      [
        'tensorflow/libtensorflow_cc.so.2',
        'tensorflow/libtensorflow_framework.so.2',
        'tensorflow/include/tensorflow/c/c_api.h',
        'tensorflow/include/tensorflow/c/eager/c_api.h',
        'tensorflow/include/tensorflow/core/platform/ctstring_internal.h',
        'tensorflow/include/tsl/platform/ctstring.h',
        'tensorflow/include/xla/tsl/c/tsl_status.h',
      ],
      [
        'tensorflow/include/tensorflow/core/graph.h',
        'tensorflow/include/xla/tsl/concurrency/x.h',
        'tensorflow/python/_pywrap.so',
        'tensorflow/__init__.py',
        'other/libtensorflow_cc.so.2',
      ],
    ],
    [
      cublas!,
      [
        'nvidia/cublas/lib/libcublas.so.12',
        'nvidia/cuda_nvcc/bin/ptxas',
        'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc',
        'nvidia/cuda_nvcc/nvvm/lib64/libnvvm.so',
        'nvidia/cuda_nvrtc/lib/libnvrtc-builtins.so.12.9',
      ],
      ['nvidia/cublas/include/cublas.h', 'nvidia/cuda_runtime/lib/libcudart_static.a'],
    ],
  ])('is not all kept', ({ keeps }, kept, left) => {
    expect(kept.filter((name) => !keeps.test(name))).toEqual([]);
    expect(left.filter((name) => keeps.test(name))).toEqual([]);
  });
});

describe('what is fetched for WebGPU', () => {
  const packages = (machine: Machine): readonly Parcel[] => {
    const found = parcelsForWebgpu(machine);
    if (E.isLeft(found)) throw new Error(found.left.message);
    return found.right;
  };

  it.each<Machine>([
    debian,
    { ...debian, arch: 'arm64' },
    { platform: 'darwin', arch: 'arm64', glibc: undefined },
  ])('is two packages, pinned, for %o', (machine) => {
    const [dawn, backend] = packages(machine);
    expect([dawn!.name, dawn!.version]).toEqual(['webgpu', '0.6.2']);
    expect([backend!.name, backend!.version]).toEqual([
      '@tensorflow/tfjs-backend-webgpu',
      '4.22.0',
    ]);
    for (const { sha256 } of [dawn!, backend!]) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is the addon of one kind of machine', () => {
    const [{ keeps }] = packages(debian) as [Parcel];
    for (const kept of ['index.js', 'package.json', 'LICENSE.md', 'dist/linux-x64/dawn.node'])
      expect(keeps.test(`package/${kept}`), kept).toBe(true);
    for (const left of ['build/run-cts.js', 'dist/linux-arm64/dawn.node', 'dist/linux-x64/a/b'])
      expect(keeps.test(`package/${left}`), left).toBe(false);
  });

  it.each<readonly [Machine, string]>([
    [{ ...debian, glibc: '2.31' }, 'this Linux has glibc 2.31'],
    [{ ...debian, glibc: undefined }, 'this Linux has another C library'],
    [{ platform: 'win32', arch: 'x64', glibc: undefined }, 'this machine is win32 x64'],
    [{ ...debian, arch: 'ppc64' }, 'this machine is linux ppc64'],
  ])('is nothing for %o', (machine, says) => {
    const found = parcelsForWebgpu(machine);
    if (E.isRight(found)) throw new Error('it has');
    expect(found.left.code).toBe('E0711');
    expect(found.left.message).toContain(`WebGPU cannot be installed here: ${says}`);
    expect(found.left.notes[0]).toContain(
      'webgpu@0.6.2 and @tensorflow/tfjs-backend-webgpu@4.22.0',
    );
  });
});

describe('a machine', () => {
  it.each<readonly [machine: Machine, variant: Variant, says: string]>([
    [{ ...debian, platform: 'darwin', glibc: undefined }, 'cpu', 'this system is darwin'],
    [{ ...debian, platform: 'win32', glibc: undefined }, 'cpu', 'this system is win32'],
    [{ ...debian, glibc: undefined }, 'cpu', 'another C library than glibc, such as musl'],
    [{ ...debian, glibc: '2.26' }, 'cpu', 'this Linux has glibc 2.26'],
    [{ ...debian, glibc: '2.9' }, 'cpu', 'this Linux has glibc 2.9'],
    [{ ...debian, arch: 'ppc64' }, 'cpu', 'this processor is ppc64'],
    [
      { ...debian, arch: 'arm64' },
      'cuda',
      'this processor is arm64, and there are GPU builds for x64',
    ],
  ])('%o, %s, has none', (machine, variant, says) => {
    const found = parcelsForTensorflow(machine, variant, 'addon');
    if (E.isRight(found)) throw new Error('it has');
    expect(found.left.code).toBe('E0711');
    expect(found.left.message).toContain(says);
  });

  it.each(['2.27', '2.41', '3.0'])('with glibc %s has one', (glibc) => {
    expect(E.isRight(parcelsForTensorflow({ ...debian, glibc }, 'cpu', 'addon'))).toBe(true);
  });

  it('is known', () => {
    const { platform, arch, glibc } = thisMachine();
    expect([platform, arch]).toEqual([process.platform, process.arch]);
    if (glibc !== undefined) expect(glibc).toMatch(/^\d+\.\d+$/);
  });
});
