/**
 * Everything that is cheap to check, in one command: types, lint and format, unused code, that the
 * bundle builds, the house rules and the unit tests. One line per step; the whole output of a step
 * that fails.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryFolder } from '../test/support/temporary.ts';

const ROOT = join(import.meta.dirname, '..');

interface Step {
  readonly name: string;
  readonly args: readonly string[];
}

interface Outcome {
  readonly name: string;
  readonly isOk: boolean;
  readonly output: string;
}

/** Each lane runs its steps one after the other, beside the other lane: two cores are enough. */
const LANES: readonly (readonly Step[])[] = [
  [{ name: 'tests', args: ['scripts/test.ts', 'unit'] }],
  [
    { name: 'types', args: [program('typescript', 'tsc'), '--noEmit'] },
    { name: 'page', args: [program('typescript', 'tsc'), '--noEmit', '--project', 'src/web'] },
    { name: 'lint', args: [program('@biomejs/biome', 'biome'), 'check', '.'] },
    { name: 'knip', args: [program('knip', 'knip')] },
    { name: 'build', args: ['scripts/build.ts'] },
  ],
];

/** Several times what the tests were seen to have there at one time, 133 MB. */
const SCRATCH_BYTES = 1024 ** 3;

/** The script behind a command of an installed package, to be run without a shell. */
function program(packageName: string, command: string): string {
  const folder = join(ROOT, 'node_modules', packageName);
  const manifest: { bin: Record<string, string> } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const path = manifest.bin[command];
  if (path === undefined) throw new Error(`${packageName} has no command ${command}`);
  return join(folder, path);
}

async function runStep({ name, args }: Step): Promise<Outcome> {
  const startMs = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      TMPDIR: process.env.TMPDIR ?? memoryFolder(SCRATCH_BYTES),
      ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
    },
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  }
  const isOk = await new Promise<boolean>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0));
  });
  console.log(`${isOk ? 'ok    ' : 'FAILED'} ${name.padEnd(6)} ${seconds(startMs)}`);
  return { name, isOk, output: Buffer.concat(chunks).toString('utf8') };
}

async function runLane(steps: readonly Step[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const step of steps) outcomes.push(await runStep(step));
  return outcomes;
}

function seconds(startMs: number): string {
  return `${((performance.now() - startMs) / 1000).toFixed(1).padStart(5)} s`;
}

/** The lines in which Node's test runner counts. */
function summary(output: string): string {
  const lines = output.split('\n').filter((line) => /ℹ (tests|pass|fail|skipped) \d/.test(line));
  return lines.join('\n');
}

const startMs = performance.now();
const outcomes = (await Promise.all(LANES.map(runLane))).flat();
const failed = outcomes.filter((outcome) => !outcome.isOk);
for (const { name, output } of failed) console.log(`\n== ${name}\n${output.trimEnd()}`);
const tests = outcomes.find((outcome) => outcome.name === 'tests');
if (tests?.isOk) console.log(summary(tests.output));
console.log(
  failed.length === 0
    ? `all passed in ${seconds(startMs).trim()}`
    : `failed: ${failed.map((outcome) => outcome.name).join(', ')} (${seconds(startMs).trim()})`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
