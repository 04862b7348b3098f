/** What `netc doctor --install webgpu` installs, and where the packages are found then. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { install } from '../../../src/runtime/install/install.ts';
import { folderIn } from '../../../src/runtime/install/installed.ts';
import { webgpu, webgpuBuild } from '../../../src/runtime/install/product.ts';
import { uninstall } from '../../../src/runtime/install/uninstall.ts';
import { loadAsBeside } from '../../../src/runtime/node/packages.ts';
import { webgpuScripts } from '../../../src/runtime/node/webgpu.ts';
import { newWorld, npmPackage, type World } from './made.ts';

const dawn = npmPackage(
  'webgpu',
  { 'package/index.js': 'Dawn', 'package/build/run.js': 'exit' },
  /^package\/index\.js$/,
  'webgpu/',
);
const backend = npmPackage(
  'backend',
  { 'package/dist/tf-backend-webgpu.node.js': 'exports.a = 1;' },
  /^package\/dist\/tf-backend-webgpu\.node\.js$/,
  'tfjs-backend-webgpu/',
);

let world: World;
beforeEach(() => {
  world = newWorld([dawn, backend]);
  world.program('g++', undefined); // nothing is compiled
});
afterEach(() => world.remove());

const installed = async (): Promise<string> => {
  const outcome = await install(world.order({ build: webgpuBuild, by: undefined }));
  if (outcome === undefined || E.isLeft(outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.right.folder;
};

const noneBeside = (): undefined => undefined;

describe('WebGPU', () => {
  it('is two packages of npm, without a compiler', async () => {
    const folder = await installed();
    expect(folder).toBe(folderIn(world.cache, webgpuBuild));
    expect(webgpuScripts(world.cache, noneBeside)).toEqual(
      E.right({
        dawn: join(folder, 'webgpu/index.js'),
        backend: join(folder, 'tfjs-backend-webgpu/dist/tf-backend-webgpu.node.js'),
      }),
    );
    expect(readFileSync(join(folder, 'webgpu/index.js'), 'utf8')).toBe('Dawn');
    expect(world.calls().every((call) => /^npm pack \w+@1\.0\.0 /.test(call))).toBe(true);
  });

  it('is repaired where a file is cut, and said not to be whole before', async () => {
    const folder = await installed();
    writeFileSync(join(folder, 'webgpu/index.js'), 'D');
    expect(webgpuScripts(world.cache, noneBeside)).toEqual(
      E.left({
        reason: `what is installed in \`${folder}\` is damaged: \`webgpu/index.js\` is missing or cut`,
        remedy: 'netc doctor --install webgpu',
      }),
    );
    await installed();
    expect(E.isRight(webgpuScripts(world.cache, noneBeside))).toBe(true);
  });

  it('is removed', async () => {
    const folder = await installed();
    expect(await uninstall(world.cache, webgpu)).toMatchObject({ right: { folders: [folder] } });
    expect(webgpuScripts(world.cache, noneBeside)).toMatchObject({
      left: { reason: 'WebGPU is not installed' },
    });
  });

  it('of another version is named', () => {
    mkdirSync(join(world.cache, 'webgpu', '0.5.0'), { recursive: true });
    expect(webgpuScripts(world.cache, noneBeside)).toMatchObject({
      left: { reason: 'WebGPU 0.6.2 is not installed, only 0.5.0' },
    });
  });
});

describe('packages beside netc', () => {
  const folders = (name: string): E.Either<string, string> => E.right(`/project/${name}`);
  const other = (name: string): E.Either<string, string> => E.left(`${name} has version 0.5.0`);

  it('are taken', () => {
    expect(webgpuScripts(world.cache, folders)).toEqual(
      E.right({
        dawn: '/project/webgpu/index.js',
        backend: '/project/@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.node.js',
      }),
    );
  });

  it('of another version are named, and are no matter where netc has its own', async () => {
    expect(webgpuScripts(world.cache, other)).toEqual(
      E.left({ reason: 'webgpu has version 0.5.0', remedy: 'netc doctor --install webgpu' }),
    );
    const folder = await installed();
    expect(webgpuScripts(world.cache, other)).toMatchObject({
      right: { dawn: join(folder, 'webgpu/index.js') },
    });
  });
});

describe('a script outside of netc', () => {
  it('gets the packages that netc has', () => {
    const path = join(world.folder, 'script.js');
    const body = "module.exports = require('@tensorflow/tfjs-core').version_core;";
    writeFileSync(path, body);
    expect(loadAsBeside(path)).toBe('4.22.0');
    rmSync(path);
  });
});
