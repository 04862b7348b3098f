import { describe, expect, it } from 'vitest';
import { exitFor } from '../../src/cli/host/exit.ts';
import { columnsOf } from '../../src/cli/host/io.ts';
import { bytes, thousands, plural, short } from '../../src/numeric/figures.ts';
import { columns, fitted, ruled } from '../../src/report/table.ts';
import { largest } from '../../src/numeric/largest.ts';
import { showTop } from '../../src/report/top-classes.ts';
import { readable } from '../../src/manual/markdown.ts';
import { showHealth, type Health } from '../../src/cli/commands/doctor.ts';
import { toldText } from '../../src/cli/commands/doctor-install.ts';
import { showWeights } from '../../src/cli/commands/weights-show.ts';
import type { Parcel } from '../../src/runtime/install/catalogue.ts';
import { tensorflowBuild } from '../../src/runtime/install/product.ts';
import type { Told } from '../../src/runtime/install/order.ts';
import { error, warning } from '../../src/diagnostic/diagnostic.ts';
import { paint } from '../../src/diagnostic/terminal/paint.ts';
import { startOf } from '../../src/syntax/source.ts';
import type { Code } from '../../src/diagnostic/codes.ts';

describe('numbers', () => {
  it.each([
    [0, '0', '0', '0 B'],
    [999, '999', '999', '999 B'],
    [1000, '1,000', '1 k', '1000 B'],
    [999_999, '999,999', '1 M', '976.6 KiB'],
    [1024 ** 2 - 1, '1,048,575', '1.049 M', '1 MiB'],
    [138_357_544, '138,357,544', '138.4 M', '131.9 MiB'],
    [15_470_264_320, '15,470,264,320', '15.47 G', '14.41 GiB'],
  ])('%i', (n, inGroups, inShort, inBytes) => {
    expect([thousands(n), short(n), bytes(n)]).toEqual([inGroups, inShort, inBytes]);
  });

  it('have the right number', () => {
    expect([plural(1, 'net'), plural(0, 'net'), plural(2, 'layer')]).toEqual([
      '1 net',
      '0 nets',
      '2 layers',
    ]);
  });
});

describe('tables', () => {
  it('line up by cells, not by code units', () => {
    expect(columns([['日本', '1'], ['a', '10'], ['é']], ['left', 'right'])).toEqual([
      '日本   1',
      'a     10',
      'é',
    ]);
  });

  it('may have more rows than a call has arguments', () => {
    const rows = Array.from({ length: 300_000 }, (_, i) => [String(i), 'x']);
    expect(ruled(rows)).toHaveLength(300_001);
  });

  it('have a rule under their head, and let nothing act on the terminal', () => {
    expect(
      ruled([
        ['net', 'n'],
        ['\u001b[2J', '1'],
      ]),
    ).toEqual(['net   n', '───────', '␛[2J  1']);
  });
});

describe('the columns there are', () => {
  it.each([
    ['of the terminal', 120, { COLUMNS: '80' }, 120],
    ['that are asked for', undefined, { COLUMNS: '80' }, 80],
    ['without limit', undefined, {}, undefined],
    ['without limit where the number is none', undefined, { COLUMNS: 'wide' }, undefined],
    ['without limit where none would fit', undefined, { COLUMNS: '3' }, undefined],
    ['without limit where a terminal has none', 0, {}, undefined],
  ])('%s', (_, terminal, env, columns) => {
    expect(columnsOf(terminal, env)).toBe(columns);
  });
});

describe('a table that is too wide', () => {
  const rows = [
    ['name', 'a', 'b'],
    ['an odd name', '1', '2'],
  ];
  const at = (width: number) => fitted(rows, [], ['b', 'a'], width);

  it('does without columns, in their order', () => {
    expect(at(17).leftOut).toEqual([]);
    expect(at(16).leftOut).toEqual(['b']);
    expect(at(13).leftOut).toEqual(['b', 'a']);
    expect(at(11).table).toEqual(['name', '───────────', 'an odd name']);
  });

  it('keeps a narrow column when a wide one behind it has gone', () => {
    const rows = [
      ['name', 'b', 'a'],
      ['x', '2', 'a wide cell'],
    ];
    expect(fitted(rows, [], ['b', 'a'], 10).table).toEqual(['name  b', '───────', 'x     2']);
  });

  it('cuts its names at last', () => {
    expect(at(8).table).toEqual(['name', '────────', 'an odd …']);
  });
});

describe('exit codes', () => {
  const of = (...codes: readonly Code[]) => codes.map((c) => error(c, startOf('a.net'), ''));
  it.each<readonly [readonly Code[], boolean, number]>([
    [[], false, 0],
    [['E0301'], false, 1],
    [['E0316'], true, 2],
    [['E0316'], false, 1],
    [['E0701'], true, 3],
    [['E0509'], false, 3],
    [['E0511'], false, 2],
    [['E0701', 'E0301'], false, 1],
  ])('%j (typed: %s) → %i', (codes, typed, exit) => {
    expect(exitFor(of(...codes), typed)).toBe(exit);
  });

  it('takes no warning for an error', () => {
    expect(exitFor([warning('W0109', startOf('a.net'), '')])).toBe(0);
  });
});

