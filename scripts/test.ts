/**
 * Runs the tests with Node's own runner:
 *
 *   node scripts/test.ts unit [filter…]   what is beside its source, test/ and test/simulation/
 *   node scripts/test.ts long [filter…]   of these, the `*.long.test.ts`: more than some seconds each
 *   node scripts/test.ts life [filter…]   test/life/: the built program, real servers
 *
 * A filter is a part of a path. No file to run, and a file without a test, are failures.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { buildBundle } from './build.ts';

const ROOT = join(import.meta.dirname, '..');
/** More than the two cores that are counted on, for many a test waits for a disk or a socket. */
const CONCURRENCY = 3;
const FOLDERS = ['src/**', 'test', 'test/simulation', 'benchmarks/**'];
const SETS: Readonly<Record<string, { patterns: readonly string[]; exclude: readonly string[] }>> =
  {
    unit: { patterns: among('*.test.ts'), exclude: among('*.long.test.ts') },
    long: { patterns: among('*.long.test.ts'), exclude: [] },
    life: { patterns: ['test/life/**/*.test.ts'], exclude: [] },
  };

function among(name: string): readonly string[] {
  return FOLDERS.map((folder) => `${folder}/${name}`);
}

/** `--ignore-scripts` at installation leaves the machine's own Node in place, without a word. */
function assertNodeVersion(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 24 || (major === 24 && minor < 15)) {
    throw new Error(`the tests need Node 24.15 or newer; this is ${process.version}`);
  }
}

async function main([set = '', ...filters]: readonly string[]): Promise<void> {
  assertNodeVersion();
  const wanted = SETS[set];
  if (wanted === undefined) return fail('usage: node scripts/test.ts unit|long|life [filter…]', 2);
  const files = globSync(wanted.patterns, { cwd: ROOT, exclude: wanted.exclude })
    .sort()
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)));
  if (files.length === 0) return fail(`no test file matches ${filters.join(' ') || set}`);
  // The tests of the whole program run what a person would run.
  if (set === 'life') {
    const { buildWeb } = await import('./build-web.ts');
    await Promise.all([buildBundle(), buildWeb()]);
  }

  // Each file has a process of its own, which would compile anew what all of them import.
  process.env.NODE_COMPILE_CACHE ??= join(ROOT, 'node_modules/.cache/node');
  const names = new Set(files.map((path) => join(ROOT, path)));
  const events = run({ cwd: ROOT, files: [...names], concurrency: CONCURRENCY });
  events.on('test:pass', ({ name }) => {
    // The runner takes a file that declares no test for one test, named like the file.
    if (names.has(name)) fail(`${name} holds no test`);
  });
  events.on('test:fail', () => {
    process.exitCode = 1;
  });
  events.compose(spec).pipe(process.stdout);
}

function fail(message: string, exitCode = 1): void {
  console.error(message);
  process.exitCode = exitCode;
}

await main(process.argv.slice(2));
