/** `npm start`, as who has just cloned the repository types it. It leaves a demo in the checkout. */
import assert from 'node:assert/strict';
import { type ChildProcess, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { ROOT } from '../support/source-files.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** What a start needs of a checkout: the built program, and how it is started. */
const PARTS = ['bin', 'dist', 'package.json', 'scripts/start.ts', 'scripts/tour/sample.ts'];

interface Checkout {
  readonly demo: string;
  /** What a desktop was asked to open. */
  opened(): string;
  start(env?: Readonly<Record<string, string>>): Promise<Started>;
  /** A start without options, to its end: for where it is up already. */
  startAgain(env?: Readonly<Record<string, string>>): SpawnSyncReturns<string>;
}

interface Started {
  readonly process: ChildProcess;
  readonly origin: string;
  out(): string;
  /** Ends it with Ctrl-C. @returns the exit code. */
  end(): Promise<number | null>;
}

function checkout(context: TestContext): Checkout {
  const root = temporaryFolder('checkout');
  for (const part of PARTS) cpSync(join(ROOT, part), join(root, part), { recursive: true });
  const opened = join(root, 'opened');
  mkdirSync(join(root, 'desktop'));
  const opener = join(root, 'desktop', 'xdg-open');
  writeFileSync(opener, `#!/bin/sh\necho "$1" > "${opened}"\n`);
  chmodSync(opener, 0o755);
  return {
    demo: join(root, '.satchel-demo'),
    opened: () => (existsSync(opened) ? readFileSync(opened, 'utf8').trim() : ''),
    start: (env = {}) => start(context, root, env),
    startAgain: (env = {}) =>
      spawnSync(process.execPath, [join(root, START)], {
        env: { ...envFor(root), ...env },
        encoding: 'utf8',
      }),
  };
}

const START = 'scripts/start.ts';

function envFor(root: string): Readonly<Record<string, string>> {
  return { PATH: `${join(root, 'desktop')}:${process.env.PATH}`, HOME: root };
}

async function start(
  context: TestContext,
  root: string,
  given: Readonly<Record<string, string>>,
): Promise<Started> {
  const env = { ...envFor(root), ...given };
  const args = [join(root, START), '--port', '0'];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  context.after(() => child.kill('SIGKILL'));
  let out = '';
  const ended = once(child, 'close');
  const origin = await new Promise<string>((resolve, reject) => {
    const look = (text: Buffer): void => {
      out += text;
      const found = /Satchel is up: (http:\/\/[^/]+)/.exec(out)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.on('close', () => reject(new Error(`it ended:\n${out}`)));
  });
  return {
    process: child,
    origin,
    out: () => out,
    async end() {
      child.kill('SIGINT');
      return (await ended)[0];
    },
  };
}

suite('npm start', { skip: process.platform !== 'linux' }, () => {
  let browser: Browser;
  before(async () => {
    browser = await openBrowser();
  });
  after(async () => browser.close());

  test('opens the page of a demo with notes in it, where there is a desktop', async (context) => {
    const { demo, opened, start } = checkout(context);
    const running = await start({ DISPLAY: ':0' });
    assert.match(running.out(), /^A demo is made in .*\.satchel-demo\. Its notes are in /);
    const page = await browser.newPage();
    // The secret of the link is in the file, which is this person's alone, and in no command line.
    assert.equal(opened(), pathToFileURL(join(demo, 'home', 'open.html')).href);
    await page.goto(opened());
    await page.waitForURL(`${running.origin}/`);
    await page.getByText('Notes', { exact: true }).first().waitFor();
    await page.close();
    assert.equal(await running.end(), 0);
    assert.match(readFileSync(join(demo, 'passphrase.txt'), 'utf8'), /^([a-z2-9]{5}-?){4}\n$/);
    assert.match(readFileSync(join(demo, 'recovery-key.txt'), 'utf8'), /^[A-Z2-7-]+\n$/);
  });

  test('goes on with that demo the next time, and opens nothing without a desktop', async (context) => {
    const { demo, opened, start } = checkout(context);
    assert.equal(await (await start()).end(), 0);
    const note = join(demo, 'Notes', 'Mine.md');
    writeFileSync(note, 'mine\n');
    const settings = readFileSync(join(demo, 'home', 'settings.json'), 'utf8');
    const again = await start();
    assert.doesNotMatch(again.out(), /A demo is made/);
    assert.equal(await again.end(), 0);
    assert.equal(readFileSync(join(demo, 'home', 'settings.json'), 'utf8'), settings);
    assert.equal(readFileSync(note, 'utf8'), 'mine\n');
    assert.equal(opened(), '');
  });

  test('shows the page once more where it is up already', async (context) => {
    const { demo, opened, start, startAgain } = checkout(context);
    const running = await start();
    const { status, stdout, stderr } = startAgain({ DISPLAY: ':0' });
    assert.equal(status, 0, stderr);
    assert.match(
      stdout,
      new RegExp(`^It is up already\\. .*\n${running.origin}/start\\?once=\\S+\n$`),
    );
    assert.equal(opened(), pathToFileURL(join(demo, 'home', 'open.html')).href);
    assert.equal(await running.end(), 0);
  });

  test('serves the home of SATCHEL_HOME instead, and makes no demo', async (context) => {
    const { demo, start } = checkout(context);
    const home = join(demo, '..', 'own');
    const running = await start({ SATCHEL_HOME: home });
    assert.ok(existsSync(join(home, 'daemon.json')));
    assert.equal(await running.end(), 0);
    assert.ok(!existsSync(demo));
  });
});
