/**
 * The compiler in one screen; start reading here.
 *
 *   files ─parse→ trees ─check→ typed program ─build→ graph ─rewrite→ graph ─kernels→ kernels ─plan→ plan
 *                                                       └─derive→ a step of training with its plan
 *
 * Each arrow is a phase, a value (`phase.ts`); whoever runs, prints or measures phases does so in rows. Those of a
 * program are in `check.ts`; those of one net are here. Everything is pure: files come from `Files`, and what is
 * compiled goes back as data. `emit` writes kernels as a GraphModel.
 */
import * as E from 'fp-ts/lib/Either.js';
import { admissibleSizes } from './build/admissible.ts';
import { graphOfNet, sourceGraph } from './build/build.ts';
import { resize, type Images } from './build/resize.ts';
import { tapped } from './build/tap.ts';
import { Bug } from './diagnostic/bug.ts';
import { andThen, checked, failed } from './diagnostic/checked.ts';
import type { Diagnostic } from './diagnostic/diagnostic.ts';
import type { Graph } from './graph/graph.ts';
import type { Outputs } from './graph/main-output.ts';
import { showGraph } from './graph/print.ts';
import { freedByPasses } from './build/freed.ts';
import type { TraceEvent } from './graph/trace.ts';
import { kernels } from './lower/from-graph.ts';
import { fuse } from './lower/fuse.ts';
import type { KernelProgram } from './lower/kernels.ts';
import { plan, shapesOfInputs, type Plan } from './lower/plan.ts';
import { showKernels, showPlan } from './lower/show-plan.ts';
import { howOf } from './lower/training/from-recipe.ts';
import { showStep, type Again } from './lower/training/show-step.ts';
import { trainingStep, type How as HowToTrain, type Step } from './lower/training/step.ts';
import { shapeOf } from './ops/types.ts';
import { followedBy, line, type Line, type Phase } from './phase.ts';
import type { Training } from './protocol/recipe.ts';
import { applyPasses } from './rewrite/passes.ts';
import type { Pass } from './rewrite/rule/pattern.ts';
import type { TypedNet } from './typecheck/net/typed.ts';

/** A net of a sound program with its graph; what passes did to it, and what was made of it. */
export type Built = { readonly net: TypedNet; readonly graph: Graph };
export type Rewritten = Built & { readonly trace: readonly TraceEvent[] };
/** `sized` is the graph for the images that were asked for. */
export type InKernels = Rewritten & { readonly sized: Graph; readonly kernels: KernelProgram };
/** Undefined where sizes are free. */
export type Planned = InKernels & { readonly plan: Plan | undefined };
/** The step of a training; `again` where its backward pass computes values again. */
export type Derived = Built & {
  readonly step: Step;
  readonly plan: Plan | undefined;
  readonly again: Again | undefined;
};

/** `beside` are the names of nets that are printed too. */
const showGraphOf =
  (beside: readonly string[]) =>
  ({ graph }: Built): string =>
    showGraph(graph, beside);
const layersOf = ({ graph }: Built): readonly (readonly [number, string])[] => [
  [graph.nodes.length, 'layer'],
];

const building = (
  outputs: Outputs,
  beside: readonly string[],
  tap?: string,
): Phase<TypedNet, Built> => ({
  name: 'build',
  run: (net) =>
    tap === undefined
      ? checked({ net, graph: sourceGraph(net, outputs) }, [])
      : E.match(failed, (graph: Graph) => checked({ net, graph }, []))(
          tapped(net, graphOfNet(net), tap),
        ),
  show: showGraphOf(beside),
  amounts: layersOf,
});

/** Some passes, in order. A head that held the size of the image may be gone; then the input is free. */
const rewriting = (
  passes: readonly Pass[],
  beside: readonly string[],
): Phase<Built, Rewritten> => ({
  name: 'rewrite',
  run: ({ net, graph: before }) =>
    andThen(applyPasses(before, passes), ({ graph, trace }) =>
      checked({ net, graph: freedByPasses(before, graph), trace }, []),
    ),
  show: showGraphOf(beside),
  amounts: (made) => [...layersOf(made), [made.trace.length, 'application']],
});

/** For images of a size that the graph admits, or for every size that it takes (E0213, E0508). */
const inKernels = (images: Images | undefined): Phase<Rewritten, InKernels> => ({
  name: 'kernels',
  run: (rewritten) =>
    E.match(failed, (sized: Graph) =>
      checked({ ...rewritten, sized, kernels: kernelsOf(sized) }, []),
    )(forImages(rewritten.graph, images)),
  show: (made) => showKernels(made.kernels),
  amounts: (made) => [[made.kernels.calls.length, 'kernel']],
});

