/** Stacks of the bundled program, told in places of the sources: the names and lines of a bundle say nothing. */
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inHome } from './home.ts';

/** What V8 writes behind `at`: `name (file:///…/dist/program-3F2A.cjs:3:1207)`, or the place alone; numbers count from 1. */
const called = /(?:[^\n()]* \()?(file:\/\/[^\s()]+\.c?js):(\d+):(\d+)\)?$/;

/** The same place in the source, as a path from the package root; undefined for what was not bundled. */
const sourcePlace = (url: string, line: number, column: number): string | undefined => {
  const bundled = fileURLToPath(url);
  if (!existsSync(`${bundled}.map`)) return undefined;
  const map = new SourceMap(JSON.parse(readFileSync(`${bundled}.map`, 'utf8')));
  const found = map.findEntry(line - 1, column - 1);
  if (!('originalSource' in found)) return undefined;
  const source = relative(inHome(), resolve(dirname(bundled), found.originalSource));
  return `${source}:${found.originalLine + 1}:${found.originalColumn + 1}`;
};

const callIn = (call: string): string =>
  call.replace(
    called,
    (whole, url: string, line: string, column: string) =>
      sourcePlace(url, Number(line), Number(column)) ?? whole,
  );

/** The stack of a fault, with the places of the bundle told in the sources. */
export const inSources = (stack: string): string => stack.replace(/(?<=^ +at ).*$/gm, callIn);
