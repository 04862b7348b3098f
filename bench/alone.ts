/** netc as a rival, in a process of its own: the arguments are an engine, and the JSON of a task. */
import { createInterface } from 'node:readline';
import { engines } from '../src/runtime/engines/engines.ts';
import { load, type Inputs, type Session } from '../src/runtime/engines/session.ts';
import { node } from '../src/runtime/node/host.ts';
import { inputOf } from '../test/lower/graphs.ts';
import { sure } from './measure.ts';
import { netOn, there } from './nets.ts';
import type { Task } from './rivals.ts';
import { graphFor, stepOf, timed } from './step.ts';

const [, program, name, task] = process.argv;

const prepared = async (task: Task): Promise<{ session: Session; inputs: Inputs }> => {
  const engine = there(
    await sure(
      engines.find((one) => one.name === name),
      'engine',
    ).load(node),
  );
  if (task.what === 'step') {
    const { program, weightAt, inputs } = stepOf(graphFor(task), task.batch);
    return { session: there(load(engine, program, weightAt)), inputs };
  }
  const wanted =
    task.net === 'VGG-D'
      ? { file: 'examples/vgg.net', net: 'D', folded: false }
      : { file: 'examples/resnet.net', net: 'ResNet50', folded: true };
  const session = netOn(engine, { ...wanted, size: 224 });
  return { session, inputs: { input: inputOf([task.batch, 224, 224, 3]) } };
};

if (program === import.meta.filename) {
  const { session, inputs } = await prepared(JSON.parse(sure(task, 'task')));
  console.log('ready');
  for await (const _ of createInterface({ input: process.stdin })) {
    const { clock, processor, memory } = await timed(async () => there(await session.step(inputs)));
    console.log(clock, processor, memory);
  }
}
