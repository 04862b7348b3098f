/** Writes the report of a run beside its other files, from these files. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { textChunks } from '../../runtime/data/bytes.ts';
import { writeFileAtomically } from '../../runtime/disk/files.ts';
import { storyOf } from '../../runtime/runs/story.ts';
import { reportHtml } from '../../report/run/page.ts';

/** Writes `report.html` into the folder of a run and gives its path (E0001, E0509, E0944). */
export const writeReport = (folder: string): Or<Diagnostic, string> => {
  const story = storyOf(folder);
  if (Either.isLeft(story)) return story;
  const path = `${folder}/report.html`;
  const written = writeFileAtomically(path, textChunks(reportHtml(story.right)));
  return Either.map(() => path)(written);
};
