import { describe, expect, test } from 'vitest';
import { diagnosticsOf } from '../../src/diagnostic/checked.ts';
import { operatorWords } from '../../src/ops/words.ts';
import { parse } from '../../src/parser/parse.ts';
import { updating } from '../golden.ts';
import { applied, caseFiles, expectCases, outcomeOf, readCases } from './cases.ts';

describe.each(caseFiles())('%s', (name) => {
  const cases = readCases(name);
  test.skipIf(updating).each(cases.map((c) => [c.title, c] as const))(
    '%s',
    (_, { source, outcome }) => {
      expect(outcomeOf(source)).toBe(outcome);
    },
  );

  test('holds its cases and nothing else', () => expectCases(name, cases));
});

test('a fix that is certain mends its fault', () => {
  for (const name of caseFiles())
    for (const { source } of readCases(name)) {
      const before = diagnosticsOf(parse({ path: 'case.net', text: source }, operatorWords));
      for (const diagnostic of before)
        diagnostic.fixes.forEach((fix, i) => {
          if (fix.applicability !== 'certain') return;
          const after = parse(
            { path: 'case.net', text: applied(source, diagnostic, i) },
            operatorWords,
          );
          expect(diagnosticsOf(after).length, diagnostic.message).toBeLessThan(before.length);
        });
    }
});
