/**
 * Attacks from web pages of others, in a real browser in which the person is signed in: nothing is
 * read, and nothing is changed. The pages are given the address of the session as well, which they
 * could not know, so that the guard stands alone.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { buildWeb } from '../../scripts/build-web.ts';
import type { RunningDaemon } from '../../src/daemon/daemon.ts';
import { NO_BROWSER, openBrowser } from '../support/browser.ts';
import {
  attackFrom,
  pixel,
  SECRET,
  startCareless,
  startEmptyPage,
  type Wishes,
} from '../support/foreign-page.ts';
import { makeHome, startPage } from '../support/page-homes.ts';
import { type Look, openLook } from '../support/page-look.ts';
import { filesOf } from '../support/satchel.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** Every name that ends so is this computer, for a site that answers for its own name can say so. */
const ARGUMENTS = [
  '--host-resolver-rules=MAP *.example 127.0.0.1',
  // The browser's own wall before this computer is no part of what is tried.
  '--disable-features=LocalNetworkAccessChecks',
];

const QUERY = 'collection=Notes&path=plan.md';
const READS = ['/', '/api/status', `/api/file/read?${QUERY}`, '/api/events'] as const;
const WRITES = {
  '/api/file/write': { collection: 'Notes', path: 'plan.md', content: 'overwritten' },
  '/api/pause': { paused: true },
  '/api/devices/rename': { name: 'theirs' },
} as const;

