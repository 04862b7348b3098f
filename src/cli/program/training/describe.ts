/** What a training says of itself to the folder of its run. */
import { isOfNetc } from '../../../syntax/source.ts';
import { courseOf } from '../../../lower/course.ts';
import { showPlan } from '../../../lower/show-plan.ts';
import { inputFor } from '../../../runtime/batches/settings.ts';
import type { Recipe } from '../../../protocol/recipe.ts';
import { showTraining } from '../../../protocol/write.ts';
import type { Description } from '../../../runtime/runs/begin.ts';
import type { RunOptions } from '../../../runtime/runs/record.ts';
import type { Sources } from '../../../runtime/runs/sources.ts';
import { planOf } from '../../../runtime/train/trainer.ts';
import { version } from '../../host/home.ts';
import type { Chosen } from './choose.ts';
import type { Prepared } from './prepare.ts';

/** The sources of a program, the main one first, without netc's own passes. */
export const sourcesOf = ({ loaded: { program } }: Chosen): Sources => {
  const main = program.files.get(program.entry)!.source;
  const others = Array.from(program.files.values(), ({ source }) => source).filter(
    ({ path }) => path !== program.entry && !isOfNetc(path),
  );
  return [main, ...others];
};

/** `imagefolder("data/flowers")` */
export const dataText = ({ data }: Pick<Recipe, 'data'>): string =>
  data.tag === 'shapes' ? 'shapes' : `${data.tag}("${data.path}")`;

/** `command` began the training, with these options; `resume` gives the command that goes on with it. */
export const describe = (
  chosen: Chosen,
  prepared: Prepared,
  command: string,
  options: RunOptions,
  resume: (run: string) => string,
): Description => {
  const { training, engine, dataset, loader, programs, picture, batch } = prepared;
  const { recipe } = training;
  const digest = dataset.digest();
  const plan = planOf(programs, engine, batch, picture);
  return {
    facts: {
      net: training.net.name,
      data: dataText(recipe),
      dataDigest: digest.sum,
      classes: dataset.classes,
      input: inputFor(recipe, loader.measured),
      measured: loader.measured,
      start: prepared.start,
      seed: recipe.seed,
      epochs: recipe.epochs,
      engine: engine.name,
      device: engine.version,
      versions: { netc: version(), node: process.version, engine: engine.version },
      ...{ command, options },
    },
    sources: sourcesOf(chosen),
    recipe,
    pictures: digest.pictures,
    configuration: showTraining(training),
    plan: showPlan(plan),
    memory: courseOf(plan),
    resume,
  };
};
