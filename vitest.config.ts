import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/data-worker.ts'],
    // one core is left idle otherwise, which on two is half of them
    maxWorkers: '100%',
    testTimeout: process.env['NETC_DEEP'] === undefined ? 60_000 : 3_600_000,
    // the one switch for golden files (test/golden.ts) is that of snapshots inside of tests
    update: process.env['NETC_UPDATE'] === undefined ? 'none' : 'all',
  },
});
