/** What an import may name. */
import type { Ground } from '../ground.ts';

/** The other files of the project, as an import of this one names them. */
export const pathsBeside = ({ projects, document, path: own }: Ground): readonly string[] => {
  const from = own.split('/').slice(0, -1);
  return projects
    .beside(document)
    .paths.filter((path) => path !== own)
    .map((path) => {
      const to = path.split('/');
      let common = 0;
      while (common < from.length && from[common] === to[common]) common++;
      return [...from.slice(common).map(() => '..'), ...to.slice(common)].join('/');
    });
};
