/**
 * Satchel as a person has it, to try it: with a home, a bucket and a few notes of its own in
 * `.satchel-demo`, which can be thrown away. Where SATCHEL_HOME is set, it is that home instead.
 *
 *   npm start                    prints the address of the page, and opens it where it can; also
 *                                where it is up already
 *   npm start -- --port 5000     options are those of "satchel up"
 *   npm run tour                 two devices and a conflict, told as a story
 */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeSample } from './tour/sample.ts';

const ROOT = join(import.meta.dirname, '..');
const PROGRAM = join(ROOT, 'bin', 'satchel.js');

const DEMO = join(ROOT, '.satchel-demo');
const HOME = join(DEMO, 'home');
const BUCKET = join(DEMO, 'bucket');
const NOTES = join(DEMO, 'Notes');
const PASSPHRASE = join(DEMO, 'passphrase.txt');
const RECOVERY_KEY = join(DEMO, 'recovery-key.txt');

/** A keychain is for what lasts. */
const DEMO_ENV = { SATCHEL_HOME: HOME, SATCHEL_KEYCHAIN: 'off' };

/** Without those that look like another. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Notes that are there already stay: a first start that was cut off is made good. */
async function makeDemo(): Promise<void> {
  for (const folder of [HOME, BUCKET]) await rm(folder, { recursive: true, force: true });
  await mkdir(DEMO, { recursive: true, mode: 0o700 });
  if (!existsSync(NOTES)) {
    await mkdir(NOTES);
    await writeSample(NOTES);
  }
  // By chance, for the demo can be carried to a real bucket.
  await writeFile(PASSPHRASE, `${newPassphrase()}\n`, { mode: 0o600 });
  const place = ['--device', 'demo', '--passphrase-file', PASSPHRASE, '--json'];
  const { recoveryKey } = JSON.parse(satchel('init', pathToFileURL(BUCKET).href, ...place));
  await writeFile(RECOVERY_KEY, `${recoveryKey}\n`, { mode: 0o600 });
  satchel('add', 'vault', NOTES);
  console.log(`A demo is made in ${DEMO}. Its notes are in ${NOTES}:`);
  console.log('change one, and see it on the page. Passphrase and recovery key are beside them.');
  console.log(`Commands for it have "--home ${HOME}".`);
}

/** Almost five bits a letter: 99. */
function newPassphrase(): string {
  const group = (): string =>
    Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return Array.from({ length: 4 }, group).join('-');
}

/** Runs a command in the home of the demo, and returns what it printed. */
function satchel(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    env: { ...process.env, ...DEMO_ENV },
    encoding: 'utf8',
  });
  if (status === 0) return stdout;
  throw new Error(`satchel ${args[0]} failed with exit code ${status}:\n${stderr}`);
}

/** Whether a Satchel serves the home of the environment. */
function isUp(): boolean {
  return spawnSync(process.execPath, [PROGRAM, 'open', '--no-browser']).status === 0;
}

/** A signal for npm alone reaches the shell between, which ends without a word. */
function endWithNpm(): void {
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 1000);
  watch.unref();
}

if (process.env.npm_lifecycle_event !== undefined) endWithNpm();
if ((process.env.SATCHEL_HOME ?? '') === '') {
  if (!existsSync(join(HOME, 'settings.json'))) await makeDemo();
  Object.assign(process.env, DEMO_ENV);
}
const given = process.argv.slice(2);
const isAgain = given.length === 0 && isUp();
if (isAgain) console.log('It is up already. Its page, to be opened once:');
const command = isAgain ? ['open'] : ['up', '--open', ...given];
// In this process: what a terminal or npm sends at Ctrl-C then goes to one only.
process.argv = [process.execPath, PROGRAM, ...command];
await import(pathToFileURL(PROGRAM).href);