suite('a foreign page', { skip: NO_BROWSER }, () => {
  const root = temporaryFolder('foreign-page');
  const [home, notes] = [join(root, 'home'), join(root, 'Notes')];
  const closing: (() => unknown)[] = [];
  let browser: Browser;
  let daemon: RunningDaemon;
  let port = 0;
  let picture = '';

  before(async () => {
    mkdirSync(notes);
    writeFileSync(join(notes, 'plan.md'), `${SECRET}\n`);
    writeFileSync(join(notes, 'dot.bmp'), pixel());
    await makeHome(home, { notes, bucket: join(root, 'bucket') });
    const pageFolder = join(root, 'page');
    await buildWeb(pageFolder);
    browser = await openBrowser(ARGUMENTS);
    daemon = await startPage(home, pageFolder);
    closing.push(() => daemon.close());
    await daemon.daemon.host().sync();
    const empty = await startEmptyPage();
    port = empty.port;
    closing.push(() => empty.close());
    const { versions } = await asEditor<{ versions: readonly [{ id: string }] }>(
      '/api/versions?collection=Notes&path=dot.bmp',
    );
    picture = `/api/content?collection=Notes&path=dot.bmp&version=${versions[0].id}`;
  });
  after(async () => {
    await browser?.close();
    for (const close of closing.reverse()) await close();
  });

  /** As a program of the person asks, which has the token. */
  async function asEditor<T>(path: string, body?: object): Promise<T> {
    const { token } = JSON.parse(readFileSync(join(home, 'daemon.json'), 'utf8'));
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${daemon.origin}${path}`, { headers, ...sent });
    assert.equal(answer.status, 200, path);
    return (await answer.json()) as T;
  }

  const wishesFor = (target: string): Wishes => ({ target, reads: READS, picture, writes: WRITES });
  /** All that any of the attacks could have changed. */
  const standing = (): object => ({
    notes: filesOf(notes),
    settings: readFileSync(join(home, 'settings.json'), 'utf8'),
    paused: daemon.daemon.host().status().paused,
  });
  const signIn = (): Promise<Look> => openLook(browser, { url: daemon.newLink() });

  /** Another window of the same browser: it has what the browser keeps for the person. */
  async function visit({ page: own }: Look, url: string): Promise<Page> {
    const page = await own.context().newPage();
    await page.goto(url);
    return page;
  }

  for (const [who, host] of [
    ['of another server of this computer', '127.0.0.1'],
    ['of another site', 'foreign.example'],
  ] as const) {
    test(`${who} reads nothing and changes nothing, with the person's session at hand`, async () => {
      await using window = await signIn();
      const before = standing();
      const page = await visit(window, `http://${host}:${port}/`);
      const answered = answersOf(page, daemon.origin);
      for (const target of [daemon.origin, await sessionOf(window, daemon.origin)]) {
        const found = await attackFrom(page, wishesFor(target));
        assert.deepEqual(found.filter(isWorthSomething), []);
      }
      assert.deepEqual(
        answered.filter(({ isApi, status }) => isApi && status < 400),
        [],
      );
      assert.ok(
        answered.some(({ isApi, status }) => isApi && status === 403),
        'nothing was asked',
      );
      for (const frame of page.frames().slice(1)) {
        assert.doesNotMatch(await frame.content(), /Satchel/, 'the page is framed');
      }
      assert.deepEqual(standing(), before);
      await isStillTheirs(window);
    });
  }

  test('whose name comes to mean this computer is answered nothing', async () => {
    await using window = await signIn();
    const before = standing();
    const origin = `http://rebound.example:${new URL(daemon.origin).port}`;
    // Loaded while the name still meant the server of the page.
    await window.page
      .context()
      .route(`${origin}/theirs`, (route) =>
        route.fulfill({ contentType: 'text/html', body: '<!doctype html><body></body>' }),
      );
    const page = await visit(window, `${origin}/theirs`);
    const answered = answersOf(page, origin);
    const { pathname } = new URL(await sessionOf(window, daemon.origin));
    for (const target of [origin, `${origin}${pathname}`]) {
      const found = await attackFrom(page, wishesFor(target));
      assert.deepEqual(found.filter(isWorthSomething), []);
    }
    assert.ok(answered.length > 0, 'nothing was asked');
    assert.deepEqual(
      answered.filter(({ status }) => status !== 403),
      [],
    );
    assert.deepEqual(standing(), before);
    await isStillTheirs(window);
  });

  test('would get all of it from a server without a guard', async () => {
    const careless = await startCareless();
    closing.push(() => careless.close());
    await using window = await signIn();
    const page = await visit(window, `http://foreign.example:${port}/`);
    const found = await attackFrom(page, wishesFor(careless.origin));
    assert.ok(found.filter(isWorthSomething).length >= READS.length * 2, found.join('\n'));
    assert.ok(found.includes('a picture of 1'));
    for (const [path, body] of Object.entries(WRITES)) {
      const arrived = careless.asked.filter((line) => line.startsWith(`POST ${path} {`));
      assert.ok(arrived.length >= 4, `${path}: ${arrived.length}`);
      for (const line of arrived) {
        const { x, ...sent } = JSON.parse(line.slice(`POST ${path} `.length));
        assert.deepEqual(sent, body);
      }
    }
    const origin = careless.origin.replace('127.0.0.1', 'rebound.example');
    const rebound = await visit(window, origin);
    const read = await attackFrom(rebound, wishesFor(origin));
    assert.ok(read.filter(isWorthSomething).length >= READS.length * 4, read.join('\n'));
  });

  test('asks for what a program with the token gets and may change', async () => {
    for (const path of READS.slice(1, -1)) {
      assert.ok(isWorthSomething(JSON.stringify(await asEditor(path))), path);
    }
    for (const [path, body] of Object.entries(WRITES)) await asEditor(path, body);
    assert.equal(readFileSync(join(notes, 'plan.md'), 'utf8'), 'overwritten');
    assert.equal(daemon.daemon.host().status().paused, true);
  });
});

/** Words of the daemon that are no refusal: of a note, of a status, of the page. */
function isWorthSomething(text: string): boolean {
  return /words of a note|"homes"|a picture of|socket open|Satchel<|data:/.test(text);
}

interface Answered {
  readonly path: string;
  readonly status: number;
  readonly isApi: boolean;
}

/** What the daemon answers from now on to a page, and to what it frames. */
function answersOf(page: Page, origin: string): readonly Answered[] {
  const answered: Answered[] = [];
  page.on('response', (response) => {
    const url = response.url();
    if (!url.startsWith(origin)) return;
    const path = new URL(url).pathname;
    answered.push({ path, status: response.status(), isApi: path.includes('/api/') });
  });
  return answered;
}

/** Where the page of the person asks: the browser keeps its cookie for that address. */
async function sessionOf({ page }: Look, origin: string): Promise<string> {
  const cookies = await page.context().cookies();
  const session = cookies.find(({ name }) => name === 'satchel-session');
  assert.ok(session !== undefined, 'the person is not signed in');
  return `${origin}${session.path}`;
}

/** The person goes on as before. */
async function isStillTheirs({ page }: Look): Promise<void> {
  await page.reload();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.getByText('Notes', { exact: true }).first().waitFor();
}
