/** Options of every command that rewrites nets: `passes.ts` finds the passes, `rewrites.ts` reports what they did. */
export const rewriting = {
  pass: {
    kind: 'list',
    value: 'PASS',
    doc: 'a rewrite pass; FILE.net is all passes of a file, FILE.net:PASS one; applied in the order given',
  },
  defaultPasses: {
    kind: 'on',
    doc: 'apply only the passes given, not the default passes for inference',
  },
  trace: {
    kind: 'choice',
    value: 'WHAT',
    choices: ['rewrite'],
    doc: 'report every rule that was applied, and where',
  },
} as const;
