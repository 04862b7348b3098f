/** Which of torchvision's published weights a file holds, as far as its name says; that is how pictures are prepared. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';
import { zoo, type Model, type Preparation } from '../zoo/zoo.ts';

/** `IMAGENET1K_V1` and `IMAGENET1K_V2`. */
export type WeightsVersion = 'v1' | 'v2';

/** The preparation of the pictures, and how the version was found; undefined where there is only one. */
export type Versioned = {
  readonly preparation: Preparation;
  readonly version:
    { readonly name: WeightsVersion; readonly from: 'option' | 'file' | 'nothing' } | undefined;
};

/** `resnet50-11ad3fa6.safetensors`, `resnet50_IMAGENET1K_V2.safetensors`, `resnet50.tv2_in1k.safetensors`. */
const versionInName = (path: string, hash: string): WeightsVersion | undefined => {
  const name = path
    .slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
    .toLowerCase();
  if (name.includes(hash) || /imagenet1k[_-]?v2|\btv2_/.test(name)) return 'v2';
  return /imagenet1k[_-]?v1|\btv_|-[0-9a-f]{8}\b/.test(name) ? 'v1' : undefined;
};

/** The version that was asked for, or that the file's name says, or the first (E0521 where there is no second). */
export const versionOf = (
  model: Model,
  path: string,
  asked: WeightsVersion | undefined,
): Either<Diagnostic, Versioned> => {
  const { second, preparation } = model;
  if (second === undefined) {
    if (asked !== 'v2') return E.right({ preparation, version: undefined });
    const having = zoo.filter((m) => m.second !== undefined).map((m) => m.name);
    return E.left(
      error('E0521', startOf(path), `torchvision has no second weights of \`${model.name}\``, {
        notes: [`leave \`--weights-version\` out; v2 is of ${having.join(', ')}`],
      }),
    );
  }
  const named = versionInName(path, second.hash);
  const name = asked ?? named ?? 'v1';
  const from = asked !== undefined ? 'option' : named !== undefined ? 'file' : 'nothing';
  return E.right({
    preparation: name === 'v2' ? second.preparation : preparation,
    version: { name, from },
  });
};
