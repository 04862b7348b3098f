import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { verify } from '../../src/rewrite/verify/verify.ts';
import { fileText, passesIn, sound } from './nets.ts';

const files = readdirSync(new URL('../../passes/', import.meta.url)).filter((f) =>
  f.endsWith('.net'),
);

const instances = process.env['NETC_DEEP'] === undefined ? 50 : 1000;

describe.each(files)('%s', (file) => {
  const passes = sound(passesIn(fileText(`passes/${file}`), `passes/${file}`));
  test.each(passes.map((p) => [p.name, p] as const))('%s holds', (_, pass) => {
    const reports = verify(pass, { instances });
    for (const r of reports) {
      if (process.env['SHOW']) console.log(r.pass, r.rule, r.made, r.fired);
      expect(
        r.found.map((d) => [d.message, d.primary.message, ...d.notes].join('\n')),
        r.rule,
      ).toEqual([]);
      expect(r.fired, r.rule).toBeGreaterThanOrEqual(instances);
    }
  });
});
