/** The commands that concern no program: what editors start, and what netc needs of a machine. */
import { command, type Command } from './host/command.ts';
import { installable } from './host/choices.ts';
import { json } from './options.ts';

/** In the order of the help. */
export const setupCommands: readonly Command[] = [
  command({
    name: 'lsp',
    arguments: [],
    summary: 'the language server, which editors start: see docs/editor.md',
    examples: ['netc lsp --stdio'],
    options: {
      stdio: { kind: 'flag', doc: 'speak through stdin and stdout' },
      // VS Code says it; the server ends with its input, which ends with the editor
      clientProcessId: {
        ...{ kind: 'text', value: 'N', spelt: '--clientProcessId' },
        doc: 'the process of the editor, as some editors say it',
      },
    },
    run: async (_args, given, io) => (await import('./commands/lsp.ts')).lsp(given, io),
  }),
  command({
    name: 'doctor',
    arguments: [],
    summary: 'which engines are usable here, and what would enable the others',
    examples: [
      'netc doctor',
      'netc doctor --json',
      'netc doctor --install tensorflow',
      'netc doctor --install tensorflow --cuda',
      'netc doctor --install webgpu',
      'netc doctor --uninstall tensorflow',
    ],
    options: {
      json,
      install: {
        kind: 'choice',
        value: 'WHAT',
        choices: installable,
        doc: 'fetch what an engine needs, into a folder of netc’s own',
      },
      cuda: { kind: 'flag', doc: 'install the build of TensorFlow for NVIDIA GPUs' },
      uninstall: {
        kind: 'choice',
        value: 'WHAT',
        choices: installable,
        doc: 'remove it, in all versions',
      },
    },
    run: async (_args, given, io) => (await import('./commands/doctor.ts')).doctor(given, io),
  }),
];
