/** A server on this machine that plays an index of packages, well or badly. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Parcel } from '../../../src/runtime/install/catalogue.ts';

/** How a file is given out. Numbers are bytes, from the beginning of the file. */
export type Manner = {
  readonly status?: number; // of every answer to a question for the file
  readonly ranges?: false; // the whole file, whatever part was asked for
  readonly shifted?: true; // other parts than asked for
  readonly breaksAt?: number; // the connection is cut there, each time
  readonly silentAt?: number; // nothing comes from there on
  readonly breaksAfter?: number; // so many bytes an answer
  readonly digest?: string; // what the index says, in place of the right one
  readonly release?: string; // what the index says of the release, in place of JSON
  readonly extra?: number; // so many bytes too many
};

export type Server = {
  readonly index: string;
  /** ranges that were asked for, `all` for the whole file */
  readonly asked: readonly string[];
  readonly close: () => Promise<void>;
};

const giveFile = (
  { headers }: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  manner: Manner,
): void => {
  const encodings = String(headers['accept-encoding']).split(', ');
  if (encodings.some((one) => one !== 'identity')) return void response.writeHead(406).end();
  if (manner.status !== undefined) return void response.writeHead(manner.status).end();
  const [, digits = '0'] = /^bytes=(\d+)-$/.exec(headers.range ?? '') ?? [];
  const from = manner.ranges === false ? 0 : Number(digits);
  const said = from + (manner.shifted === true && from > 0 ? 1 : 0);
  const all = Buffer.concat([content, Buffer.alloc(manner.extra ?? 0)]);
  const range = { 'content-range': `bytes ${said}-${all.length - 1}/${all.length}` };
  response.writeHead(from > 0 ? 206 : 200, {
    'content-length': all.length - from,
    ...(from > 0 ? range : {}),
  });
  const end = Math.min(
    manner.breaksAt ?? Infinity,
    manner.silentAt ?? Infinity,
    from + (manner.breaksAfter ?? Infinity),
  );
  if (end >= all.length) return void response.end(all.subarray(from));
  response.write(all.subarray(from, Math.max(from, end)), () => {
    if (manner.silentAt === undefined) setTimeout(() => response.destroy(), 20);
  });
};

/** Serves one parcel. Its manner may change from question to question. */
export const serve = async (
  { name, version, file, sha256 }: Parcel,
  content: Buffer,
  mannerOf: (question: number) => Manner = () => ({}),
): Promise<Server> => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const manner = mannerOf(asked.length);
    if (request.url === `/pypi/${name}/${version}/json`) {
      const digests = { sha256: manner.digest ?? sha256 };
      const release = {
        urls: [
          { filename: `other-${file}`, url: '/none' },
          { filename: file, url: `/files/${file}`, digests },
        ],
      };
      response.end(manner.release ?? JSON.stringify(release));
    } else if (request.url === `/files/${file}`) {
      asked.push(request.headers.range ?? 'all');
      giveFile(request, response, content, manner);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    index: `http://127.0.0.1:${port}/pypi`,
    asked,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};
