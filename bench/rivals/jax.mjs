/**
 * @jax-js/jax on wasm: a step of training of a net of stages, compiled once. Argument: the JSON of a task. The package lies
 * in the folder that this was started in.
 */
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { told } from './told.cjs';

globalThis.navigator ??= {}; // which Node has from version 21 on, and the package looks for
const own = createRequire(`${process.cwd()}/`);
const {
  init,
  defaultDevice,
  jit,
  lax,
  nn,
  numpy: np,
  random,
  tree,
  valueAndGrad,
  blockUntilReady,
} = await import(pathToFileURL(own.resolve('@jax-js/jax')).href);

const { batch, side, stages, units } = JSON.parse(process.argv[2]);
await init('wasm');
defaultDevice('wasm');

let seed = 0;
const drawn = (shape, inputs) =>
  random.normal(random.key(seed++), shape).mul(Math.sqrt(2 / inputs));

const parameters = () => {
  const all = [];
  let [channels, size] = [3, side];
  for (const [filters, count] of stages) {
    for (let i = 0; i < count; i++) {
      all.push(drawn([filters, channels, 3, 3], 9 * channels), np.zeros([1, filters, 1, 1]));
      channels = filters;
    }
    size /= 2;
  }
  let inputs = channels * size * size;
  for (const n of units) {
    all.push(drawn([inputs, n], inputs), np.zeros([n]));
    inputs = n;
  }
  return all;
};

const scores = (weights, pictures) => {
  let x = pictures;
  let at = 0;
  for (const [, count] of stages) {
    for (let i = 0; i < count; i++) {
      const y = lax.conv(x, weights[at], [1, 1], 'SAME');
      x = nn.relu(y.add(weights[at + 1]));
      at += 2;
    }
    x = lax.reduceWindow(x, np.max, [2, 2], [2, 2]);
  }
  x = x.reshape([batch, -1]);
  units.forEach((_, i) => {
    const y = np.matmul(x, weights[at]).add(weights[at + 1]);
    x = i + 1 === units.length ? y : nn.relu(y);
    at += 2;
  });
  return x;
};

const loss = (weights, pictures, labels) =>
  nn
    .logSoftmax(scores(weights, pictures))
    .mul(labels)
    .sum()
    .mul(-1 / batch);

/** Gradient, momentum, and the moved weights. */
const step = jit((weights, moments, pictures, labels) => {
  const [value, gradients] = valueAndGrad(loss)(tree.ref(weights), pictures, labels);
  const moved = moments.map((m, i) => m.mul(0.9).add(gradients[i]));
  const next = weights.map((w, i) => w.sub(moved[i].ref.mul(0.01)));
  return [value, next, moved];
});

let weights = parameters();
let moments = weights.map((w) => np.zeros(w.shape));
const pictures = random.normal(random.key(99), [batch, 3, side, side]);
const labels = nn.oneHot(
  np.array(
    Array.from({ length: batch }, (_, i) => i % units.at(-1)),
    { dtype: np.int32 },
  ),
  units.at(-1),
);

console.log('ready', 1);
for await (const _ of createInterface({ input: process.stdin })) {
  const [begin, busy] = [performance.now(), process.cpuUsage()];
  const [value, next, moved] = step(weights, moments, pictures.ref, labels.ref);
  [weights, moments] = [next, moved];
  await blockUntilReady(weights);
  const [number] = await value.data();
  if (!Number.isFinite(number)) throw new Error('the loss is not finite');
  told(begin, busy);
}
