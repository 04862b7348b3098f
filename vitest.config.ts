import { defineConfig } from 'vitest/config';

/** Tests of rooms that keep nothing and change no folder share the modules of their worker, which saves loading them. */
const pure =
  'test/{diagnostic,diagram,editor,format,kernel,lower,manual,numeric,ops,parser,protocol,report,rewrite,server,typecheck,workspace}/**/*.test.ts';

export default defineConfig({
  test: {
    // one core is left idle otherwise, which on two is half of them
    maxWorkers: '100%',
    testTimeout: process.env['NETC_DEEP'] === undefined ? 60_000 : 3_600_000,
    // the one switch for golden files (test/golden.ts) is that of snapshots inside of tests
    update: process.env['NETC_UPDATE'] === undefined ? 'none' : 'all',
    projects: [
      { extends: true, test: { name: 'pure', include: [pure], isolate: false } },
      {
        extends: true,
        test: {
          name: 'rest',
          include: ['test/**/*.test.ts'],
          exclude: [pure],
          globalSetup: ['test/built.ts'],
        },
      },
    ],
  },
});
