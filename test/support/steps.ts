/**
 * The steps of a Satchel process, as a module that was loaded before it sees them: whatever changes
 * a name or bytes on a disk, a commit of the replica, a request to a bucket.
 */
import fs from 'node:fs/promises';
import http from 'node:http';
import { DatabaseSync } from 'node:sqlite';

type Method = (this: unknown, ...args: unknown[]) => unknown;

export interface Call {
  /** Such as `rename`. */
  readonly name: string;
  readonly args: readonly unknown[];
  /** What the method belongs to, such as an open file. */
  readonly of: unknown;
}

export interface StepHooks {
  before(call: Call): void;
  /** After it succeeded; `value` is what came of it. */
  after(call: Call, value: unknown): void;
  /** After it failed. */
  failed?(call: Call): void;
}

/** Puts the hooks around a method of an object or of a prototype. */
export function hookMethod(
  target: object,
  name: string,
  hooks: StepHooks,
  isStep: (args: readonly unknown[]) => boolean = () => true,
): void {
  const original: unknown = Reflect.get(target, name);
  if (typeof original !== 'function') throw new Error(`there is no ${name} to watch`);
  const watched: Method = function (...args) {
    if (!isStep(args)) return Reflect.apply(original, this, args);
    const call: Call = { name, args, of: this };
    hooks.before(call);
    const result = orTell(() => Reflect.apply(original, this, args), call, hooks);
    if (!(result instanceof Promise)) {
      hooks.after(call, result);
      return result;
    }
    return result.then(
      (value: unknown) => {
        hooks.after(call, value);
        return value;
      },
      (error: unknown) => {
        hooks.failed?.(call);
        throw error;
      },
    );
  };
  Reflect.set(target, name, watched);
}

function orTell(run: () => unknown, call: Call, hooks: StepHooks): unknown {
  try {
    return run();
  } catch (error) {
    hooks.failed?.(call);
    throw error;
  }
}

/** Hooks what Satchel does asynchronously to disks and buckets, and the commits of its replica. */
export async function hookSteps(hooks: StepHooks): Promise<void> {
  for (const name of ['link', 'rename', 'mkdir', 'unlink', 'rmdir', 'lutimes']) {
    hookMethod(fs, name, hooks);
  }
  const files = await prototypeOfFiles();
  for (const name of ['write', 'writeFile', 'sync']) hookMethod(files, name, hooks);
  hookMethod(DatabaseSync.prototype, 'exec', hooks, ([sql]) => sql === 'COMMIT');
  hookMethod(http, 'request', hooks);
}

/** What every open file has its methods from. */
export async function prototypeOfFiles(): Promise<object> {
  const file = await fs.open(process.execPath);
  await file.close();
  return Object.getPrototypeOf(file);
}
