/** Whether what the net gives is what the loss and the data need: probabilities of the classes. */
import { error, replace, type Diagnostic, type Fix } from '../diagnostic/diagnostic.ts';
import { near } from '../diagnostic/suggest.ts';
import type { PlacedLayer } from '../graph/graph.ts';
import { probabilities } from '../ops/roles.ts';
import { numberOf, showType, type TensorType } from '../ops/types.ts';
import type { Span } from '../syntax/source.ts';
import { writtenOut } from '../typecheck/net/flat.ts';
import type { TypedNet } from '../typecheck/net/typed.ts';
import type { ByWord } from './clauses.ts';
import { parameterElsewhere } from './elsewhere/parameters.ts';
import type { Data } from './recipe.ts';
import { shapeNames } from './shapes.ts';
import type { Subject } from './subject.ts';

/** The classes of a set that tells them without being opened. */
const classesOf = (data: Data): number | undefined => {
  switch (data.tag) {
    case 'cifar10':
    case 'mnist':
      return 10;
    case 'cifar100':
      return 100;
    case 'shapes':
      return data.classes;
    case 'imagefolder':
    case 'webdataset':
    case 'arrays':
      return undefined;
  }
};

/** An output of a net, with the layer that makes it; none where that is the input. */
type Made = { readonly type: TensorType; readonly layer: PlacedLayer | undefined };

const outputsOf = (net: TypedNet): ReadonlyMap<string, Made> => {
  const { layers, outputs } = writtenOut(net);
  return new Map(
    outputs.map(({ name, id }) => {
      const layer = layers[id - 1];
      return [name, { layer, type: layer?.output ?? net.input }] as const;
    }),
  );
};

type Outputs<T> = { readonly s: Subject<T>; readonly outputs: ReadonlyMap<string, Made> };

/** E0930 for an output whose loss would have no logits. */
const softmaxFault = (
  { cx, net }: Pick<Subject<unknown>, 'cx' | 'net'>,
  name: string,
  { type, layer }: Made,
  at: Span,
): Diagnostic | undefined => {
  const softmax = probabilities.name;
  if (type.tag === 'unknown' || (type.tag === 'vector' && layer?.op === softmax)) return undefined;
  const which = name === 'output' ? `\`${net.name}\`` : `the output \`${name}\` of \`${net.name}\``;
  const label = layer && { span: layer.span, message: `gives \`${showType(type)}\`` };
  if (type.tag === 'map')
    return error('E0930', at, `${which} gives a map, and a class needs a vector`, {
      label: 'does not end in one vector of probabilities',
      labels: label === undefined ? [] : [label],
      notes: [
        `a classifier ends as in \`gap; fc-10; ${softmax}\``,
        'labels are one for each picture: a net that gives a class for each pixel is not trained by netc',
      ],
    });
  return error('E0930', at, `${which} does not end in \`${softmax}\``, {
    label: 'cross entropy needs probabilities',
    labels: label === undefined ? [] : [label],
    fixes: layer === undefined ? [] : [appended(cx.text(layer.span), layer.span, softmax)],
  });
};

const appended = (written: string, span: Span, softmax: string): Fix =>
  replace(`write \`${written}; ${softmax}\``, { ...span, start: span.end }, `; ${softmax}`);

/** E0931 where the set has other classes than an output has numbers. */
const classFault = (
  s: Subject<{ readonly data: Data }>,
  name: string,
  { type }: Made,
  at: Span,
): Diagnostic | undefined => {
  const data = s.value('data');
  const classes = data && classesOf(data);
  const given = type.tag === 'vector' ? numberOf(type.c) : undefined;
  if (data === undefined || classes === undefined || given === undefined || given === classes)
    return undefined;
  const which = name === 'output' ? `\`${s.net.name}\`` : `the output \`${name}\``;
  const part = data.tag === 'shapes' ? 'shapes classes' : data.tag;
  const place = s.place('data', part) ?? s.at;
  return error('E0931', at, `\`${data.tag}\` has ${classes} classes, and ${which} gives ${given}`, {
    label: `gives \`[${given}]\``,
    labels: [{ span: place, message: `${classes} classes` }],
    fixes: [...netFixes(s, classes), ...shapeFixes(s, data, given)],
  });
};

/** `N(classes = 10)` for a net that is named alone, and has such a parameter. */
const netFixes = (
  { at, cx, parameters }: Subject<{ readonly data: Data }>,
  classes: number,
): readonly Fix[] => {
  const written = cx.text(at);
  if (!parameters.includes('classes') || !/^\w+$/.test(written)) return [];
  const call = `${written}(classes = ${classes})`;
  return [replace(`write \`${call}\``, at, call)];
};

const shapeFixes = (
  s: Subject<{ readonly data: Data }>,
  data: Data,
  given: number,
): readonly Fix[] => {
  const place = s.place('data', 'shapes classes');
  if (data.tag !== 'shapes' || given < 2 || given > shapeNames.length || place === undefined)
    return [];
  if (place === s.place('data')) return [];
  const text = `classes = ${given}`;
  return s.cx.text(place).startsWith('classes') ? [replace(`write \`${text}\``, place, text)] : [];
};

/** E0932 for an output that the loss names and the net does not have. */
const sideFault = ({ net, at }: Subject<ByWord>, name: string, place: Span): Diagnostic => {
  const known = net.extras.map((e) => e.name);
  const elsewhere = parameterElsewhere(name, ['smoothing']);
  const [meant = elsewhere?.write] = near(name, [...known, 'smoothing']);
  const span = { ...place, end: Math.min(place.end, place.start + name.length) };
  return error('E0932', span, `\`${net.name}\` has no side output \`${name}\``, {
    label: meant === undefined ? (elsewhere?.says ?? 'unknown here') : `did you mean \`${meant}\`?`,
    labels: [{ span: at, message: 'trained here' }],
    notes:
      elsewhere !== undefined
        ? []
        : [
            known.length === 0
              ? `\`${net.name}\` has none; \`also ${name} { … }\` makes one`
              : `it has ${known.map((k) => `\`${k}\``).join(', ')}`,
          ],
    fixes: meant === undefined ? [] : [replace(`write \`${meant}\``, span, meant)],
  });
};

/** What is wrong with the main output, in a training or an evaluation. */
export const mainOutputFaults = (s: Subject<{ readonly data: Data }>): readonly Diagnostic[] =>
  outputFaults({ s, outputs: outputsOf(s.net) }, 'output', s.at);

const outputFaults = (
  { s, outputs }: Outputs<{ readonly data: Data }>,
  name: string,
  at: Span,
): readonly Diagnostic[] => {
  const made = outputs.get(name);
  if (made === undefined) return [];
  const fault = softmaxFault(s, name, made, at) ?? classFault(s, name, made, at);
  return fault === undefined ? [] : [fault];
};

/** What is wrong with the outputs that enter the loss. */
export const lossFaults = (s: Subject<ByWord>): readonly Diagnostic[] => {
  const outputs = outputsOf(s.net);
  const sides = Object.keys(s.value('loss')?.sides ?? {});
  const main = outputFaults({ s, outputs }, 'output', s.at);
  // what is wrong with the main output is probably wrong with all of them
  const others = sides.flatMap((name) => {
    const at = s.place('loss', `cross_entropy ${name}`) ?? s.at;
    if (name === 'output' || !outputs.has(name)) return [sideFault(s, name, at)];
    return main.length > 0 ? [] : outputFaults({ s, outputs }, name, at);
  });
  return [...main, ...others];
};
