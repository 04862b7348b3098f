/** Whether the data has the classes that the net tells apart, and what to write where it has others. */
import { error, replace, type Diagnostic, type Fix } from '../../diagnostic/diagnostic.ts';
import type { PlacedLayer } from '../../graph/graph.ts';
import { plural } from '../../numeric/figures.ts';
import { rowOf } from '../../ops/table.ts';
import { showType } from '../../ops/types.ts';
import type { Training } from '../../protocol/recipe.ts';
import type { Dataset } from '../batches/dataset.ts';
import type { Span } from '../../syntax/source.ts';
import { writtenOut } from '../../typecheck/net/flat.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import type { Program } from '../../typecheck/program/program.ts';

/** The data must have the classes that the net tells apart (E0966). */
export const classFault = (
  training: Training,
  { classes }: Dataset,
  program: Program,
): Diagnostic | undefined => {
  const { net, places, name } = training;
  const { output } = net;
  const count = output.tag === 'unknown' ? undefined : output.c;
  if (count === classes.length) return undefined;
  return error(
    'E0966',
    places.get('data') ?? net.span,
    `the data of \`${name}\` has ${plural(classes.length, 'class', 'classes')}, and \`${net.name}\` tells ${String(count)} apart`,
    {
      label: `${classes.slice(0, 3).join(', ')}${classes.length > 3 ? ', …' : ''}`,
      labels: [{ span: net.span, message: `gives ${showType(output)}` }],
      fixes: typeof count === 'number' ? fixesFor(training, program, count, classes.length) : [],
    },
  );
};

/** The layer whose weights give the output its size. */
const lastWeighted = (net: TypedNet): PlacedLayer | undefined => {
  const { layers, outputs } = writtenOut(net);
  let layer = layers[(outputs[0]?.id ?? 0) - 1];
  while (layer !== undefined && rowOf(layer.op).weights(layer.args, layer.inputTypes).length === 0)
    layer = layers[(layer.inputs[0] ?? 0) - 1];
  return layer;
};

/** Whether two spans are the same place; with `--set` the file was read twice. */
const isAt = (a: Span, b: Span): boolean => a.path === b.path && a.start === b.start;

/** A place where the number of classes is written, with the text that has another one there. */
type Written = { readonly span: Span; readonly text: string };

/**
 * `fc-5` in place of `fc-4`, and `[5]` in the type of the net; or `N(classes = 5)` in place of `N`, where the layer
 * takes the number from a parameter.
 */
const fixesFor = (
  training: Training,
  program: Program,
  count: number,
  classes: number,
): readonly Fix[] => {
  const textOf = (span: Span): string =>
    program.files.get(span.path)?.source.text.slice(span.start, span.end) ?? '';
  const withNumber = (span: Span): readonly Written[] => {
    const written = textOf(span);
    const text = written.replace(new RegExp(`(?<![\\w.])${count}(?![\\w.])`), String(classes));
    return text === written ? [] : [{ span, text }];
  };
  const declared = [...program.files.values()].flatMap(({ tree }) => tree.declarations);
  const net = declared.find((d) => d.tag === 'net' && isAt(d.name.span, training.net.span));
  const train = declared.find((d) => d.tag === 'train' && isAt(d.name.span, training.span));
  const layer = lastWeighted(training.net);
  const [own] = layer === undefined ? [] : withNumber(layer.span);
  if (own !== undefined) {
    const output = net?.tag === 'net' ? net.signature?.output?.span : undefined;
    const all = [own, ...(output === undefined ? [] : withNumber(output))];
    const title = `write ${all.map(({ text }) => `\`${text}\``).join(' and ')}`;
    const edits = all.map(({ span, text }) => ({ span, newText: text }));
    return [{ title, edits, applicability: 'likely' }];
  }
  const called = train?.tag === 'train' ? train.net?.span : undefined;
  const takes =
    net?.tag === 'net' &&
    net.parameters.some((p) => p.tag === 'parameter' && p.name.text === 'classes');
  if (called === undefined || !takes) return [];
  const written = textOf(called);
  const text = /^\w+$/.test(written)
    ? `${written}(classes = ${classes})`
    : written.replace(/classes = \d+/, `classes = ${classes}`);
  return text === written ? [] : [replace(`write \`${text}\``, called, text)];
};
