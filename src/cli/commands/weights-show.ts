/** `netc weights show FILE`: names, shapes and number formats, without reading the numbers. */
import * as Either from 'fp-ts/lib/Either.js';
import { bytes, thousands, plural } from '../../numeric/figures.ts';
import { classesKey, glimpse } from '../../runtime/store/classes.ts';
import { progressIn } from '../../runtime/runs/checkpoint.ts';
import type { Progress } from '../../runtime/runs/progress.ts';
import { decodeOrigins, originsKey, type Origins } from '../../runtime/store/provenance.ts';
import type { Header, TensorInfo } from '../../runtime/store/safetensors.ts';
import { statePath, sumKey, weightsAmong } from '../../runtime/store/training-state.ts';
import type { Values } from '../host/command.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { fail } from '../program/report.ts';
import { openMeant } from '../program/run-files.ts';
import { oneLine, ruled, text } from '../../report/table.ts';

const count = (t: TensorInfo): number => t.shape.reduce((n, k) => n * k, 1);

/** A summary: the full list would be as long as the file's header; `--json` has it. */
const madeByRules = (origins: Origins): string => {
  const rules = new Set(Array.from(origins.values(), ({ pass, rule }) => `${pass}.${rule}`));
  return `${plural(origins.size, 'weight')} made by ${[...rules].join(', ')}`;
};

/** The number of metadata entries shown; `--json` has all. */
const mostEntries = 20;
const longestText = 200;

/** `step 1,200, after epoch 3` */
const progressText = ({ step, epoch }: Progress): string =>
  `step ${thousands(step)}, after epoch ${epoch}`;

const entryText = (key: string, value: string): string => {
  const progress = progressIn(new Map([[key, value]]));
  if (progress !== undefined) return progressText(progress);
  if (key === originsKey) return oneLine(madeByRules(decodeOrigins(value)), longestText);
  const classes = key === classesKey ? glimpse(value) : undefined;
  if (classes === undefined) return oneLine(value, longestText);
  const { count: all, first } = classes;
  const names = oneLine(first.join(', '), longestText);
  return `${plural(all, 'name')}: ${names}${all > first.length ? ', …' : ''}`;
};

const showMetadata = (metadata: ReadonlyMap<string, string>): readonly string[] => {
  const shown = Array.from(metadata)
    .filter(([key]) => key !== sumKey)
    .slice(0, mostEntries)
    .map(([key, value]) => `${oneLine(key, longestText)}: ${entryText(key, value)}`);
  const more = metadata.size - shown.length - (metadata.has(sumKey) ? 1 : 0);
  return more > 0 ? [...shown, `and ${thousands(more)} more; --json prints all of it`] : shown;
};

const sizeOf = (tensors: readonly TensorInfo[]): number =>
  tensors.reduce((sum, t) => sum + t.end - t.begin, 0);

/**
 * A table of the weights, their sum, and the beginning of the metadata. Names in the file are shortened and made safe
 * to print.
 */
export const showWeights = ({ tensors, metadata }: Header): string => {
  const kept = [...tensors.values()].filter(({ name }) => statePath(name) !== undefined);
  const all = [...weightsAmong(tensors).values()];
  const table = ruled(
    [
      ['weight', 'shape', 'format', 'numbers'],
      ...all.map((t) => [
        oneLine(t.name, longestText),
        `[${t.shape.join(', ')}]`,
        t.dtype,
        thousands(count(t)),
      ]),
    ],
    ['left', 'left', 'left', 'right'],
  );
  const numbers = all.reduce((sum, t) => sum + count(t), 0);
  return text([
    ...table,
    '',
    `${plural(all.length, 'weight')}, ${plural(numbers, 'number')}, ${bytes(sizeOf(all))}`,
    ...(kept.length === 0
      ? []
      : [`and ${plural(kept.length, 'tensor')} of an optimiser, ${bytes(sizeOf(kept))}`]),
    ...showMetadata(metadata),
  ]);
};

const jsonWeights = ({ tensors, metadata }: Header): unknown => ({
  weights: Array.from(tensors.values(), ({ name, shape, dtype }) => ({ name, shape, dtype })),
  metadata: Object.fromEntries(metadata),
});

export const show = async (
  file: string,
  given: Values<{ readonly json: { readonly kind: 'flag'; readonly doc: string } }>,
  io: Io,
): Promise<Exit> => {
  const opened = openMeant(io, file);
  if (Either.isLeft(opened)) return fail(io, [opened.left]);
  opened.right.close();
  io.out(
    given.json
      ? `${JSON.stringify(jsonWeights(opened.right), undefined, 2)}\n`
      : showWeights(opened.right),
  );
  return exit.fine;
};
