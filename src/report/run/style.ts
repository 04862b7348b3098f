/** The style sheet of a report, for light and dark, for screens and paper. Nothing is loaded from elsewhere. */
export const style = `
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1c2430; --faint: #5b6573; --line: #d9dee5; --panel: #f5f7f9;
  --training: #2f6fbf; --validation: #c2571a; --good: #16794f; --bad: #b3261e; --heat: 47, 111, 191; --wrong: 179, 38, 30; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181e; --ink: #e4e8ee; --faint: #9aa5b3; --line: #303844;
  --panel: #1c222a; --training: #6ea8f0; --validation: #f0944f; --good: #5cc795; --bad: #ff8a80; --heat: 110, 168, 240;
  --wrong: 255, 138, 128; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 76rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.7rem; } h2 { margin: 2.5rem 0 .8rem; font-size: 1.15rem; }
code, pre, .number { font-family: ui-monospace, monospace; font-size: .9em; }
.lead { margin: .2rem 0 1.2rem; color: var(--faint); }
.state { margin-left: .6rem; padding: .1rem .6rem; border: 1px solid; border-radius: 1rem; font-size: .85rem;
  font-weight: 500; vertical-align: middle; color: var(--faint); }
.state-finished { color: var(--good); } .state-failed, .state-killed { color: var(--bad); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .8rem; margin: 0; }
.facts div { padding: .7rem .9rem; background: var(--panel); border-radius: .5rem; }
.facts dt { color: var(--faint); font-size: .8rem; } .facts dd { margin: 0; font-size: 1.25rem; font-weight: 600; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(21rem, 1fr)); gap: 1.2rem; }
figure { margin: 0; padding: .9rem; background: var(--panel); border-radius: .5rem; } svg { display: block; width: 100%; }
.key { margin-left: 1rem; font-size: .85rem; color: var(--faint); }
.key::before { content: ''; display: inline-block; width: 1.1rem; height: .2rem; margin-right: .4rem;
  vertical-align: middle; background: currentColor; }
.key-training::before { background: var(--training); } .key-validation::before { background: var(--validation); }
.grid { stroke: var(--line); fill: none; } .tick { fill: var(--faint); font-size: 12px; }
.curve-training, .curve-validation, .curve-faint { fill: none; stroke-width: 2; stroke-linejoin: round; }
.curve-training, .mark-training { stroke: var(--training); } .mark-training { fill: var(--training); }
.curve-validation, .mark-validation { stroke: var(--validation); } .mark-validation { fill: var(--validation); }
.curve-faint { stroke: var(--training); stroke-width: 1; opacity: .3; }
.nothing { margin: 1rem 0; color: var(--faint); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; } th, td { padding: .25rem .6rem; text-align: right; }
th { font-weight: 500; color: var(--faint); text-align: left; } td.text { text-align: left; }
.confusion td { min-width: 2.6rem; border: 1px solid var(--line); text-align: center; }
.confusion thead td { border: 0; } .confusion thead th { vertical-align: bottom; text-align: center; } .confusion .own { font-weight: 700; }
.worst { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .8rem; }
.worst figure { padding: .6rem; } .worst img { display: block; width: 100%; height: 8rem; object-fit: contain;
  image-rendering: auto; background: var(--paper); border-radius: .3rem; }
.worst img.small { image-rendering: pixelated; }
.worst figcaption { margin-top: .4rem; font-size: .8rem; overflow-wrap: anywhere; }
.bad { color: var(--bad); }
pre { margin: 0; padding: .9rem; max-height: 26rem; overflow: auto; background: var(--panel); border-radius: .5rem; line-height: 1.45; }
details { margin: .6rem 0; } summary { cursor: pointer; font-weight: 600; padding: .2rem 0; }
.aside { margin-left: 1rem; font-size: .85rem; color: var(--faint); }
.area { fill: var(--training); opacity: .16; } .peak { stroke: var(--validation); stroke-dasharray: 4 3; }
.peak-label { fill: var(--ink); font-size: 13px; font-weight: 600; }
.held { margin: .8rem 0; } .held .bar { width: 14rem; } .held .bar div { height: .7rem; background: var(--training); border-radius: .2rem; }
@media print { body { padding: 0; } pre { max-height: none; } details > * { display: block; } figure, pre { break-inside: avoid; } }
`.trim();
