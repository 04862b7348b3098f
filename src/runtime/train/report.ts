/** What a worker reports of its share of a batch, in numbers whose sums over all workers are what one would report of all. */
import type { HostTensor } from '../../lower/weight-part.ts';
import type { Scores } from './scores.ts';

/** The share of the loss, the scores of each output, and whether an end is asked for. */
export type Report = {
  readonly loss: number;
  readonly scores: readonly Scores[];
  readonly endAsked: boolean;
};

/** The loss and the end, and the numbers of the scores of an output. */
const [ofAll, ofOutput] = [2, 4];

/** How many numbers there are for so many outputs. */
export const reportLength = (outputs: number): number => ofAll + ofOutput * outputs;

export const written = ({ loss, scores, endAsked }: Report): HostTensor => {
  const data = Float32Array.from([
    ...[loss, endAsked ? 1 : 0],
    ...scores.flatMap(({ pictures, loss, top1, top5 }) => [pictures, loss, top1, top5]),
  ]);
  return { shape: [data.length], data };
};

export const readReport = ({ data }: HostTensor): Report => {
  const [loss = NaN, asked = 0] = data;
  const outputs = (data.length - ofAll) / ofOutput;
  return {
    loss,
    endAsked: asked > 0,
    scores: Array.from({ length: outputs }, (_, i): Scores => {
      const begin = ofAll + ofOutput * i;
      const [pictures = 0, loss = NaN, top1 = 0, top5 = 0] = data.subarray(begin, begin + ofOutput);
      return { pictures, loss, top1, top5 };
    }),
  };
};
