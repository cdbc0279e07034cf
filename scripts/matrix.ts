/**
 * Asks every test server what it does, and keeps the answers in docs/providers.md:
 *
 *   node scripts/matrix.ts            asks, runs the suites, and rewrites the matrix in the docs
 *   node scripts/matrix.ts --check    asks, and fails where the docs say something else
 *
 * The servers are those that the environment names, as for the tests; all of them have to be there.
 * With `--start` their scripts start them, and stop them in the end.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { missingServers } from '../test/support/capabilities-columns.ts';
import { askMatrix } from '../test/support/capabilities-matrix.ts';
import { differences, readBlock, withBlock } from '../test/support/capabilities-table.ts';
import { DAV_SERVERS, S3_SERVERS } from '../test/support/servers.ts';
import { buildBundle } from './build.ts';

const ROOT = join(import.meta.dirname, '..');
const DOCUMENT = join(ROOT, 'docs/providers.md');
const SCRIPTS = [...new Set([...S3_SERVERS, ...DAV_SERVERS].map(({ script }) => script))];

const { values: flags } = parseArgs({
  options: { check: { type: 'boolean' }, start: { type: 'boolean' } },
});

async function runScript(script: string, action: 'start' | 'stop'): Promise<string> {
  const { stdout } = await promisify(execFile)(join(ROOT, 'scripts', script), [action]);
  return stdout;
}

/** Starts the servers and takes over the variables that their scripts print. */
async function startServers(): Promise<void> {
  for (const script of SCRIPTS) {
    console.log(`starting ${script}`);
    const settings = await runScript(script, 'start');
    for (const [, name = '', value] of settings.matchAll(/^export (\w+)='?(.*?)'?$/gm)) {
      process.env[name] = value;
    }
  }
}

async function writeOrCheck(): Promise<void> {
  const missing = missingServers();
  if (missing.length > 0) {
    const lines = missing.map(({ variable, script }) => `${variable}: scripts/${script} start`);
    fail(`these servers are missing (or run with --start):\n  ${lines.join('\n  ')}`);
    return;
  }
  const isCheck = flags.check === true;
  // The suites run what a person would run. A check leaves them out: they are tests by themselves.
  if (!isCheck) await buildBundle();
  const tell = (line: string) => console.log(line);
  const matrix = await askMatrix({ withSuites: !isCheck, tell });
  const document = readFileSync(DOCUMENT, 'utf8');
  if (!isCheck) {
    writeFileSync(DOCUMENT, withBlock(document, matrix));
    console.log('docs/providers.md says now what was seen');
    return;
  }
  const found = differences(readBlock(document), matrix);
  if (found.length > 0) {
    fail(`docs/providers.md differs; "npm run matrix" rewrites it:\n  ${found.join('\n  ')}`);
  } else {
    console.log('docs/providers.md says what was seen');
  }
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

try {
  if (flags.start === true) await startServers();
  await writeOrCheck();
} finally {
  if (flags.start === true) {
    for (const script of SCRIPTS) await runScript(script, 'stop');
  }
}
