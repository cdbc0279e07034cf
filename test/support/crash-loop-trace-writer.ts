/**
 * Loaded into a Satchel process by `node --import`: notes the begin and the end of every step in
 * the file that SATCHEL_TEST_TRACE names (`crash-loop-trace.ts`). Each note is one write to the
 * system's cache, which outlives a `kill -9`.
 */
import { EventEmitter } from 'node:events';
import fsSync, { openSync, writeSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { encodeRecord, type Phase, phaseOfPath, phaseOfRequest } from './crash-loop-trace.ts';
import { type Call, hookMethod, hookSteps, prototypeOfFiles, type StepHooks } from './steps.ts';

const home = process.env.SATCHEL_HOME ?? '\0';
const trace = openSync(process.env.SATCHEL_TEST_TRACE ?? '/dev/null', 'a');
const pathsOfFiles = new WeakMap<object, string>();
const underWay = new WeakMap<Call, { readonly step: number; readonly phase: Phase }>();
let steps = 0;

function begin(call: Call): void {
  steps += 1;
  const phase = phaseOf(call);
  underWay.set(call, { step: steps, phase });
  writeSync(trace, encodeRecord({ isBegin: true, step: steps, phase }));
}

function end(call: Call): void {
  const begun = underWay.get(call);
  if (begun !== undefined) writeSync(trace, encodeRecord({ isBegin: false, ...begun }));
}

function phaseOf({ name, args, of }: Call): Phase {
  if (name === 'exec') return 'replica';
  if (name === 'request') return phaseOfRequest(requestPath(args));
  // Of two paths the second one is where something comes to be.
  const path = typeof of === 'object' && of !== null ? pathsOfFiles.get(of) : undefined;
  const named = path ?? args.filter((arg) => typeof arg === 'string').at(-1);
  return named === undefined ? 'other' : phaseOfPath(named, { home });
}

function requestPath(args: readonly unknown[]): string {
  for (const arg of args) {
    if (arg instanceof URL) return arg.pathname + arg.search;
    if (typeof arg === 'object' && arg !== null && 'path' in arg) return String(arg.path);
  }
  return '';
}

const hooks: StepHooks = {
  before: begin,
  after(call, value) {
    // A request is under way until its answer was read, or it broke.
    if (call.name === 'request' && value instanceof EventEmitter) {
      value.once('close', () => end(call));
    } else end(call);
  },
  failed: end,
};

await hookSteps(hooks);
// Reading changes nothing, but it is most of what some commands do.
const files = await prototypeOfFiles();
for (const name of ['read', 'readFile']) hookMethod(files, name, hooks);
hookMethod(fs, 'open', {
  ...hooks,
  after(call, file) {
    const [path] = call.args;
    if (typeof path === 'string' && typeof file === 'object' && file !== null) {
      pathsOfFiles.set(file, path);
    }
    end(call);
  },
});
// The files of a home are written like this.
for (const name of ['renameSync', 'writeFileSync']) hookMethod(fsSync, name, hooks);
syncBuiltinESMExports();
