/** The default passes on the deepest nets of the examples: checked, built, and then rewritten by the clock. */
import { accept } from '../src/check.ts';
import { forNet } from '../src/compile.ts';
import { resultOf } from '../src/diagnostic/checked.ts';
import { loadPasses, passTable } from '../src/rewrite/passes.ts';
import { fileOf, files, median, sure, type Measured } from './measure.ts';

const nets = [
  { file: 'densenet.net', net: 'DenseNet264', target: '<= 500' },
  { file: 'resnet.net', net: 'ResNet1202', target: '' },
] as const;

const rounds = 7;

export const rows = (): readonly Measured[] => {
  const byDefault = passTable.filter((row) => row.byDefault).map((row) => row.file);
  return nets.flatMap(({ file, net: name, target }) => {
    const program = sure(resultOf(accept(files, `examples/${file}`)), file);
    const net = sure(
      program.nets.find((n) => n.name === name),
      name,
    );
    const times = Array.from({ length: rounds }, () => {
      const start = performance.now();
      // what the command line does: the files are read and compiled each time
      const loaded = loadPasses(byDefault.map((path) => fileOf(`passes/${path}`)));
      sure(
        resultOf(forNet({ passes: sure(resultOf(loaded), 'passes') }).rewrite(net)),
        `${name} rewritten`,
      );
      return performance.now() - start;
    });
    return [
      { name: `${name}, first`, value: times[0]!, unit: 'ms', target },
      { name: `${name}, again`, value: median(times), unit: 'ms', target },
    ];
  });
};
