/** The report of a run: one page of HTML that needs nothing else, neither a network nor a script. */
import { xml } from '../../diagram/escape.ts';
import { plural, thousands } from '../../numeric/figures.ts';
import type { Worst } from '../../runtime/runs/findings.ts';
import { doing } from '../../runtime/runs/listed.ts';
import type { Entry } from '../../runtime/runs/log.ts';
import type { Story } from '../../runtime/runs/story.ts';
import { clock, figure, percent } from '../training.ts';
import { chartSvg, smoothed, thinned, type Chart, type Curve, type Point } from './chart.ts';
import { confusionHtml } from './confusion.ts';
import { evaluationsHtml } from './evaluations.ts';
import { memoryHtml } from './memory.ts';
import { style } from './style.ts';

/** The page, whose text is the same for the same story. */
export const reportHtml = (story: Story): string => {
  const { run, sources } = story;
  const { record } = run;
  const sections = [
    header(story),
    section('Curves', `<div class="charts">${charts(story.entries).map(chartSvg).join('')}</div>`),
    ...findingsOf(story),
    section('Evaluations', evaluationsHtml(story.evaluations)),
    section('Memory', memoryHtml(story.memory) + planHtml(story)),
    section('Configuration', pre(story.configuration) + versions(story)),
    section(
      'Source',
      sources.map(({ path, text }, i) => folded(path, pre(text), i === 0)).join(''),
    ),
    section('Sessions', sessions(story.entries)),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${xml(`${record.run}: ${record.net}`)}</title>
<style>
${style}
</style>
</head>
<body>
${sections.filter((s) => s !== '').join('\n')}
</body>
</html>
`;
};

/** The plan as text, folded where it is drawn. */
const planHtml = ({ plan, memory }: Story): string => {
  const text = pre(plan);
  return memory === undefined || text === '' ? text : folded('every call', text, false);
};

const section = (title: string, body: string): string =>
  body === '' ? '' : `<h2>${title}</h2>\n${body}`;

const pre = (text: string): string =>
  text.trim() === '' ? '' : `<pre>${xml(text.trimEnd())}</pre>`;

const folded = (title: string, body: string, open: boolean): string =>
  `<details${open ? ' open' : ''}><summary>${xml(title)}</summary>${body}</details>`;

/** `validation top-1` for `validation_top1` */
const metricText = (metric: string): string =>
  metric.replaceAll('_', ' ').replace(/top(\d)/, 'top-$1');

const header = (story: Story): string => {
  const { record, state } = story.run;
  const { best } = state;
  const isShare = best !== undefined && /top\d$/.test(best.metric);
  const facts: readonly (readonly [string, string])[] = [
    ...(best === undefined
      ? []
      : [
          [
            `best ${metricText(best.metric)}, epoch ${best.epoch}`,
            isShare ? percent(best.value) : figure(best.value),
          ] as const,
        ]),
    ['epochs', `${state.epoch} of ${state.epochs}`],
    ['steps', thousands(state.step)],
    ['time', clock(state.seconds)],
    ['engine', `${record.engine}`],
    ['seed', String(record.seed)],
  ];
  const now = doing(story.run);
  const reason = state.reason === undefined ? '' : `<p class="bad">${xml(state.reason)}</p>`;
  return (
    `<h1>${xml(record.run)}<span class="state state-${now}">${now}</span></h1>\n` +
    `<p class="lead">${xml(record.net)} on <code>${xml(record.data)}</code>, ` +
    `${plural(record.classes.length, 'class', 'classes')}; begun ${xml(record.started)}</p>\n${reason}` +
    `<dl class="facts">${facts.map(([name, value]) => `<div><dt>${xml(name)}</dt><dd>${xml(value)}</dd></div>`).join('')}</dl>`
  );
};

/** The most points of a curve: more cannot be told apart on a screen. */
const mostPoints = 400;
/** The share of a curve that is averaged to smooth it, before and behind each point. */
const reach = 0.02;

const pointsOf = (
  entries: readonly Entry[],
  event: 'step' | 'epoch',
  name: string,
): readonly Point[] =>
  entries.flatMap((entry) => {
    if (entry.event !== event) return [];
    const value = entry.figures[name];
    return value === undefined ? [] : [[entry.step, value] as const];
  });

/** What was measured of a figure at steps, with its course. */
const courseOf = (entries: readonly Entry[], name: string): readonly Curve[] => {
  const steps = thinned(pointsOf(entries, 'step', name), mostPoints);
  if (steps.length < 2) return [];
  const points = smoothed(steps, Math.ceil(reach * steps.length));
  return [
    { name: 'raw', kind: 'faint', points: steps, marked: false },
    { name: 'training', kind: 'training', points, marked: false },
  ];
};

/** What training measured of a figure of whole epochs. */
const epochsOf = (entries: readonly Entry[], name: string): Curve => ({
  name: 'training',
  kind: 'training',
  points: pointsOf(entries, 'epoch', name),
  marked: true,
});

/** What validation measured of a figure. */
const validationOf = (entries: readonly Entry[], name: string): readonly Curve[] => {
  const points = pointsOf(entries, 'epoch', `validation_${name}`);
  return points.length === 0
    ? []
    : [{ name: 'validation', kind: 'validation', points, marked: true }];
};

/** The side outputs that are trained, by the names of their figures. */
const sidesIn = (entries: readonly Entry[]): readonly string[] => {
  const figures = entries.flatMap((e) => (e.event === 'epoch' ? Object.keys(e.figures) : []));
  const names = figures.flatMap((name) => /^(?!validation_)(.+)_top1$/.exec(name)?.[1] ?? []);
  return [...new Set(names)];
};

const charts = (entries: readonly Entry[]): readonly Chart[] => {
  const sides = sidesIn(entries);
  /** at each step where it was measured there, which it is of the main output alone where there is no other */
  const measured = (name: string, isAtSteps: boolean): readonly Curve[] => {
    const course = isAtSteps ? courseOf(entries, name) : [];
    return [
      ...(course.length > 0 ? course : [epochsOf(entries, name)]),
      ...validationOf(entries, name),
    ];
  };
  const loss = (title: string, curves: readonly Curve[]): Chart => ({
    ...{ title, curves, show: plain, from: 0 },
  });
  const top1 = (title: string, curves: readonly Curve[]): Chart => ({
    ...{ title, curves, show: percentShort, from: 0, to: 1 },
  });
  return [
    loss('loss', measured('loss', sides.length === 0)),
    top1('top-1', measured('top1', true)),
    ...sides.flatMap((side) => [
      loss(`loss of ${side}`, measured(`${side}_loss`, false)),
      top1(`top-1 of ${side}`, measured(`${side}_top1`, false)),
    ]),
    ...(sides.length === 0
      ? []
      : [loss(`loss with ${sides.join(', ')}`, courseOf(entries, 'loss'))]),
    {
      title: 'rate',
      curves: [
        {
          name: 'rate',
          kind: 'training',
          points: thinned(pointsOf(entries, 'step', 'rate'), mostPoints),
          marked: false,
        },
      ],
      show: plain,
      from: 0,
    },
  ];
};

/** `0.05`, `1.2e-5` */
const plain = (n: number): string => String(Number(n.toPrecision(3)));

const percentShort = (n: number): string => percent(n).replace('.0 %', ' %');

const findingsOf = (story: Story): readonly string[] => {
  const { findings, run } = story;
  if (findings === undefined) return [];
  const { classes } = run.record;
  const title = `Confusion, epoch ${findings.epoch}`;
  const worst = findings.worst.map((picture) => worstHtml(picture, classes));
  return [
    section(
      title,
      findings.confusion.length === 0 ? '' : confusionHtml(findings.confusion, classes),
    ),
    section(
      'Worst pictures',
      worst.length === 0 ? '' : `<div class="worst">${worst.join('')}</div>`,
    ),
  ];
};

/** Base64 and nothing else: it comes from a file that anybody may have changed. */
const isBase64 = (text: string): boolean => /^[A-Za-z0-9+/]+=*$/.test(text);

/** Below so many characters a PNG is so small that its pixels are to be seen. */
const small = 8_000;

const worstHtml = (
  { name, label, guess, probability, png }: Worst,
  classes: readonly string[],
): string => {
  const named = (i: number): string => xml(classes[i] ?? `class ${i}`);
  const picture =
    png === undefined || !isBase64(png)
      ? ''
      : `<img${png.length < small ? ' class="small"' : ''} alt="" src="data:image/png;base64,${png}">`;
  const verdict =
    label === guess
      ? `${named(label)}`
      : `${named(label)}, taken for <b class="bad">${named(guess)}</b>`;
  return `<figure>${picture}<figcaption>${verdict}<br>${percent(probability)} for ${named(label)}<br><code>${xml(name)}</code></figcaption></figure>`;
};

/** Where the first weights come from, if they were taken over. */
const beginning = ({ start }: Story['run']['record']): readonly (readonly [string, string])[] =>
  start === undefined
    ? []
    : [
        ['begins with', `${start.file}, ${start.digest}`],
        ['layers taken', start.taken.join(' ')],
        ['layers drawn', start.drawn.join(' ')],
      ];

const versions = ({ run: { record } }: Story): string => {
  const rows = [
    ['command', record.command],
    ['engine', `${record.engine}, ${record.device}`],
    ...Object.entries(record.versions),
    ['source', record.sourceDigest],
    ['data', record.dataDigest],
    ...beginning(record),
  ];
  const cells = rows.map(
    ([name = '', value = '']) =>
      `<tr><th scope="row">${xml(name)}</th><td class="text"><code>${xml(value)}</code></td></tr>`,
  );
  return `<div class="scroll"><table>${cells.join('')}</table></div>`;
};

/** When training began, went on and ended. */
const sessions = (entries: readonly Entry[]): string => {
  const rows = entries.flatMap((entry) => {
    const place = `<td>${thousands(entry.step)}</td><td>${clock(entry.seconds)}</td>`;
    switch (entry.event) {
      case 'began':
      case 'resumed':
        return [
          `<tr><td class="text">${entry.event}</td>${place}<td class="text">${xml(entry.at)}</td></tr>`,
        ];
      case 'ended':
        return [`<tr><td class="text">${xml(entry.state)}</td>${place}<td></td></tr>`];
      default:
        return [];
    }
  });
  return `<table><thead><tr><th></th><th>step</th><th>time</th><th>at</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
};
