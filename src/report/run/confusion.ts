/** The classes that pictures have and the classes that a net took them for, as HTML. */
import { xml } from '../../diagram/escape.ts';
import { plural } from '../../numeric/figures.ts';
import { percent } from '../training.ts';

/** Pictures of each class, in rows, by what they were taken for, in columns. */
export type Confusion = readonly (readonly number[])[];

/** More classes than this are told in words. */
const mostClasses = 24;

const sum = (row: readonly number[]): number => row.reduce((a, b) => a + b, 0);

/** The matrix, and how many of each class were recognised; for many classes, those that were mistaken most often. */
export const confusionHtml = (confusion: Confusion, classes: readonly string[]): string =>
  confusion.length <= mostClasses ? matrix(confusion, classes) : mistakes(confusion, classes);

const nameOf = (classes: readonly string[], i: number): string => xml(classes[i] ?? `class ${i}`);

const matrix = (confusion: Confusion, classes: readonly string[]): string => {
  const head = confusion.map((_, i) => `<th scope="col">${nameOf(classes, i)}</th>`).join('');
  const rows = confusion.map((row, i) => {
    const all = sum(row);
    const cells = row.map((n, j) => {
      const share = all === 0 ? 0 : n / all;
      const colour = i === j ? 'heat' : 'wrong';
      const told = `${nameOf(classes, i)} taken for ${nameOf(classes, j)}: ${plural(n, 'picture')}`;
      const shade =
        n === 0
          ? ''
          : ` style="background: rgba(var(--${colour}), ${(0.1 + 0.55 * share).toFixed(2)})"`;
      return `<td${i === j ? ' class="own"' : ''}${shade} title="${told}">${n === 0 ? '' : n}</td>`;
    });
    const right = percent(all === 0 ? NaN : (row[i] ?? 0) / all);
    return `<tr><th scope="row">${nameOf(classes, i)}</th>${cells.join('')}<td>${right}</td></tr>`;
  });
  return (
    '<p class="lead">A row for each class, a column for what its pictures were taken for.</p>' +
    `<div class="scroll"><table class="confusion"><thead><tr><td></td>${head}<th scope="col">right</th></tr></thead>` +
    `<tbody>${rows.join('')}</tbody></table></div>`
  );
};

/** Mistakes that are listed. */
const mostMistakes = 20;

const mistakes = (confusion: Confusion, classes: readonly string[]): string => {
  const all = confusion.flatMap((row, i) =>
    row.flatMap((n, j) => (i === j || n === 0 ? [] : [{ i, j, n, of: sum(row) }])),
  );
  const most = all.sort((a, b) => b.n - a.n).slice(0, mostMistakes);
  const rows = most.map(
    ({ i, j, n, of }) =>
      `<tr><td class="text">${nameOf(classes, i)}</td><td class="text">${nameOf(classes, j)}</td>` +
      `<td>${n}</td><td>${percent(n / of)}</td></tr>`,
  );
  return (
    `<p class="lead">The most frequent mistakes among ${plural(confusion.length, 'class', 'classes')}.</p>` +
    '<table><thead><tr><th>class</th><th>taken for</th><th>pictures</th><th>of the class</th></tr></thead>' +
    `<tbody>${rows.join('')}</tbody></table>`
  );
};
