/** Runs the suites that each kind of bucket has to pass, and counts what passed there. */
import { join } from 'node:path';
import { run } from 'node:test';
import { ROOT } from './source-files.ts';

export interface Tally {
  readonly passed: number;
  readonly run: number;
}

/** One test that ran: the names of its suites, the outermost first, then its own. */
export interface RanTest {
  readonly path: readonly string[];
  readonly hasPassed: boolean;
}

const FILES = [
  'src/store/memory.test.ts',
  'src/store/directory.test.ts',
  'test/life/s3-store.test.ts',
  'test/life/webdav-store.test.ts',
  'test/life/two-devices.test.ts',
];
const CONTRACT = /keeps the store contract/;
const TWO_DEVICES = /^two devices, through/;
/** Suites of a store that needs no server are named after the store. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  memory: 'the memory store keeps the store contract',
  'a folder': 'the directory store keeps the store contract',
};

/**
 * Every test of those suites; the ones that were skipped are left out.
 * @param tell told of each suite that begins, and of each test that fails.
 */
export async function runSuites(tell: (line: string) => void): Promise<readonly RanTest[]> {
  const ran: RanTest[] = [];
  /** The names that lead to what is reported now: the runner reports one file after the other. */
  let trail: readonly string[] = [];
  const events = run({
    cwd: ROOT,
    files: FILES.map((path) => join(ROOT, path)),
    concurrency: 2,
    testNamePatterns: [CONTRACT, TWO_DEVICES],
  });
  const note = ({ name, nesting, skip, details }: TestEvent, hasPassed: boolean): void => {
    if (details?.type === 'suite' || skip !== undefined) return;
    const path = [...trail.slice(0, nesting), name];
    ran.push({ path, hasPassed });
    if (!hasPassed) tell(`failed: ${path.join(' > ')}`);
  };
  events.on('test:start', ({ name, nesting }) => {
    if (CONTRACT.test(name) || /, through /.test(name)) tell(`running ${name}`);
    trail = [...trail.slice(0, nesting), name];
  });
  events.on('test:pass', (event) => note(event, true));
  events.on('test:fail', (event) => note(event, false));
  for await (const _ of events);
  return ran;
}

interface TestEvent {
  readonly name: string;
  readonly nesting: number;
  readonly skip?: string | boolean | undefined;
  readonly details?: { readonly type?: string | undefined };
}

/** What became of the store contract in this column. */
export function contractTally(tests: readonly RanTest[], column: string): Tally {
  return tally(tests, ({ path }) => {
    const suites = path.slice(0, -1);
    if (suites.includes(OWN_NAMES[column] ?? '')) return true;
    return isThrough(path, column) && suites.some((name) => CONTRACT.test(name));
  });
}

/** What became of the story of two devices in this column. */
export function twoDevicesTally(tests: readonly RanTest[], column: string): Tally {
  return tally(tests, ({ path }) => isThrough(path, column) && TWO_DEVICES.test(path[0] ?? ''));
}

/** `29 of 29`; `not run` where the suite is not declared for such a bucket. */
export function inWords({ passed, run: count }: Tally): string {
  return count === 0 ? 'not run' : `${passed} of ${count}`;
}

function tally(tests: readonly RanTest[], isCounted: (test: RanTest) => boolean): Tally {
  const counted = tests.filter(isCounted);
  return { passed: counted.filter(({ hasPassed }) => hasPassed).length, run: counted.length };
}

function isThrough([outermost = '']: readonly string[], column: string): boolean {
  return outermost.endsWith(`, through ${column}`);
}
