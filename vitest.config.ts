import { defineConfig } from 'vitest/config';

/** Tests of rooms that keep nothing, where no test leaves another folder or changes a module: they share the modules of their worker. */
const pure = [
  'test/{diagnostic,diagram,docs,editor,format,kernel,lower,manual,numeric,ops,oracle,parser,syntax}/**/*.test.ts',
  'test/{protocol,report,rewrite,server,typecheck,workspace}/**/*.test.ts',
  'test/runtime/{dataset,train}/*.test.ts',
  'test/runtime/!(failing|files|random-models|within).test.ts',
  'test/cli/!(e2e|init-from|launch|lsp|prettier).test.ts',
];

export default defineConfig({
  test: {
    // one core is left idle otherwise, which on two is half of them
    maxWorkers: '100%',
    // several workers test at once, and wasm would have all cores in each: its threads have tests of their own
    env: { NETC_WASM_THREADS: '1' },
    testTimeout: process.env['NETC_DEEP'] === undefined ? 60_000 : 3_600_000,
    // the one switch for golden files (test/golden.ts) is that of snapshots inside of tests
    update: process.env['NETC_UPDATE'] === undefined ? 'none' : 'all',
    projects: [
      {
        extends: true,
        test: { name: 'pure', include: pure, isolate: false, globalSetup: ['test/threads.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'rest',
          include: ['test/**/*.test.ts'],
          exclude: pure,
          globalSetup: ['test/threads.ts', 'test/built.ts'],
        },
      },
    ],
  },
});
