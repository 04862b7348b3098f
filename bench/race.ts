/** Races of rivals, each in a process of its own: they take turns, and the first is compared with the others. */
import { median, type Measured } from './measure.ts';
import type { Forward, Rival, Taken } from './rivals.ts';

/** Who runs, and what is asked of the ratios of times and of memory. */
export type Racer = {
  readonly name: string;
  readonly rival: Promise<Rival | undefined>;
  readonly clock?: string;
  readonly memory?: string;
};

/**
 * Each takes a turn in every round, and the first is compared with the others. A turn is two steps, of which the second is
 * measured: the first wakes cores and threads that rested while others took their turns.
 */
export const race = async (title: string, rounds: number, racers: readonly Racer[]) => {
  const here: (Omit<Racer, 'rival'> & { readonly rival: Rival })[] = [];
  for (const { rival, ...racer } of racers) {
    const found = await rival;
    if (found !== undefined) here.push({ ...racer, rival: found });
    else if (here.length === 0) throw new Error(`${racer.name} is not here`);
    else console.error(`${title}: ${racer.name} is not here`);
  }
  const turns: Taken[][] = [];
  for (let round = 0; round < rounds + 1; round++) {
    const turn: Taken[] = [];
    for (const { rival } of here) {
      await rival.step();
      turn.push(await rival.step());
    }
    if (round >= 1) turns.push(turn); // graphs are made ready first
  }
  for (const { rival } of here) rival.dispose();
  const row = (i: number, of: string, value: number, unit: string, target = ''): Measured => ({
    ...{ name: `${title}, ${of}`, value, unit, target, how: here[i]!.rival.how },
  });
  const ratio = (i: number, by: keyof Taken): number =>
    median(turns.map((turn) => turn[0]![by] / turn[i]![by]));
  const usual = (i: number, by: keyof Taken): number => median(turns.map((turn) => turn[i]![by]));
  return here.flatMap(({ name, clock = '', memory = '' }, i) => [
    row(i, name, usual(i, 'clock'), 'ms'),
    row(i, `${name}, memory`, usual(i, 'memory') / 2 ** 20, 'MiB'),
    ...(i === 0
      ? []
      : [
          row(i, `/ ${name}`, ratio(i, 'clock'), '', clock),
          row(i, `/ ${name}, processor time`, ratio(i, 'processor'), ''),
          row(i, `/ ${name}, memory`, ratio(i, 'memory'), '', memory),
        ]),
  ]);
};

/** The nets that are raced over, one picture at a time. */
const vggD: Forward = {
  ...{ what: 'forward', net: 'VGG-D', batch: 1, side: 224 },
  stages: [
    ...[64, 128].map((c) => [c, 2] as const),
    ...[256, 512, 512].map((c) => [c, 3] as const),
  ],
  units: [4096, 4096, 1000],
};
const resNet50: Forward = { what: 'forward', net: 'ResNet-50', batch: 1, side: 224 };
const denseNet121: Forward = { what: 'forward', net: 'DenseNet-121', batch: 1, side: 224 };
const resNet20: Forward = { what: 'forward', net: 'ResNet-20', batch: 1, side: 32 };

export const nets = { vggD, resNet50, denseNet121, resNet20 };
