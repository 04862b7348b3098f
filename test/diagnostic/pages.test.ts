import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/check.ts';
import { diagnosticsOf } from '../../src/diagnostic/checked.ts';
import { codes, type Code } from '../../src/diagnostic/codes.ts';
import { renderDiagnostics } from '../../src/diagnostic/terminal/render.ts';
import { defaultLimits } from '../../src/diagnostic/limits.ts';
import { expectGolden } from '../golden.ts';
import { inMemory, readPage, sourcesOf, withOutput, type Programs } from './page.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const pageOf = (code: string): string => join(root, 'docs', 'errors', `${code}.md`);

/** Codes that no source on a page triggers, and the test that does. */
const elsewhere: { readonly [code in Code]?: string } = {
  E0002: 'test/cli/faults.test.ts',
  E0003: 'below',
  E0006: 'below',
  E0008: 'test/cli/faults.test.ts',
  E0104: 'below',
  E0316: 'test/cli/sessions/usage.txt',
  E0403: 'below',
  E0501: 'test/cli/faults.test.ts',
  E0502: 'test/cli/faults.test.ts',
  E0503: 'test/cli/faults.test.ts',
  E0504: 'test/cli/faults.test.ts',
  E0505: 'test/cli/faults.test.ts',
  E0506: 'test/cli/faults.test.ts',
  E0507: 'test/runtime/picture.test.ts',
  E0508: 'test/cli/faults.test.ts',
  E0509: 'test/cli/faults.test.ts',
  E0510: 'test/runtime/safetensors.test.ts',
  E0511: 'test/cli/guarded.test.ts',
  E0520: 'test/cli/labels.test.ts',
  E0521: 'test/cli/labels.test.ts',
  E0522: 'test/cli/sessions/weights-of-pytorch-faults.txt',
  E0523: 'test/cli/sessions/weights-of-pytorch-faults.txt',
  E0524: 'test/cli/transfer.test.ts',
  E0701: 'test/cli/faults.test.ts',
  E0702: 'test/runtime/picture.test.ts',
  E0703: 'test/cli/faults.test.ts',
  E0704: 'test/runtime/failing.test.ts',
  E0706: 'test/cli/workers.test.ts',
  E0707: 'test/cli/workers.test.ts',
  E0711: 'test/runtime/install/catalogue.test.ts',
  E0712: 'test/cli/doctor.test.ts',
  E0713: 'test/runtime/install/install.test.ts',
  E0714: 'test/runtime/install/install.test.ts',
  E0715: 'test/runtime/install/__snapshots__/install.test.ts.snap',
  E0716: 'test/runtime/install/install.test.ts',
  E0801: 'test/cli/faults.test.ts',
  E0820: 'test/rewrite/planted.test.ts',
  W0821: 'test/rewrite/rules.test.ts',
  E0901: 'test/runtime/dataset/bad-data.test.ts',
  E0902: 'test/runtime/dataset/bad-data.test.ts',
  E0903: 'test/runtime/dataset/bad-data.test.ts',
  E0904: 'test/runtime/dataset/bad-data.test.ts',
  E0905: 'test/runtime/dataset/bad-data.test.ts',
  E0906: 'test/runtime/dataset/bad-data.test.ts',
  E0907: 'test/runtime/dataset/bad-data.test.ts',
  E0908: 'test/runtime/dataset/bad-data.test.ts',
  E0909: 'test/runtime/dataset/loader.test.ts',
  E0910: 'test/runtime/dataset/bad-data.test.ts',
  E0911: 'test/runtime/dataset/bad-data.test.ts',
  E0912: 'test/runtime/dataset/bad-data.test.ts',
  E0913: 'test/runtime/dataset/loader.test.ts',
  E0914: 'test/runtime/dataset/bad-data.test.ts',
  W0941: 'test/runtime/runs/faults.test.ts',
  E0942: 'test/runtime/runs/faults.test.ts',
  E0943: 'test/runtime/runs/run.test.ts',
  E0944: 'test/runtime/runs/run.test.ts',
  E0945: 'test/runtime/runs/run.test.ts',
  W0946: 'test/runtime/runs/faults.test.ts',
  E0947: 'test/runtime/runs/run.test.ts',
  W0948: 'test/runtime/runs/faults.test.ts',
  E0961: 'test/cli/train.test.ts',
  W0962: 'test/cli/train.test.ts',
  E0963: 'test/cli/not-finite.test.ts',
  E0964: 'test/cli/train.test.ts',
  E0965: 'test/cli/train.test.ts',
  E0966: 'test/cli/train.test.ts',
  E0949: 'test/runtime/runs/run.test.ts',
  E0950: 'test/cli/sessions/runs.txt',
  E0951: 'test/cli/sessions/runs.txt',
  W0954: 'test/cli/sessions/runs.txt',
  W0957: 'test/runtime/runs/run.test.ts',
  E0956: 'test/cli/init-from.test.ts',
  E0952: 'test/cli/init-from.test.ts',
};