describe('texts', () => {
  it('top classes: the largest first, of equals the first, NaN last', () => {
    const row = Float32Array.from([0.1, NaN, 0.5, 0.5, 0]);
    expect(largest(row, 9).map((g) => g.index)).toEqual([2, 3, 0, 4, 1]);
    expect(showTop({ shape: [2, 2], data: Float32Array.from([1, 2, 4, 3]) }, 1)).toBe(
      [
        ['image 1', 'class    value', '    1  2.00000', ''],
        ['image 2', 'class    value', '    0  4.00000', ''],
      ]
        .map((l) => l.join('\n'))
        .join('\n'),
    );
  });

  it('a page of a code', () => {
    const shown = (page: string, width: number) => readable(page, paint(false), width);
    expect(shown('# E0301: x\n\nText.\n\n```net\nnet N\n\n  relu\n```\n', 80)).toBe(
      'E0301: x\n\nText.\n\n    net N\n\n      relu\n',
    );
    const page =
      'One two three\nfour five.\n## Six\nSeven\n- eight\n  nine\n- ten\n\n```\na b\nc\n```\n';
    expect(shown(page, 14).split('\n')).toEqual([
      ...['One two three', 'four five.', 'Six', 'Seven', '- eight nine', '- ten', ''],
      ...['    a b', '    c', ''],
    ]);
  });

  it('a weight file', () => {
    const tensor = (name: string, shape: readonly number[], begin: number, end: number) =>
      [name, { name, dtype: 'F32' as const, shape, begin, end }] as const;
    const tensors = new Map([
      tensor('N/conv1/kernel', [3, 3, 3, 64], 0, 6912),
      tensor('N/conv1/bias', [64], 6912, 7168),
    ]);
    expect(`\n${showWeights({ tensors, metadata: new Map([['netc.input', '{}']]) })}`)
      .toMatchInlineSnapshot(`
      "
      weight          shape          format  numbers
      ──────────────────────────────────────────────
      N/conv1/kernel  [3, 3, 3, 64]  F32       1,728
      N/conv1/bias    [64]           F32          64

      2 weights, 1,792 numbers, 7 KiB
      netc.input: {}
      "
    `);
  });

  it('the steps of an installation', () => {
    const parcel: Parcel = {
      ...{ name: 'tensorflow-cpu', version: '2.21.0', source: 'wheel', file: 'x.whl', sha256: '' },
      ...{ size: 273_829_956, unpacked: 853_868_899, keeps: /x/, moves: ['', ''] },
    };
    const place = { step: 3, of: 4 };
    const told: readonly Told[] = [
      {
        ...{ tag: 'plan', build: tensorflowBuild('cuda'), folder: '/cache/tensorflow/2.21.0-cuda' },
        ...{ fetched: 4e9, unpacked: 6e9, free: 7e10 },
      },
      { tag: 'there already', parcel, place },
      { tag: 'parcel', parcel, place, by: 'pip' },
      { tag: 'progress', what: 'fetched', done: 5e7, of: parcel.size },
      { tag: 'addon', place: { step: 4, of: 4 }, compiler: 'g++ (Debian) 12.2.0' },
    ];
    expect(`\n${told.map((one) => toldText(one).trimEnd()).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      TensorFlow 2.21.0 for NVIDIA GPUs goes into /cache/tensorflow/2.21.0-cuda
      to fetch: 3.725 GiB, then on the disk: 5.588 GiB, free there: 65.19 GiB
      3/4 tensorflow-cpu 2.21.0: there already
      3/4 tensorflow-cpu 2.21.0: 261.1 MiB from pip, unpacked 814.3 MiB
          fetched 47.68 MiB of 261.1 MiB, 18 %
      4/4 the addon, built by g++ (Debian) 12.2.0
      "
    `);
  });

  it('the health of an installation', () => {
    const health: Health = {
      netc: '1.0.0',
      node: '20.20.0',
      platform: 'linux x64',
      engines: [
        { name: 'wasm', doc: 'always there', usable: true, version: 'wasm 4' },
        {
          name: 'webgpu',
          doc: 'any GPU',
          usable: false,
          reason: 'webgpu is not installed',
          remedy: 'npm install webgpu',
        },
      ],
      auto: {
        ...{ takes: 'wasm', on: '2 threads' },
        instead: [{ name: 'webgpu', reason: 'webgpu is not installed' }],
      },
      pictures: { name: 'sharp', doc: 'reads pictures', usable: true, version: 'sharp' },
      library: {
        ...{ name: 'lib', doc: 'in C++', usable: false },
        ...{ reason: 'it is not installed', remedy: 'npm install webgpu' },
      },
    };
    expect(`\n${showHealth(health, paint(false))}`).toMatchInlineSnapshot(`
      "
      netc 1.0.0, node 20.20.0, linux x64

      wasm    usable      wasm 4
        always there
      webgpu  not usable  webgpu is not installed
        any GPU
      sharp   usable      sharp
        reads pictures
      lib     not usable  it is not installed
        in C++

      \`netc run\` takes wasm unless --engine says otherwise
      \`--engine auto\` takes wasm, 2 threads; not webgpu: webgpu is not installed

      to enable
        webgpu, lib: npm install webgpu
      "
    `);
  });
});
