/** Installing and removing the service on this computer, and what its manager says of it. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf, SatchelError, systemCode } from '../../base/errors.ts';
import type { Clock } from '../../base/ports.ts';
import { xdgFolder } from '../home.ts';
import { systemClock } from '../ports.ts';
import { launchdPlan } from './launchd.ts';
import { type Call, END_WITHIN_S, type ServicePlan, type ServiceWish } from './plan.ts';
import { systemdPlan } from './systemd.ts';
import { windowsPlan } from './windows-task.ts';

/** A service manager ends by itself what takes longer to end than it may. */
const GONE_WITHIN_S = END_WITHIN_S + 10;
const LOOK_AGAIN_MS = 500;

type Env = Readonly<Record<string, string | undefined>>;

export interface ServiceState {
  readonly manager: string;
  readonly path: string;
  readonly isInstalled: boolean;
  /** What the manager says, in its words; null where it says nothing. */
  readonly says: string | null;
}

/**
 * How this system runs services of a person.
 * @throws SatchelError `usage` on systems for which this is not known.
 */
export function servicePlan(wish: ServiceWish, env: Env, platform: NodeJS.Platform): ServicePlan {
  if (platform === 'linux') {
    return systemdPlan(wish, xdgFolder(env.XDG_CONFIG_HOME, '.config'));
  }
  if (platform === 'darwin') {
    return launchdPlan(wish, { homeFolder: homedir(), uid: userInfo().uid });
  }
  if (platform === 'win32') {
    const localFolder = env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local');
    const user = [env.USERDOMAIN ?? '.', userInfo().username].join('\\');
    return windowsPlan(wish, { localFolder, user });
  }
  throw new SatchelError('usage', `It is not known how services are made on ${platform}.`, {
    hint: 'Let whatever starts your programs start "satchel up".',
  });
}

/**
 * @param start whether it starts at once, or only at the next sign-in.
 * @throws SatchelError `internal` where the manager does not take it; nothing new is left then.
 */
export async function installService(
  plan: ServicePlan,
  start: 'now' | 'later' = 'now',
  clock: Clock = systemClock,
): Promise<void> {
  const former = readIfThere(plan);
  const calls = start === 'now' ? plan.install : plan.enable;
  writeServiceFile(plan, plan.text);
  try {
    await runAll(calls, clock);
  } catch (error) {
    if (former === undefined) {
      await removeService(plan, start === 'now' ? plan.stop : plan.disable);
      throw notTaken(plan, error, 'Nothing was installed.');
    }
    writeServiceFile(plan, former);
    const standing = (await succeeds(runAll(calls, clock)))
      ? 'is as it was'
      : 'starts when you sign in next';
    throw notTaken(plan, error, `The service of before ${standing}.`);
  }
}

/**
 * @param calls those before the file goes: what ends the service now, or lets it go on (`disable`).
 * @returns what could not be done, in words: the file is gone in any case.
 */
export async function removeService(
  plan: ServicePlan,
  calls: readonly Call[] = plan.stop,
): Promise<readonly string[]> {
  const problems: string[] = [];
  const tryAll = async (calls: readonly Call[]): Promise<void> => {
    for (const call of calls) {
      await run(call).catch((error: unknown) => problems.push(messageOf(error)));
    }
  };
  await tryAll(calls);
  rmSync(plan.path, { force: true });
  await tryAll(plan.forget);
  return problems;
}

export async function serviceState(plan: ServicePlan): Promise<ServiceState> {
  const { manager, path } = plan;
  const text = readIfThere(plan);
  const answer = await run(plan.status).catch(() => '');
  return {
    manager,
    path,
    isInstalled: text !== undefined,
    says: text === undefined ? null : (plan.describe(answer) ?? null),
  };
}

function readIfThere({ path, encoding }: ServicePlan): string | undefined {
  return existsSync(path) ? readFileSync(path, encoding) : undefined;
}

function writeServiceFile({ path, encoding }: ServicePlan, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    // A proxy among its variables may have a password.
    writeFileSync(path, text, { encoding, mode: 0o600 });
  } catch (error) {
    throw new SatchelError('internal', `Cannot write ${path}: ${messageOf(error)}.`, {
      hint: 'Look whether the disk is full and the folder is yours.',
    });
  }
}

/** Rejects, with what it said, where one failed. */
async function runAll(calls: readonly Call[], clock: Clock): Promise<void> {
  for (const call of calls) {
    if (call.untilItFails === true) await runUntilItFails(call, clock);
    else await run(call);
  }
}

async function runUntilItFails(call: Call, clock: Clock): Promise<void> {
  const endMs = clock.monotonicMs() + GONE_WITHIN_S * 1000;
  while (await succeeds(run(call))) {
    if (clock.monotonicMs() >= endMs) {
      throw new Error(`${wordsOf(call)}: it is still there after ${GONE_WITHIN_S} seconds`);
    }
    await clock.sleep(LOOK_AGAIN_MS);
  }
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return await work.then(
    () => true,
    () => false,
  );
}

function wordsOf({ program, args }: Call): string {
  return [program, ...args].join(' ');
}

/** @returns what it printed. Rejects, with what it said, where it failed. */
function run(call: Call): Promise<string> {
  const { program, args, mayFail = false } = call;
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { windowsHide: true }, (error, stdout, stderr) => {
      if (error === null || mayFail) return resolve(stdout);
      const isMissing = systemCode(error) === 'ENOENT';
      const said = isMissing ? 'there is no such program here' : stderr.trim() || messageOf(error);
      reject(new Error(`${wordsOf(call)}: ${said}`));
    });
  });
}

function notTaken({ manager }: ServicePlan, error: unknown, standing: string): SatchelError {
  const message = `${upperFirst(manager)} does not take it: ${messageOf(error)}`;
  return new SatchelError('internal', message, {
    hint: `${standing} Let whatever starts your programs start "satchel up".`,
  });
}

function upperFirst(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
