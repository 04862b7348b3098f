/**
 * How the time of each pass grows with the net: on a net in which it is applied everywhere, and on those that are hard
 * for it. `NETC_PASS` chooses one, `NETC_LAYERS` the sizes.
 */
import { resultOf } from '../src/diagnostic/checked.ts';
import { applyPass } from '../src/rewrite/match/apply.ts';
import { passTable } from '../src/rewrite/passes.ts';
import { hardNets, longNets } from '../test/rewrite/long-nets.ts';
import { netOf, shipped } from '../test/rewrite/nets.ts';
import type { Measured } from './measure.ts';

const sizes = (process.env['NETC_LAYERS'] ?? '1000,10000,100000').split(',').map(Number);
const only = process.env['NETC_PASS'];

/** Milliseconds of processor time, and the number of applications. */
const measured = (pass: ReturnType<typeof shipped>, net: string): readonly [number, number] => {
  const graph = netOf('[4, 4, 4]', '_', net);
  const start = process.cpuUsage();
  const result = applyPass(graph, pass);
  const { user, system } = process.cpuUsage(start);
  return [(user + system) / 1000, resultOf(result)?.trace.length ?? NaN];
};

export const rows = (): readonly Measured[] =>
  passTable
    .filter((row) => only === undefined || row.name === only)
    .flatMap((row) => {
      const pass = shipped(row.file, row.name);
      const nets = [longNets[row.name]!, ...(hardNets[row.name] ?? [])];
      return nets.flatMap((net) => {
        const name = (n: number): string => `${row.name}, ${net(n).slice(0, 60)}`;
        // what is measured first compiles the program too
        measured(pass, net(sizes[0]!));
        let before: number | undefined;
        return sizes.flatMap((n) => {
          const [value, times] = measured(pass, net(n));
          const shown = `${name(n)}, applied ${times} times`;
          const growth = before === undefined ? [] : [value / before];
          before = Math.max(value, 50); // less says nothing
          return [
            { name: shown, value, unit: 'ms', target: '' },
            ...growth.map((g) => ({
              name: '  for ten times the layers',
              value: g,
              unit: '×',
              target: '<= 14',
            })),
          ];
        });
      });
    });
