/** Options that several commands have. */
import { phases, type PhaseName } from '../phase.ts';
import { drawings } from './host/choices.ts';

/** Of every command that compiles. */
export const time = {
  kind: 'flag',
  doc: 'print how long each phase took, and how much it made',
} as const;

const isPhaseName = (text: string): text is PhaseName => text in phases;

/** The phases after which a program can be printed. */
export const phaseNames: readonly PhaseName[] = Object.keys(phases).filter(isPhaseName);

/** Of every command whose output a machine may read. */
export const json = { kind: 'flag', doc: 'print JSON to stdout' } as const;

/** Of commands that make runs, or list them. */
export const runs = {
  kind: 'text',
  value: 'DIR',
  doc: 'the folder of all runs; runs unless given',
} as const;

/** Of every command that takes one net of a file. */
export const net = { kind: 'text', value: 'NET', doc: 'the net to take' } as const;

/** Of commands that store class names. */
export const classes = {
  kind: 'text',
  value: 'FILE',
  doc: 'a file of class names, one a line, to store with the weights',
} as const;

/** Of commands that size a net. */
export const input = {
  kind: 'extent',
  value: 'HxW',
  doc: 'the size of the image, such as 256x192; 256 is 256x256',
} as const;

/** Of every command that makes something of a net. */
export const outputs = {
  kind: 'choice',
  value: 'WHICH',
  choices: ['all', 'main'],
  doc: 'the outputs to make: all (unless given), or `main`, without those that `also` adds',
} as const;

/** Of commands that need weights. */
export const weightsIn = {
  kind: 'text',
  value: 'FILE',
  required: true,
  doc: 'safetensors of this net',
} as const;

/** Beside every `output`: see `runtime/disk/guard.ts`. */
export const force = {
  kind: 'flag',
  doc: 'write even over a file that the command reads, or over a .net',
} as const;

/** Of commands that write weights. */
export const weightsOut = {
  output: {
    kind: 'text',
    letter: 'o',
    value: 'FILE',
    required: true,
    doc: 'the safetensors file to write',
  },
  force,
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

/** Of commands that draw. */
export const diagramDepth = {
  kind: 'count',
  value: 'N',
  least: 1,
  doc: 'open so many levels of folders; as many as stay readable unless given',
} as const;

/** How `netc diagram` draws, and where to. */
export const drawing = {
  depth: diagramDepth,
  expand: { kind: 'flag', doc: 'draw every copy of what is repeated' },
  format: {
    kind: 'choice',
    value: 'FORMAT',
    choices: drawings,
    doc: `what to print; what the name of the file ends with, or ${drawings[0]}, unless given`,
  },
  output: {
    kind: 'text',
    letter: 'o',
    value: 'FILE',
    doc: 'the file to write, instead of printing',
  },
  force,
} as const;

/** Of commands that read data. */
export const workers = {
  kind: 'count',
  value: 'N',
  least: 0,
  doc: 'threads that decode pictures; one less than there are cores unless given',
} as const;
