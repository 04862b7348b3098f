/** Options that several commands take. */
import { phases, type PhaseName } from '../phase.ts';

export const time = {
  kind: 'flag',
  doc: 'print how long each phase took, and how much it made',
} as const;
const isPhaseName = (text: string): text is PhaseName => text in phases;
export const phaseNames: readonly PhaseName[] = Object.keys(phases).filter(isPhaseName);
export const json = { kind: 'flag', doc: 'print JSON to stdout' } as const;
export const net = { kind: 'text', value: 'NET', doc: 'the net to take' } as const;
export const classes = {
  kind: 'text',
  value: 'FILE',
  doc: 'a file of class names, one a line, to store with the weights',
} as const;
export const input = {
  kind: 'extent',
  value: 'HxW',
  doc: 'the size of the image, such as 256x192; 256 is 256x256',
} as const;

export const outputs = {
  kind: 'choice',
  value: 'WHICH',
  choices: ['all', 'main'],
  doc: 'the outputs to make: all (unless given), or `main`, without those that `also` adds',
} as const;

export const weightsIn = {
  kind: 'text',
  value: 'FILE',
  required: true,
  doc: 'safetensors of this net',
} as const;
export const weightsOut = {
  kind: 'text',
  letter: 'o',
  value: 'FILE',
  required: true,
  doc: 'the safetensors file to write',
} as const;

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

export const diagramDepth = {
  kind: 'count',
  value: 'N',
  least: 1,
  doc: 'open so many levels of folders; as many as stay readable unless given',
} as const;
