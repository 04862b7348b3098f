/** What stands behind the word of a clause elsewhere: classes of PyTorch, torchvision and Keras. */
import { answers, folded, says, write, type Answer } from './answer.ts';

const none = (what: string): Answer => says(`netc has ${what}`);
const optimizers = none('`sgd`, `adam` and `adamw`');
const losses = says('a class is what a net is trained for: `cross_entropy`');
const steps = none('`rescale`, `crop`, `flip` and `rgb_shift`');
const sets = says('pictures of every set can be put into folders: `imagefolder("data/…")`');

const rows: { readonly [clause: string]: ReadonlyMap<string, Answer> } = {
  optimizer: answers([
    ['gd gradient_descent', write('sgd')],
    ['SGD', write('sgd', 'lr momentum dampening weight_decay nesterov')],
    ['Adam', write('adam', 'lr betas eps weight_decay')],
    ['AdamW', write('adamw', 'lr betas eps weight_decay')],
    [
      'momentum momentum_optimizer nesterov',
      says('`sgd(rate = 0.01, momentum = 0.9)` has a momentum'),
    ],
    [
      'rmsprop adagrad adadelta nadam radam adamax lion lamb lars lbfgs adafactor ftrl asgd',
      optimizers,
    ],
  ]),
  loss: answers([
    ['CrossEntropyLoss crossentropy xent ce NLLLoss nll_loss log_loss', write('cross_entropy')],
    [
      'CategoricalCrossentropy SparseCategoricalCrossentropy softmax_cross_entropy',
      write('cross_entropy'),
    ],
    ['softmax_cross_entropy_with_logits softmax_loss SoftmaxWithLoss', write('cross_entropy')],
    ['mse MSELoss mean_squared_error l1 L1Loss mae bce BCELoss BCEWithLogitsLoss', losses],
    ['binary_crossentropy hinge huber focal focal_loss dice kldiv', losses],
    ['label_smoothing', says('it is `cross_entropy(smoothing = 0.1)`')],
  ]),
  schedule: answers([
    ['ReduceLROnPlateau', write('plateau', 'mode factor patience')],
    ['reduce_on_plateau', write('plateau')],
    ['StepLR', write('step', 'step_size gamma')],
    ['MultiStepLR multistep', write('step', 'milestones gamma')],
    ['step_decay piecewise PiecewiseConstantDecay', write('step')],
    [
      'ExponentialLR exponential ExponentialDecay',
      says('`step(every = 1, factor = 0.95)` does it'),
    ],
    [
      'CosineAnnealingLR CosineAnnealing CosineDecay cosine_annealing cosine_decay',
      write('cosine', 'T_max eta_min'),
    ],
    [
      'CosineAnnealingWarmRestarts sgdr OneCycleLR onecycle',
      says('`cosine; warmup(5)` rises first and then falls, once'),
    ],
    ['ConstantLR none fixed', write('constant')],
    [
      'early_stopping EarlyStopping patience',
      says('`plateau(patience = 10, drops = 3)` ends a training that no longer improves'),
    ],
    ['LinearLR linear_warmup', says('`warmup(5)` stands beside another: `constant; warmup(5)`')],
    [
      'PolynomialLR poly polynomial LambdaLR CyclicLR linear',
      none('`constant`, `step`, `cosine` and `plateau`'),
    ],
  ]),
  augment: answers([
    ['RandomCrop random_crop', write('crop')],
    ['CenterCrop centre_crop', says('where nothing is cropped pictures are cut in the middle')],
    ['Resize scale resize_shorter SmallestMaxSize', write('rescale')],
    [
      'RandomResizedCrop RandomSizedCrop',
      says('`rescale(256..512); crop-224` draws the scale and the place'),
    ],
    [
      'RandomHorizontalFlip HorizontalFlip hflip fliplr random_flip mirror flip_left_right',
      write('flip'),
    ],
    [
      'ColorJitter color_jitter RandomColor brightness contrast',
      says('`rgb_shift-0.1` shifts colours'),
    ],
    ['Lighting pca pca_jitter fancy_pca color_pca', write('rgb_shift')],
    [
      'Normalize normalise standardize',
      says('it is a clause of its own: `input rgb(mean = data, std = data)`'),
    ],
    [
      'ToTensor to_float totensor ToImage ConvertImageDtype',
      says('`input` makes numbers of pixels'),
    ],
    ['Pad', says('`crop(32, pad = 4)` adds pixels first')],
    ['Compose Sequential', says('steps stand between `;`')],
    ['RandomVerticalFlip VerticalFlip flipud RandomRotation RandomAffine rotate', steps],
    ['mixup cutmix RandAugment AutoAugment RandomErasing cutout TrivialAugment noise blur', steps],
  ]),
  init: answers([
    ['normal_ gaussian random_normal truncated_normal trunc_normal msra', write('normal')],
    ['xavier_normal glorot_normal glorot', write('xavier')],
    ['xavier_uniform glorot_uniform', write('xavier(distribution = uniform)')],
    ['kaiming_normal he_normal he', write('kaiming')],
    ['kaiming_uniform he_uniform', write('kaiming(distribution = uniform)')],
    ['zeros constant zero ones', says('equal kernels learn the same, and stay equal')],
    ['orthogonal uniform identity lecun_normal', none('`normal`, `xavier` and `kaiming`')],
    ['pretrained imagenet', says('weights to begin with are `init from "weights.safetensors"`')],
  ]),
  data: answers([
    [
      'folder image_folder ImageDataset ImageNet directory image_dataset_from_directory',
      write('imagefolder'),
    ],
    ['cifar', write('cifar10')],
    ['FashionMNIST fashion_mnist kmnist idx', write('mnist')],
    ['wds tar tars', write('webdataset')],
    ['npz npy numpy TensorDataset array', write('arrays')],
    ['synthetic toy fake FakeData', write('shapes')],
    ['svhn stl10 coco voc tfds huggingface load_dataset hdf5 lmdb csv tfrecord', sets],
  ]),
  input: answers([
    ['gray grayscale greyscale l mono', write('grey')],
    [
      'imagenet',
      says(
        '`rgb(scale = 1.0/255, mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225])` is what torchvision does',
      ),
    ],
    ['normalize', says('`rgb(mean = data, std = data)` does it')],
  ]),
  views: answers([
    ['CenterCrop centre', write('center')],
    ['FiveCrop TenCrop multi_crop multicrop', says('`crops-5x5; flip` looks at a grid of pieces')],
    ['hflip horizontal_flip mirror', write('flip')],
  ]),
};

/** What there is here for a form of a clause, if that is known. */
export const formElsewhere = (clause: string, name: string): Answer | undefined =>
  rows[clause]?.get(folded(name));

/** The clauses that have something for a word of other frameworks, with that. */
export const formsElsewhere = (name: string): readonly (readonly [clause: string, Answer])[] =>
  Object.keys(rows).flatMap((clause) => {
    const answer = formElsewhere(clause, name);
    return answer === undefined ? [] : [[clause, answer] as const];
  });