const planning = (batch: number): Phase<InKernels, Planned> => ({
  name: 'plan',
  run: (made) => {
    const input = shapeOf(made.sized.input.type, batch);
    return checked({ ...made, plan: input && plan(made.kernels, { input }) }, []);
  },
  show: ({ net, plan: p }, width) =>
    p === undefined
      ? `-- ${net.name}: the sizes are free, so nothing can be planned\n`
      : `-- ${net.name}\n${showPlan(p, width).trimEnd()}\n`,
  amounts: ({ plan: p }) => (p === undefined ? [] : [[p.steps.length, 'step']]),
});

/** The step of a training, for pictures as its recipe cuts them where the net takes any. */
const deriving = (training: Training, recomputes: boolean): Phase<Built, Derived> => ({
  name: 'derive',
  run: ({ net, graph: declared }) =>
    E.match(failed, (graph: Graph) => {
      const { recipe } = training;
      const step = stepOf(graph, { ...howOf(recipe, graph), recomputes });
      const pictures = Math.ceil(recipe.batch / recipe.accumulate);
      const planned = (of: Step): Plan | undefined => planOfStep(graph, of, pictures);
      const plain = recomputes ? stepOf(graph, howOf(recipe, graph)) : undefined;
      const calls = plain && step.program.calls.length - plain.program.calls.length;
      const before = plain && planned(plain);
      const again =
        calls === undefined || before === undefined ? undefined : { calls, plain: before };
      return checked({ net, graph, step, plan: planned(step), again }, []);
    })(forImages(declared, cutFor(declared, training))),
  show: ({ step: { move }, plan: p, again }, width) =>
    p === undefined
      ? `-- ${training.name}: the sizes are free, so nothing can be planned\n`
      : showStep(
          training.name,
          { plan: p, again, move: move && plan(move, shapesOfInputs(move, 0, [])) },
          width,
        ),
  amounts: ({ step }) => [[step.program.calls.length, 'kernel']],
});

/** The checker lets no net pass that cannot be trained. */
const stepOf = (graph: Graph, how: HowToTrain): Step => {
  const step = trainingStep(graph, how);
  if (E.isLeft(step)) throw new Bug(`${graph.net} cannot be trained: ${step.left.tag}`);
  return { ...step.right, program: fuse(step.right.program) };
};

const planOfStep = (graph: Graph, { program }: Step, pictures: number): Plan | undefined => {
  const input = shapeOf(graph.input.type, pictures);
  if (input === undefined) return undefined;
  const [, ...picture] = input;
  return plan(program, shapesOfInputs(program, pictures, picture));
};

/** The size that a recipe cuts pictures to, for a net of any size. */
const cutFor = ({ input }: Graph, { recipe, span }: Training): Images | undefined => {
  if (shapeOf(input.type, 1) !== undefined) return undefined;
  const crop = recipe.augment.find((step) => step.tag === 'crop');
  if (crop !== undefined) return { ...crop.size, asked: span };
  const { data } = recipe;
  return data.tag === 'shapes' ? { h: data.size, w: data.size, asked: span } : undefined;
};

/** How a net is compiled. */
export type How = {
  readonly passes?: readonly Pass[];
  /** those that the net declares, unless given */
  readonly images?: Images | undefined;
  /** images at a time, 1 unless given */
  readonly batch?: number;
  /** all, unless given */
  readonly outputs?: Outputs;
  /** the names of nets that are printed beside it */
  readonly beside?: readonly string[];
  /** the value that is the only output, by its path without the net (E0524) */
  readonly tap?: string | undefined;
};

/** What is made of a net, as far as is wanted. */
export const forNet = (how: How) => {
  const { passes = [], images, batch = 1, outputs = 'all', beside = [], tap } = how;
  const toGraph = line(building(outputs, beside, tap));
  const toRewritten = followedBy(toGraph, line(rewriting(passes, beside)));
  const toKernels = followedBy(toRewritten, line(inKernels(images)));
  const toPlan = followedBy(toKernels, line(planning(batch)));
  return { build: toGraph, rewrite: toRewritten, kernels: toKernels, plan: toPlan };
};

/** The step of a training. */
export const forTraining = (training: Training, recomputes: boolean): Line<TypedNet, Derived> =>
  followedBy(line(building('all', [])), line(deriving(training, recomputes)));

/** The kernels of a net that passes have left, for these images. */
export const kernelsFor = (images: Images | undefined): Line<Rewritten, InKernels> =>
  line(inKernels(images));

/** The kernels of a graph, for images of every size that it takes. */
export const kernelsOf = (graph: Graph): KernelProgram => fuse(kernels(graph));

/** A graph for images of a size that it admits, or as it is (E0213, E0508). */
const forImages = (graph: Graph, images: Images | undefined): E.Either<Diagnostic, Graph> =>
  images === undefined ? E.right(graph) : resize(graph, admissibleSizes(graph), images);

/** The graph of a net of a sound program, for its declared input or for images that it admits too (E0508). */
export const graphOf = (net: TypedNet, images?: Images): E.Either<Diagnostic, Graph> =>
  forImages(graphOfNet(net), images);
