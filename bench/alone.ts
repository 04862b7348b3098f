/** netc as a rival, in a process of its own: the arguments are an engine, and the JSON of a task. */
import { createInterface } from 'node:readline';
import { engines } from '../src/runtime/engines/engines.ts';
import { load, type Inputs, type Session } from '../src/runtime/engines/session.ts';
import { node } from '../src/runtime/node/host.ts';
import { inputOf } from '../test/lower/graphs.ts';
import { sure } from './measure.ts';
import { netOn, there, type Wanted } from './nets.ts';
import type { Forward, Task } from './rivals.ts';
import { graphFor, stepOf, timed } from './step.ts';

const [, program, name, task] = process.argv;

/** Where the nets are. */
const examples: { readonly [net in Forward['net']]: Omit<Wanted, 'size'> } = {
  'VGG-D': { file: 'examples/vgg.net', net: 'D', folded: false },
  'ResNet-50': { file: 'examples/resnet.net', net: 'ResNet50', folded: true },
  'DenseNet-121': { file: 'examples/densenet.net', net: 'DenseNet121', folded: false },
  'ResNet-20': { file: 'examples/resnet.net', net: 'ResNet20', folded: false },
};

/** `threads` is 0 on a GPU. */
type Prepared = { readonly threads: number; readonly session: Session; readonly inputs: Inputs };

const prepared = async (task: Task): Promise<Prepared> => {
  const engine = there(
    await sure(
      engines.find((one) => one.name === name),
      'engine',
    ).load(node),
  );
  const { hardware } = engine;
  const threads = hardware.tag === 'cpu' ? hardware.threads : 0;
  const { batch, side } = task;
  if (task.what === 'step') {
    const { program, weightAt, inputs } = stepOf(graphFor(task), batch);
    return { threads, session: there(load(engine, program, weightAt)), inputs };
  }
  const session = netOn(engine, { ...examples[task.net], size: side });
  return { threads, session, inputs: { input: inputOf([batch, side, side, 3]) } };
};

if (program === import.meta.filename) {
  const { threads, session, inputs } = await prepared(JSON.parse(sure(task, 'task')));
  console.log('ready', threads);
  for await (const _ of createInterface({ input: process.stdin })) {
    const { clock, processor, memory } = await timed(async () => there(await session.step(inputs)));
    console.log(clock, processor, memory);
  }
}
