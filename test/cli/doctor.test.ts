/** What `netc doctor` does beside looking: nothing here needs a network. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { netc, newFolder, removeFolder } from './session.ts';

const before = { ...process.env };
let folder: string;
beforeEach(() => {
  folder = newFolder({});
  process.env['NETC_CACHE'] = join(folder, 'cache');
});
afterEach(() => {
  for (const name of ['NETC_CACHE', 'NETC_PACKAGE_INDEX', 'PATH', 'CXX'])
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  removeFolder(folder);
});

/** An installation that was not finished. */
const begin = (): void => {
  const at = join(folder, 'cache', 'tensorflow', '2.21.0-cpu');
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'a'), 'six bytes or more');
};

describe('netc doctor', () => {
  it('says that TensorFlow is not installed, and how it would be', async () => {
    const { out } = await netc(folder, 'doctor');
    expect(out).toMatch(/^libtensorflow +not usable +TensorFlow is not installed$/m);
    expect(out).toMatch(/^ {2}(\w+, )*libtensorflow: netc doctor --install tensorflow$/m);
  });

  it('says that an installation was not finished', async () => {
    begin();
    const { out } = await netc(folder, 'doctor', '--json');
    expect(JSON.parse(out).library).toMatchObject({
      usable: false,
      reason: `what is installed in \`${folder}/cache/tensorflow/2.21.0-cpu\` was not finished`,
      remedy: 'netc doctor --install tensorflow',
    });
  });

  it.runIf(process.platform === 'linux')('needs npm to install, and makes nothing', async () => {
    process.env['PATH'] = join(folder, 'nothing');
    delete process.env['CXX'];
    const { code, out, err } = await netc(folder, 'doctor', '--install', 'tensorflow');
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain('error[E0712]: npm is not found');
    expect(readdirSync(join(folder, 'cache', 'tensorflow'))).toEqual([]);
  });

  it('wants the address of an index to be one', async () => {
    process.env['NETC_PACKAGE_INDEX'] = 'somewhere';
    const { code, err } = await netc(folder, 'doctor', '--install', 'tensorflow');
    expect(code).toBe(2);
    expect(err).toBe('error: NETC_PACKAGE_INDEX is to be an address, and it is `somewhere`\n');
  });

  it('removes what it installed', async () => {
    begin();
    const { code, out } = await netc(folder, 'doctor', '--uninstall', 'tensorflow');
    expect(code).toBe(0);
    expect(out).toBe(`removed ${folder}/cache/tensorflow/2.21.0-cpu\n17 B are free again\n`);
    const again = await netc(folder, 'doctor', '--uninstall', 'tensorflow');
    expect(again).toEqual({
      ...{ code: 0, err: '' },
      out: `TensorFlow is not installed in ${folder}/cache\n`,
    });
  });
});