/**
 * Pages whose program is told of a second time, by another code. One mistake is to give one message, so
 * this table is to become empty.
 */
const echoes: { readonly [code in Code]?: readonly string[] } = {
  E0108: ['E0302'],
};

const codesIn = (programs: Programs, entry: string): readonly string[] =>
  diagnosticsOf(analyse(inMemory(programs), entry)).map((d) => d.code);

const isCode = (name: string): name is Code => Object.hasOwn(codes, name);
const all = Object.keys(codes).filter(isCode);

describe('the pages of the codes', () => {
  it('are there for every code, and for no other', () => {
    const pages = readdirSync(dirname(pageOf('E0001'))).filter((f) => f.endsWith('.md'));
    expect(pages.map((f) => f.replace('.md', '')).sort()).toEqual([...all].sort());
  });

  it.each(all)('%s begins with its title and says how to mend it', (code) => {
    const text = readFileSync(pageOf(code), 'utf8');
    expect(text.split('\n')[0]).toBe(`# ${code}: ${codes[code]}`);
    expect(text).toContain('\n## How to mend it\n');
  });

  it.each(Object.entries(elsewhere))('%s is tested in %s', (code, where) => {
    const file = where === 'below' ? fileURLToPath(import.meta.url) : join(root, where);
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain(code);
  });

  it.each(all.filter((code) => !(code in elsewhere)))(
    '%s shows a program, what is said of it, and how it is mended',
    (code) => {
      const text = readFileSync(pageOf(code), 'utf8');
      const { broken, mended } = readPage(text, code);
      const [entry] = broken.keys();
      expect(entry, 'a program in a block of ```net').toBeDefined();
      const found = diagnosticsOf(analyse(inMemory(broken), entry!));
      const said = new Set<string>(found.map((d) => d.code));
      expect([...said].sort()).toEqual([code, ...(echoes[code] ?? [])].sort());
      const output = renderDiagnostics(found, sourcesOf(broken), { colour: false, width: 100 });
      expectGolden(pageOf(code), withOutput(text, output));
      expect(codesIn(mended, entry!)).toEqual([]);
    },
  );
});

describe('programs too large for a page', () => {
  const net = (body: string): string => `net N : [8, 8, 3] -> _ { ${body} }\n`;
  const big = `-- ${'x'.repeat(2 ** 20)}\n`;

  it('E0003: many files of 1 MiB', () => {
    const parts = Array.from({ length: 17 }, (_, i) => [`${i}.net`, big] as const);
    const entry = `${parts.map(([name]) => `import "${name}"\n`).join('')}${net('relu')}`;
    const said = codesIn(new Map([['a.net', entry], ...parts]), 'a.net');
    expect(new Set(said)).toEqual(new Set(['E0003']));
  });

  it('E0006: a long chain of imports', () => {
    const chain = Array.from(
      { length: 40 },
      (_, i) => [`${i}.net`, i < 39 ? `import "${i + 1}.net"\n` : ''] as const,
    );
    expect(codesIn(new Map(chain), '0.net')).toEqual(['E0006']);
  });

  it('E0006: many imports', () => {
    const names = Array.from({ length: 300 }, (_, i) => `${i}.net`);
    const entry = names.map((name) => `import "${name}"\n`).join('');
    const files = new Map([['a.net', entry], ...names.map((n) => [n, ''] as const)]);
    expect(new Set(codesIn(files, 'a.net'))).toEqual(new Set(['E0006']));
  });

  it('E0104: brackets in brackets', () => {
    const deep = net(`${'('.repeat(300)}relu${')'.repeat(300)}`);
    expect(codesIn(new Map([['a.net', deep]]), 'a.net')).toEqual(['E0104']);
  });

  it('E0403: no steps at all', () => {
    const options = { asserts: true, limits: { ...defaultLimits, steps: 0 } };
    const files = inMemory(new Map([['a.net', net('relu; relu')]]));
    expect(diagnosticsOf(analyse(files, 'a.net', options)).map((d) => d.code)).toEqual(['E0403']);
  });
});
