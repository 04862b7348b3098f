/** The manual, as hovers and completions show it. */
import { chapters, topicsOf, type Chapter } from '../manual/topics.ts';
import { perObject } from '../syntax/memo.ts';
import type { Host } from './host.ts';

const chaptersOf: (host: Host) => readonly Chapter[] = perObject((host: Host) =>
  chapters(host.page),
);

/** The pages about a word, in chapters of these titles, or in all. */
export const pagesOn = (host: Host, word: string, ...titles: readonly string[]): string[] => {
  const all = chaptersOf(host).filter(({ title }) => titles.length === 0 || titles.includes(title));
  const linked = (page: string): string =>
    page.replaceAll(/\]\(([\w-]+\.md)/g, (_, file) => `](${host.pageUri(`docs/${file}`)}`);
  return topicsOf(all, word).map((topic) => linked(topic.page()));
};

/** The titles of chapters, by what they are about. */
export const titles = {
  operators: 'Operators',
  passes: 'Passes',
  language: 'Keywords, signs and names',
  clauses: 'Clauses of train and eval',
} as const;
