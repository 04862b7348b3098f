import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: process.env['NETC_DEEP'] === undefined ? 60_000 : 3_600_000,
  },
});
