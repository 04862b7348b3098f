/** docs/elsewhere.md, written from the table of words of other frameworks. */
import type { Answer } from './answer.ts';
import { answers, spelled } from './elsewhere.ts';

const opening = `# Words of other frameworks

<!-- Written by scripts/habits-doc.mjs from the table in src/ops/elsewhere. Do not edit. -->

What layers of PyTorch, Keras, Caffe and darknet are called in netc. Case and \`_\` do not matter. netc answers such a
word with a fix where it has the same function, and rewrites the arguments of its call:
\`nn.Conv2d(3, 64, 3, padding=1)\` becomes \`conv3-64\`, and \`Conv2D(64, 3, activation="relu")\` becomes
\`conv3-64(pad = valid); relu\`, as Keras pads nothing unless it is told to.

| there | in netc | |
| --- | --- | --- |
`;

const rowFor = (answer: Answer): string => {
  const there = spelled(answer)
    .map((name) => `\`${name}\``)
    .join(' ');
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const netc = answer.tag === 'none' ? '–' : `\`${cell(answer.written)}\``;
  return `| ${there} | ${netc} | ${cell(answer.tag === 'none' ? answer.says : answer.does)} |\n`;
};

/** The whole page. */
export const elsewherePage = (): string => opening + answers.map(rowFor).join('');
