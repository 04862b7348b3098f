/** The memory of a step as a drawing: what is alive over its calls, the peak marked, and what that is by layer. */
import { xml } from '../../diagram/escape.ts';
import { bytes as told, thousands } from '../../numeric/figures.ts';
import type { Memory } from '../../runtime/runs/memory.ts';
import { percent } from '../training.ts';
import { ticks } from './chart.ts';

const [width, height] = [840, 240];
const margin = { left: 70, right: 14, top: 24, bottom: 30 };

/** Layers that are listed. */
const mostLayers = 12;

/** Calls that are drawn: of more, the most of each stretch. */
const mostCalls = 600;

/** The largest value of each stretch, with the place of the call that has it. */
const crests = (live: readonly number[]): readonly (readonly [call: number, bytes: number])[] => {
  const each = Math.max(1, live.length / mostCalls);
  return Array.from({ length: Math.ceil(live.length / each) }, (_, i) => {
    const from = Math.floor(i * each);
    const part = live.slice(from, Math.max(from + 1, Math.floor((i + 1) * each)));
    const most = part.reduce((best, n, k) => (n > part[best]! ? k : best), 0);
    return [from + most, part[most]!] as const;
  });
};

/** The drawing and the table; nothing where no plan was kept. */
export const memoryHtml = (memory: Memory | undefined): string => {
  const top = memory?.live[memory.peak];
  if (memory === undefined || top === undefined || top === 0) return '';
  const { live, layers, peak } = memory;
  const x = (call: number): string =>
    (margin.left + ((call + 0.5) / live.length) * (width - margin.left - margin.right)).toFixed(1);
  const y = (n: number): string =>
    (height - margin.bottom - (n / top) * (height - margin.top - margin.bottom)).toFixed(1);
  const power = 1024 ** Math.max(0, Math.floor(Math.log2(top) / 10));
  const rows = ticks(0, top / power, 6).map((n) => {
    const at = y(n * power);
    return (
      `<path class="grid" d="M${margin.left} ${at}H${width - margin.right}"/>` +
      `<text class="tick" x="${margin.left - 8}" y="${Number(at) + 4}" text-anchor="end">${told(n * power)}</text>`
    );
  });
  const points = crests(live);
  const line = points.map(([call, n], i) => `${i === 0 ? 'M' : 'L'}${x(call)} ${y(n)}`).join('');
  const [first, last] = [points[0]![0], points.at(-1)![0]];
  const layer = layers[peak] ?? '';
  const side = peak > live.length / 2 ? 'end' : 'start';
  const shift = side === 'end' ? -10 : 10;
  const label = `${told(top)} at ${layer}, call ${thousands(peak + 1)}`;
  return (
    `<figure><figcaption><b>alive over the ${thousands(live.length)} calls of a step</b>` +
    `<span class="aside">beside ${told(memory.weights)} of weights and what the optimizer keeps</span></figcaption>` +
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="bytes that are alive over the calls of a step">` +
    `${rows.join('')}<path class="area" d="${line}L${x(last)} ${y(0)}L${x(first)} ${y(0)}Z"/>` +
    `<path class="curve-training" d="${line}"/>` +
    `<path class="peak" d="M${x(peak)} ${y(0)}V${y(top)}"/><circle class="mark-validation" cx="${x(peak)}" cy="${y(top)}" r="4"><title>${xml(label)}</title></circle>` +
    `<text class="peak-label" x="${Number(x(peak)) + shift}" y="${margin.top - 8}" text-anchor="${side}">peak: ${xml(label)}</text>` +
    `<text class="tick" x="${width - margin.right}" y="${height - 8}" text-anchor="end">calls: forward, backward, update</text>` +
    `</svg></figure>${heldHtml(memory, top)}`
  );
};

/** What is alive at the peak, by layer, with a bar for each. */
const heldHtml = ({ held }: Memory, top: number): string => {
  const shown = held.slice(0, mostLayers);
  const others = held.slice(mostLayers);
  const rest = others.reduce((sum, { bytes }) => sum + bytes, 0);
  const rows = [
    ...shown,
    ...(rest === 0 ? [] : [{ layer: `${thousands(others.length)} others`, bytes: rest }]),
  ].map(
    ({ layer, bytes }) =>
      `<tr><td class="text"><code>${xml(layer)}</code></td><td>${told(bytes)}</td>` +
      `<td>${percent(bytes / top)}</td><td class="bar"><div style="width:${((100 * bytes) / top).toFixed(1)}%"></div></td></tr>`,
  );
  return (
    '<div class="scroll"><table class="held"><thead><tr><th>alive at the peak, made by</th><th>bytes</th><th>share</th><th></th></tr></thead>' +
    `<tbody>${rows.join('')}</tbody></table></div>`
  );
};
