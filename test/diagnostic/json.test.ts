import { expect, it } from 'vitest';
import { error, replace } from '../../src/diagnostic/diagnostic.ts';
import { jsonDiagnostics } from '../../src/diagnostic/machine/json.ts';
import { tally } from '../../src/diagnostic/order.ts';
import { span, startOf } from '../../src/syntax/source.ts';

const path = 'a.net';
const text = '-- 🙂\r\n  🙂 maxpol\n';
const start = text.indexOf('maxpol');
const place = span(path, start, start + 6);

it('gives positions as LSP does: from zero, in UTF-16 code units', () => {
  const d = error('E0301', place, 'unknown name `maxpol`', {
    label: 'not declared',
    labels: [{ span: span(path, 0, 2), message: 'a comment' }],
    notes: ['names are case-sensitive'],
    fixes: [replace('write `maxpool`', place, 'maxpool')],
  });
  const range = { start: { line: 1, character: 5 }, end: { line: 1, character: 11 } };
  expect(jsonDiagnostics([d], new Map([[path, { path, text }]]))).toEqual([
    {
      code: 'E0301',
      severity: 'error',
      message: 'unknown name `maxpol`',
      file: path,
      range,
      label: 'not declared',
      related: [
        {
          message: 'a comment',
          file: path,
          range: { start: { line: 0, character: 0 }, end: { line: 0, character: 2 } },
        },
      ],
      notes: ['names are case-sensitive'],
      fixes: [
        {
          title: 'write `maxpool`',
          applicability: 'likely',
          edits: [{ file: path, range, newText: 'maxpool' }],
        },
      ],
    },
  ]);
});

it('orders by file and position, whatever order they were found in', () => {
  const found = [
    error('E0302', place, 'later'),
    error('E0301', span(path, 0, 1), 'earlier'),
    error('E0001', startOf('Z.net'), 'first: capitals sort before'),
  ];
  const codes = (list: typeof found) => jsonDiagnostics(list, new Map()).map((d) => d.code);
  expect(codes(found)).toEqual(['E0001', 'E0301', 'E0302']);
  expect(codes(found.toReversed())).toEqual(['E0001', 'E0301', 'E0302']);
});

it('counts them in words', () => {
  const e = error('E0301', place, '');
  const w = { ...e, severity: 'warning' as const };
  const h = { ...e, severity: 'hint' as const };
  expect([tally([]), tally([e]), tally([e, e, w]), tally([e, w, w, h])]).toEqual([
    '',
    '1 error',
    '2 errors and 1 warning',
    '1 error, 2 warnings and 1 hint',
  ]);
});
