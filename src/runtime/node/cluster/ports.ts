/** The ports of workers, as far as can be told without speaking to their servers. */
import * as net from 'node:net';
import { codeOf } from '../../disk/random-access.ts';

/** What becomes of a call: a server answers; nothing listens on that port; or nothing at all comes back in time. */
export type Answer = 'answers' | 'refuses' | 'is silent';

/** The host and the port of an address, `host:port`; an IPv6 address stands in brackets. */
const placeOf = (address: string): { readonly host: string; readonly port: number } => {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(address.slice(colon + 1)) };
};

/** Calls an address, and hangs up. */
export const call = (address: string, milliseconds: number): Promise<Answer> =>
  new Promise((resolve) => {
    const socket = net.connect(placeOf(address));
    const ended = (answer: Answer): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.unref();
    socket.setTimeout(milliseconds, () => ended('is silent'));
    socket.once('connect', () => ended('answers'));
    socket.once('error', (fault) =>
      ended(codeOf(fault) === 'ECONNREFUSED' ? 'refuses' : 'is silent'),
    );
  });

/** Why the port of an address cannot be listened on, in the words of the system, `EADDRINUSE`; undefined if it can. */
export const refusalOf = (address: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', (fault) => resolve(codeOf(fault)));
    server.listen({ port: placeOf(address).port, exclusive: true }, () =>
      server.close(() => resolve(undefined)),
    );
  });
