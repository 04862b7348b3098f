/** A net on an engine, with its weights. */
import * as E from 'fp-ts/lib/Either.js';
import type { Images } from '../../build/resize.ts';
import { forNet, kernelsFor } from '../../compile.ts';
import { Bug } from '../../diagnostic/bug.ts';
import { andThen, checked, type Checked } from '../../diagnostic/checked.ts';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph } from '../../graph/graph.ts';
import type { KernelProgram } from '../../lower/kernels.ts';
import type { HostTensor } from '../../lower/weight-part.ts';
import { largest, type Guess } from '../../numeric/largest.ts';
import { elements } from '../../numeric/tensor.ts';
import { extentOf, showType } from '../../ops/types.ts';
import { hostWeights } from '../../rewrite/match/read-weights.ts';
import type { LoadedEngine, NoRoom } from '../../runtime/engines/engine.ts';
import { noRoomForRun, noRoomForWeights } from '../../runtime/engines/no-room.ts';
import { load, type Output, type Session } from '../../runtime/engines/session.ts';
import { classesOfMetadata } from '../../runtime/store/classes.ts';
import { channelFault, pictureOf } from '../../runtime/store/picture.ts';
import { inputOfMetadata } from '../../runtime/store/preprocess.ts';
import type { Provider } from '../../runtime/store/safetensors.ts';
import { startOf } from '../../syntax/source.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import { answer, oneFault, unlessFailing, type Answer } from './answer.ts';
import type { Program } from './program.ts';
import { metadataOf, nameOf, providerFor, type WeightsGiven } from './weights.ts';

/** Pixels as a canvas gives them: red, green, blue and alpha, which is left out. */
export type Rgba = {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray | Uint8Array;
};

/** A class, and the number that a net gives it: its share, behind a softmax. */
export type ClassSeen = Guess & { readonly name: string | undefined };

/** A net that can be run. */
export type OpenNet = {
  readonly name: string;
  /** `[32, 32, 3]` */
  readonly input: string;
  /** the names of the classes, where the weights have them */
  readonly classes: readonly string[] | undefined;
  /** a picture as the net takes it: scaled, cut and made numbers as the weights say, like that of `netc run` */
  readonly picture: (pixels: Rgba) => Answer<HostTensor>;
  /** the outputs for images [n, h, w, c] or vectors [n, c], the main one first (E0508, E0703, E0704) */
  readonly run: (images: HostTensor) => Promise<Answer<readonly Output[]>>;
  /** the classes that the net sees in a picture, the likeliest first (as `picture` and `run`) */
  readonly classify: (pixels: Rgba) => Promise<Answer<readonly ClassSeen[]>>;
  /** frees the weights; nothing can be run afterwards */
  readonly dispose: () => void;
};

/** Which net of a program, with which weights, for images of which size. */
export type Opening = WeightsGiven & {
  /** the only one unless given */
  readonly net?: string;
  /** that of the net unless given; of a net that takes any size, any */
  readonly size?: { readonly h: number; readonly w: number };
};

/** The net that is meant (E0316). */
const netOf = (
  { checked: { nets } }: Program,
  asked: string | undefined,
): E.Either<Diagnostic, TypedNet> => {
  const [only, ...others] = asked === undefined ? nets : nets.filter(({ name }) => name === asked);
  if (only !== undefined && others.length === 0) return E.right(only);
  const what =
    asked === undefined
      ? `the program has ${nets.length} nets; say which`
      : `the program has no net \`${asked}\``;
  const names = nets.map(({ name }) => `\`${name}\``).join(', ');
  return E.left(
    error('E0316', startOf('net'), what, {
      notes: [names === '' ? 'it declares no net' : `its nets are ${names}`],
    }),
  );
};

/** A net as it is compiled, and what computes it. */
type Placed = {
  readonly engine: LoadedEngine;
  readonly graph: Graph;
  readonly kernels: KernelProgram;
  readonly session: Session;
};

/** The program with its weights on the engine (E0703, or a weight that cannot be read). */
const placed = (
  engine: LoadedEngine,
  { graph, kernels }: Pick<Placed, 'graph' | 'kernels'>,
  read: Provider,
  file: string,
): E.Either<Diagnostic, Placed> => {
  const { weight, fault } = hostWeights(graph, read);
  const session = load(engine, kernels, weight);
  if (E.isLeft(session)) return E.left(noRoomForWeights(file, engine.name, session.left));
  const unread = fault();
  if (unread === undefined) return E.right({ engine, graph, kernels, session: session.right });
  session.right.dispose();
  return E.left(unread);
};

/** What does not fit into the net (E0508). */
const unfit = ({ net, input: { type } }: Graph, what: string): Diagnostic =>
  error(
    'E0508',
    startOf('images'),
    `\`${net}\` takes ${showType(type).replace('[', '[batch, ')}, but ${what}`,
  );

