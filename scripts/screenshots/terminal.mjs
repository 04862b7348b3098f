// Neovim in a terminal: tmux holds it, and what stands on its screen becomes a page with the colours that it has.
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../sources.mjs';

const columns = 104;
const rows = 22;

const program = `-- A residual network for small images

def unit(c, stride = 1) {
  conv3-c/stride; batchnorm; relu
  conv3-c; batchnorm
}

net Small : [32, 32, 3] -> [10] {
  conv3-16; batchnorm-32; relu
  3x (unit-16 + id)
  unit(32, stride = 2) + conv1-32/2
  gap; fc-10; softmax
}
`;

const escape = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The style that codes of a terminal leave, as `ESC[1;38;2;R;G;Bm`. */
const styled = (before, codes) => {
  const style = { ...before };
  const words = codes === '' ? [0] : codes.split(';').map(Number);
  for (let i = 0; i < words.length; i++) {
    const code = words[i];
    if (code === 0) Object.keys(style).forEach((key) => delete style[key]);
    else if (code === 1) style['font-weight'] = 'bold';
    else if (code === 4) style['text-decoration'] = 'underline';
    else if (code === 24) delete style['text-decoration'];
    else if (code === 39) delete style.color;
    else if (code === 49) delete style.background;
    else if ((code === 38 || code === 48) && words[i + 1] === 2) {
      style[code === 38 ? 'color' : 'background'] = `rgb(${words.slice(i + 2, i + 5).join(',')})`;
      i += 4;
    }
  }
  return style;
};

const htmlOf = (screen) => {
  let style = {};
  return screen
    .split(/\x1b\[([\d;]*)m/)
    .map((part, i) => {
      if (i % 2 === 1) {
        style = styled(style, part);
        return '';
      }
      const css = Object.entries(style)
        .map(([key, value]) => `${key}:${value}`)
        .join(';');
      return `<span style="${css}">${escape(part)}</span>`;
    })
    .join('');
};

const tmux = (...words) =>
  execFileSync('tmux', ['-L', `netc-${process.pid}`, ...words], { encoding: 'utf8' });
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Opens the program, and hovers over a layer. */
export const terminalPage = async (folder, take) => {
  for (const name of ['tmux', 'nvim'])
    if (spawnSync(name, ['-V']).error)
      return console.log(`left out: the picture of Neovim needs ${name}`);
  writeFileSync(join(folder, 'small.net'), program);
  const server = [process.execPath, inRoot('dist/netc.js'), 'lsp', '--stdio'].map(
    (word) => `'${word}'`,
  );
  writeFileSync(
    join(folder, 'init.lua'),
    `vim.opt.runtimepath:append('${inRoot('editors/neovim')}')
vim.cmd('filetype plugin on | syntax on')
vim.opt.termguicolors = true
vim.opt.number = true
vim.opt.laststatus = 0
vim.opt.shortmess:append('F')
vim.cmd('highlight Normal guibg=#1b2130 guifg=#d6deeb')
vim.cmd('highlight SignColumn guibg=#1b2130')
vim.cmd('highlight LineNr guifg=#4b5670')
vim.cmd('highlight NormalFloat guibg=#2a3449 guifg=#d6deeb')
vim.diagnostic.config({ virtual_text = { format = function(d) return vim.split(d.message, '\\n')[1] end } })
require('netc').setup({ cmd = { ${server.join(', ')} } })
`,
  );
  tmux(
    '-f',
    '/dev/null',
    'new-session',
    '-d',
    '-x',
    String(columns),
    '-y',
    String(rows),
    `cd ${folder} && TERM=xterm-256color nvim --clean -u init.lua small.net`,
  );
  try {
    tmux('set-option', '-g', 'status', 'off');
    tmux('set-option', '-ga', 'terminal-overrides', ',*:Tc');
    await sleep(2500);
    tmux('send-keys', '10Gfu', ':lua vim.lsp.buf.hover()', 'Enter');
    await sleep(1500);
    const screen = tmux('capture-pane', '-e', '-p').trimEnd();
    const style = `body{margin:0;background:#1b2130;padding:12px 14px}pre{margin:0;color:#d6deeb;font:15px/22px "DejaVu Sans Mono",monospace}span{padding:3px 0}`;
    const html = `<!doctype html><meta charset="utf-8"><style>${style}</style><pre>${htmlOf(screen)}</pre>`;
    await take(html, Math.round(columns * 9.04) + 28, rows * 22 + 24);
  } finally {
    tmux('kill-server');
  }
};
