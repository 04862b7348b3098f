/** Names of arguments elsewhere, and those of netc's forms that mean the same. */
import { answers, folded, says, write, type Answer } from './answer.ts';

const rows = answers([
  ['lr learning_rate base_lr', write('rate')],
  ['wd decay_rate l2', write('weight_decay')],
  ['betas', says('written apart: `beta1 = 0.9, beta2 = 0.999`')],
  [
    'steps iterations warmup_steps warmup_iters num_steps total_steps',
    says('netc counts in epochs'),
  ],
  ['beta', write('beta1')],
  ['epsilon', write('eps')],
  ['mu', write('momentum')],
  [
    'amsgrad dampening maximize foreach fused capturable differentiable',
    says('netc has no such parameter'),
  ],
  ['gamma', write('factor')],
  ['step_size', write('every')],
  ['milestones boundaries epochs', write('at')],
  ['T_max t_max', says('the cosine reaches over all epochs')],
  ['eta_min min_lr', says('the rate goes down to 0')],
  ['mode threshold cooldown monitor', says('the plateau watches the accuracy in validation')],
  ['label_smoothing', write('smoothing')],
  ['class_weight class_weights pos_weight ignore_index', says('all classes count alike')],
  ['reduction', says('the loss is the mean over the batch')],
  ['from_logits', says('logits are taken: what the last layer makes probabilities of')],
  ['padding', write('pad')],
  ['sigma stddev', write('std')],
  ['root dir directory folder file url', write('path')],
  ['val validation_split val_split valid split', write('validation')],
  ['num_classes n_classes', write('classes')],
  ['p prob probability', says('one time in two')],
  ['mean_std', says('`mean` and `std`')],
  ['transform target_transform', says('it is a clause of its own: `augment`')],
  ['shuffle', says('pictures are drawn in a new order each epoch')],
  ['download train', says('nothing is downloaded; the path is where the files are')],
  ['n num images_per_class count', write('images')],
]);

/** What an argument of another framework's is called by the form that has these parameters. */
export const parameterElsewhere = (
  name: string,
  parameters: readonly string[],
): Answer | undefined => {
  const answer = rows.get(folded(name));
  if (answer?.write === undefined) return answer;
  return parameters.includes(answer.write) ? answer : undefined;
};
