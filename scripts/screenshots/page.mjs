// A page that looks like an editor: a text with colours, hints and lenses, and what floats at a place of it.

const escape = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The colours of scopes of the TextMate grammar, and of the server's tokens, which win. */
const palette = {
  'comment.line.double-dash': '#7f8c98',
  'string.quoted.double': '#a8cc8c',
  'constant.numeric': '#e8b589',
  'keyword.declaration': '#c792ea',
  'keyword.control': '#c792ea',
  'keyword.other': '#c792ea',
  'keyword.operator.repeat': '#c792ea',
  'keyword.operator': '#89ddff',
  'support.function': '#82aaff',
  'support.type.property-name': '#c792ea',
  'entity.name.function': '#ffcb6b',
  'entity.name.tag': '#f78c6c',
  'punctuation.separator': '#8d99ae',
  function: '#ffcb6b',
  class: '#ffcb6b',
  macro: '#82aaff',
  parameter: '#f07178',
  variable: '#f07178',
};

const spanOf = (text, colour, marks) =>
  `<span style="color:${colour}" class="${marks}">${escape(text)}</span>`;

/** A line as spans: cut wherever a colour, a mark or something put in begins. */
const lineOf = ({ text, colours, marks, inserts }) => {
  const cuts = [
    0,
    text.length,
    ...marks.flatMap(({ start, end }) => [start, end]),
    ...inserts.map(({ at }) => at),
  ];
  colours.forEach((colour, i) => {
    if (colour !== colours[i - 1]) cuts.push(i);
  });
  const places = [...new Set(cuts)].filter((at) => at <= text.length).sort((a, b) => a - b);
  const put = (at) =>
    inserts
      .filter((one) => one.at === at)
      .map(({ html }) => html)
      .join('');
  return places
    .map((from, i) => {
      const to = places[i + 1] ?? from;
      const kinds = marks
        .filter(({ start, end }) => start <= from && from < end)
        .map(({ kind }) => kind);
      return (
        put(from) + (to > from ? spanOf(text.slice(from, to), colours[from], kinds.join(' ')) : '')
      );
    })
    .join('');
};

const inline = (line) =>
  escape(line)
    .replaceAll(/\*\*(.*?)\*\*/g, '<b>$1</b>')
    .replaceAll(/`(.*?)`/g, '<code>$1</code>')
    .replaceAll(/\[(.*?)\]\(.*?\)/g, '<a>$1</a>');

/** The little of Markdown that the server writes. */
export const markdown = (text, paint) =>
  text
    .split(/(```net\n[\s\S]*?\n```)/)
    .map((part) => {
      const code = /^```net\n([\s\S]*)\n```$/.exec(part)?.[1];
      if (code !== undefined) return `<pre>${paint(code)}</pre>`;
      return part
        .trim()
        .split(/\n\n+/)
        .filter((block) => block !== '')
        .map((block) => {
          if (block === '---') return '<hr>';
          if (/^- /.test(block))
            return `<ul>${block
              .split('\n')
              .map((line) => `<li>${inline(line.slice(2))}</li>`)
              .join('')}</ul>`;
          return `<p>${inline(block)}</p>`;
        })
        .join('');
    })
    .join('');

/** The colours of a line by its scopes, and by the tokens of the server. */
export const coloursOf = (scopes, tokens) => {
  const colours = scopes.flatMap(({ text, scopes: names }) => {
    const known = names.filter((name) => name in palette).at(-1);
    return Array(text.length).fill(known === undefined ? '#d6deeb' : palette[known]);
  });
  for (const { start, length, type } of tokens)
    if (type in palette) colours.fill(palette[type], start, start + length);
  return colours;
};

export const painted = (text, colours) => lineOf({ text, colours, marks: [], inserts: [] });

const style = `
  body { margin: 0; background: #1b2130; }
  .editor { font: 15px/24px "DejaVu Sans Mono", monospace; color: #d6deeb; background: #1b2130; padding: 0 0 14px; }
  .title { font: 13px/34px "DejaVu Sans", sans-serif; color: #aab4c8; background: #151a26; padding: 0 16px; margin-bottom: 10px; }
  .title b { color: #e8ecf4; font-weight: normal; border-bottom: 2px solid #82aaff; padding: 8px 4px; }
  .line { white-space: pre; position: relative; height: 24px; }
  .number { display: inline-block; width: 44px; padding-right: 18px; text-align: right; color: #4b5670; }
  .hint { color: #7d89a5; background: #232b3d; border-radius: 4px; font-size: 12.5px; padding: 1px 5px; margin-left: 8px; }
  .lens { font: 12px/22px "DejaVu Sans", sans-serif; color: #7d89a5; padding-left: 62px; white-space: pre; }
  .error { text-decoration: underline wavy #ff5370; text-underline-offset: 4px; text-decoration-thickness: 1.5px; }
  .place { background: #2f3a55; border-radius: 3px; }
  .cursor { display: inline-block; width: 0; }
  .caret { display: inline-block; border-left: 2px solid #ffcc00; margin-right: -2px; height: 19px; vertical-align: -4px; }
  .float { position: absolute; z-index: 2; top: 26px; background: #232b3d; border: 1px solid #3a4660; border-radius: 6px;
    box-shadow: 0 6px 24px #0009; font: 13px/20px "DejaVu Sans", sans-serif; color: #d6deeb; white-space: normal; }
  .card { padding: 8px 14px; width: max-content; max-width: 640px; }
  .card pre { font: 13.5px/20px "DejaVu Sans Mono", monospace; margin: 4px 0; }
  .card ul { margin: 4px 0; padding-left: 20px; } .card p { margin: 4px 0; }
  .card hr { border: 0; border-top: 1px solid #3a4660; margin: 8px -14px; }
  .card code { font: 12.5px "DejaVu Sans Mono", monospace; color: #e8b589; } a { color: #82aaff; }
  .menu { padding: 5px 0; width: max-content; }
  .menu div { padding: 3px 18px 3px 14px; white-space: pre; }
  .menu div.first { background: #34507f; }
  .menu code { color: #d6deeb; font: 13px "DejaVu Sans Mono", monospace; }
  .menu em { color: #93a1bd; font-style: normal; float: right; padding-left: 40px; }
`;

/** The page: lines with what stands above each. */
export const pageOf = (title, lines) =>
  `<!doctype html><meta charset="utf-8"><style>${style}</style><div class="editor">` +
  `<div class="title"><b>${escape(title)}</b></div>${lines
    .map(
      (line, i) =>
        `${line.lens === undefined ? '' : `<div class="lens">${escape(line.lens)}</div>`}<div class="line"><span class="number">${i + 1}</span>${lineOf(line)}</div>`,
    )
    .join('')}</div>`;

export const float = (kind, html) =>
  `<span class="cursor"><span class="float ${kind}">${html}</span></span>`;
export const caret = '<span class="caret"></span>';
export const hint = (label) => `<span class="hint">${escape(label)}</span>`;
export const menu = (rows) =>
  rows
    .map(
      ([text, detail], i) =>
        `<div class="${i === 0 ? 'first' : ''}"><em>${escape(detail ?? '')}</em>${inline(text)}</div>`,
    )
    .join('');
