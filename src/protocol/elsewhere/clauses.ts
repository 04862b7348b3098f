/** Words that begin a line elsewhere: arguments of PyTorch's, Keras's and Lightning's classes, keys of configurations. */
import { answers, folded, says, write, type Answer } from './answer.ts';

const rows = answers([
  ['batch_size bs train_batch_size mini_batch minibatch', write('batch')],
  ['num_epochs max_epochs n_epochs nb_epochs', write('epochs')],
  ['max_steps num_steps steps iterations', says('training is counted in `epochs`')],
  [
    'lr learning_rate rate base_lr',
    says('the rate belongs to the optimizer: `optimizer sgd(rate = 0.01)`'),
  ],
  [
    'betas beta beta1 beta2 eps epsilon amsgrad',
    says('it belongs to the optimizer: `optimizer adam(beta1 = 0.9, beta2 = 0.999)`'),
  ],
  [
    'momentum nesterov weight_decay wd',
    says(
      'it belongs to the optimizer: `optimizer sgd(rate = 0.01, momentum = 0.9, weight_decay = 5e-4)`',
    ),
  ],
  ['optim optimiser solver', write('optimizer')],
  ['scheduler lr_scheduler lr_schedule lr_policy', write('schedule')],
  [
    'patience factor gamma step_size milestones drops lr_drop',
    says('it belongs to the schedule: `schedule plateau(factor = 0.1, patience = 10)`'),
  ],
  [
    'warmup warmup_epochs',
    says('it stands beside the schedule, and counts epochs: `schedule cosine; warmup(5)`'),
  ],
  [
    'warmup_steps warmup_iters warmup_ratio num_warmup_steps',
    says('the warm-up is counted in epochs: `schedule cosine; warmup(5)`'),
  ],
  ['criterion objective loss_fn loss_function', write('loss')],
  [
    'smoothing label_smoothing',
    says('it belongs to the loss: `loss cross_entropy(smoothing = 0.1)`'),
  ],
  ['dataset datasets train_data training_data source', write('data')],
  [
    'validation val val_data validation_split valid test_data',
    says('it belongs to the data: `data imagefolder("data/flowers", validation = 0.1)`'),
  ],
  [
    'classes num_classes n_classes',
    says('it is what the net gives: `net N(classes = 10) : … -> [classes]`'),
  ],
  ['transform transforms augmentation augmentations preprocessing', write('augment')],
  [
    'normalize normalise normalization mean std scale rescale',
    says(
      'numbers of pixels are `input rgb(mean = data, std = data)`; sizes are `augment rescale(256)`',
    ),
  ],
  ['crop flip', says('it belongs to the augmentation: `augment rescale(256); crop-224; flip`')],
  [
    'image_size img_size input_size resolution',
    says('the net says what it takes: `net N : [224, 224, 3] -> …`'),
  ],
  [
    'clip_norm clipnorm gradient_clip_val grad_clip max_norm clip_grad_norm clip_gradients',
    write('clip'),
  ],
  [
    'accumulate_grad_batches gradient_accumulation_steps accumulation grad_accumulation iter_size',
    write('accumulate'),
  ],
  [
    'pretrained weights checkpoint ckpt finetune fine_tune backbone load',
    says('weights to begin with are `init from "weights.safetensors"`'),
  ],
  ['initializer initialization initialiser kernel_initializer weight_init', write('init')],
  ['random_seed manual_seed random_state', write('seed')],
  ['resume', says('`netc train --resume` goes on with a run; it is not a part of the recipe')],
  ['shuffle', says('pictures are drawn in a new order each epoch, by the `seed`')],
  [
    'num_workers workers threads n_workers',
    says('it is about a machine, not a recipe: `netc train FILE --workers 4`'),
  ],
  [
    'engine device gpu gpus cuda accelerator devices backend strategy',
    says('it is about a machine, not a recipe: `netc train FILE --engine wasm`'),
  ],
  ['precision dtype amp fp16 bf16 mixed_precision', says('netc computes in float32')],
  [
    'recompute checkpointing gradient_checkpointing activation_checkpointing remat',
    says('it is about a machine, not a recipe: `netc train FILE --recompute`'),
  ],
  ['strict', says('it is an option: `netc train FILE --strict`')],
  ['dry_run fast_dev_run', says('it is an option: `netc train FILE --dry-run`')],
  ['overfit overfit_batches', says('it is an option: `netc train FILE --overfit 1`')],
  [
    'runs save_dir log_dir output output_dir out_dir default_root_dir logger logdir project name',
    says('a run has a folder of its own; `netc train FILE --runs DIR` says where'),
  ],
  [
    'save save_best save_top_k save_last save_every save_freq checkpoint_every log log_every log_every_n_steps verbose progress',
    says('a run writes its checkpoints and its log itself, after each epoch'),
  ],
  ['metrics metric accuracy', says('top-1 and top-5 are always counted')],
  [
    'callbacks early_stopping early_stop',
    says('`schedule plateau(patience = 10, drops = 3)` ends a training that no longer improves'),
  ],
  // forms without the clause that they belong to
  [
    'imagefolder cifar10 cifar100 mnist webdataset arrays shapes',
    says('it is a form of the data: `data imagefolder("data/flowers")`'),
  ],
  ['rgb bgr grey', says('it is a form of the input: `input rgb(mean = data)`')],
  ['cross_entropy', says('it is a form of the loss: `loss cross_entropy`')],
  ['sgd adam adamw', says('it is a form of the optimizer: `optimizer adam(rate = 1e-3)`')],
  [
    'constant step cosine plateau',
    says('it is a form of the schedule: `schedule cosine`, `schedule plateau(patience = 10)`'),
  ],
  ['normal xavier kaiming', says('it is a form of how kernels begin: `init kaiming`')],
  ['dropout', says('it is a layer of the net: `dropout-0.5`')],
  ['model net network', says('the net stands in the head: `train NAME : NET`')],
  ['image_scales test_scales multi_scale', write('scales')],
  ['tta test_time_augmentation view', write('views')],
]);

/** What there is here for the word of a clause, if that is known. */
export const clauseElsewhere = (word: string): Answer | undefined => rows.get(folded(word));