/** Whether images are what the net takes (E0508). */
const misfit = (graph: Graph, { shape, data }: HostTensor): Diagnostic | undefined => {
  const { type } = graph.input;
  if (type.tag === 'unknown') throw new Bug(`the input of ${graph.net} is unknown`);
  const axes = type.tag === 'map' ? [extentOf(type.h), extentOf(type.w), type.c] : [type.c];
  const [count = 0, ...each] = shape;
  const fits =
    count > 0 &&
    each.length === axes.length &&
    axes.every((axis, i) => axis === undefined || axis === each[i]);
  if (!fits) return unfit(graph, `the images are [${shape.join(', ')}]`);
  return data.length === elements(shape)
    ? undefined
    : unfit(graph, `of [${shape.join(', ')}] there are ${data.length} numbers`);
};

const run = async (
  { engine, graph, kernels, session }: Placed,
  images: HostTensor,
): Promise<E.Either<Diagnostic, readonly Output[]>> => {
  const fault = misfit(graph, images);
  if (fault !== undefined) return E.left(fault);
  const shapes = { input: images.shape };
  return E.mapLeft((short: NoRoom) =>
    noRoomForRun({ file: 'images', engine, program: kernels, shapes }, short),
  )(await session.step({ input: images }));
};

const withoutAlpha = ({ data }: Rgba): Uint8Array => {
  const rgb = new Uint8Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3)
    for (let c = 0; c < 3; c++) rgb[to + c] = data[from + c]!;
  return rgb;
};

/** The names that weights have of the classes of a net (E0504). */
const classesOf = (
  { output }: TypedNet,
  given: WeightsGiven,
): E.Either<Diagnostic, readonly string[] | undefined> =>
  output.tag === 'unknown' || typeof output.c !== 'number'
    ? E.right(undefined)
    : classesOfMetadata(nameOf(given), metadataOf(given), output.c);

/** A picture for a net with these weights (E0504, E0507, E0508). */
const prepared = (
  graph: Graph,
  given: WeightsGiven,
  pixels: Rgba,
): E.Either<Diagnostic, HostTensor> => {
  const { type } = graph.input;
  if (type.tag !== 'map' || typeof type.c !== 'number')
    return E.left(unfit(graph, 'a picture has height and width'));
  const input = inputOfMetadata(nameOf(given), metadataOf(given), type.c);
  if (E.isLeft(input)) return input;
  const frame = { h: extentOf(type.h), w: extentOf(type.w), c: type.c };
  const fault = channelFault('picture', frame, input.right);
  if (fault !== undefined) return E.left(fault);
  const size = { h: pixels.height, w: pixels.width };
  return pictureOf('picture', withoutAlpha(pixels), size, frame, input.right);
};

/** The classes that a net sees in a picture; E0508 where its output is a map. */
const classified = async (
  on: Placed,
  given: WeightsGiven,
  classes: readonly string[] | undefined,
  pixels: Rgba,
): Promise<E.Either<Diagnostic, readonly ClassSeen[]>> => {
  const images = prepared(on.graph, given, pixels);
  if (E.isLeft(images)) return images;
  const outputs = await run(on, images.right);
  if (E.isLeft(outputs)) return outputs;
  const [{ data, shape }] = outputs.right as readonly [Output];
  if (shape.length > 2)
    return E.left(
      error(
        'E0508',
        startOf('picture'),
        `\`${on.graph.net}\` gives a map of a picture, and no classes`,
        {
          notes: ['`run` gives its numbers'],
        },
      ),
    );
  const all = largest(data, data.length);
  return E.right(all.map((guess) => ({ ...guess, name: classes?.[guess.index] })));
};

/** The net as a page has it. */
const openNet = (
  on: Placed,
  given: WeightsGiven,
  classes: readonly string[] | undefined,
): OpenNet => ({
  name: on.graph.net,
  input: showType(on.graph.input.type),
  classes,
  picture: (pixels) => answer(oneFault(prepared(on.graph, given, pixels))),
  run: async (images) => answer(oneFault(await unlessFailing(() => run(on, images)))),
  classify: async (pixels) =>
    answer(oneFault(await unlessFailing(() => classified(on, given, classes, pixels)))),
  dispose: on.session.dispose,
});

/** A net of a program on an engine, with its weights. */
const opened = (
  net: TypedNet,
  { passes }: Program,
  engine: LoadedEngine,
  given: Opening,
): Checked<OpenNet> => {
  const images: Images | undefined = given.size && { ...given.size, asked: startOf('size') };
  const made = andThen(forNet({ passes }).rewrite(net), kernelsFor(images));
  return andThen(made, ({ sized: graph, kernels }) =>
    andThen(oneFault(classesOf(net, given)), (classes) =>
      andThen(providerFor(net, graph, given), (read) =>
        andThen(oneFault(placed(engine, { graph, kernels }, read, nameOf(given))), (on) =>
          checked(openNet(on, given, classes), []),
        ),
      ),
    ),
  );
};

/** Opens a net on an engine (E0316, E0501 to E0504, E0508, E0510, E0703). */
export const open = (
  program: Program,
  engine: LoadedEngine,
  given: Opening = {},
): Answer<OpenNet> =>
  answer(
    andThen(oneFault(netOf(program, given.net)), (net) => opened(net, program, engine, given)),
    program.sources,
  );
