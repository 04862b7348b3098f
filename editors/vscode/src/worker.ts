/** The bundle of the language server for browsers, with the pages and passes of netc in it (build.mjs). */
import { pages, version } from 'netc:package';
import { serveFromWorker, type Scope } from '../../../src/web/worker.ts';

declare const self: Scope;

serveFromWorker(self, { version, pages }, console.error);
