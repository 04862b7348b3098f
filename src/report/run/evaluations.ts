/** What `netc eval` measured of a run, as HTML. */
import { xml } from '../../diagram/escape.ts';
import { thousands } from '../../numeric/figures.ts';
import type { Evaluated } from '../../runtime/runs/evaluations.ts';
import { figure, percent } from '../training.ts';

/** A row for each evaluation; nothing where there is none. */
export const evaluationsHtml = (all: readonly Evaluated[]): string => {
  if (all.length === 0) return '';
  const head = [
    'evaluation',
    'data',
    'views',
    'scales',
    'pictures',
    'top-1',
    'top-5',
    'loss',
    'calibration error',
    'measured',
  ];
  const rows = all.map(
    (one) =>
      `<tr><td class="text">${xml(one.name)}${fusedText(one)}</td><td class="text">${xml(one.data)}</td>` +
      `<td class="text">${xml(one.views)}</td><td class="text">${xml(one.scales)}</td>` +
      `<td>${thousands(one.pictures)}</td><td>${percent(one.top1 / one.pictures)}</td>` +
      `<td>${percent(one.top5 / one.pictures)}</td><td>${figure(one.loss)}</td>` +
      `<td>${percent(one.calibrationError)}</td><td class="text">${xml(one.at.slice(0, 16).replace('T', ' '))}</td></tr>`,
  );
  return (
    `<div class="scroll"><table><thead><tr>${head.map((name) => `<th>${name}</th>`).join('')}</tr></thead>` +
    `<tbody>${rows.join('')}</tbody></table></div>`
  );
};

const fusedText = ({ with: others }: Evaluated): string =>
  others.length === 0 ? '' : `, the mean with ${others.map(xml).join(', ')}`;
