/**
 * The whole life of two devices at their pages: the built program, a browser, real folders and a
 * bucket, and nothing done but by hand. The tests of a suite are one story and build on each other;
 * each tells what both disks hold, to the byte.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { writeSample } from '../../scripts/tour/sample.ts';
import { NO_BROWSER, openBrowser } from '../support/browser.ts';
import {
  type BucketKind,
  bucketsOn,
  directoryBucket,
  type TestBucket,
} from '../support/buckets.ts';
import { type Look, openLook } from '../support/page-look.ts';
import { systemClock } from '../support/ports.ts';
import { createPlace, type Place } from '../support/satchel.ts';
import { S3_SERVERS, suiteOnServers } from '../support/servers.ts';
import { assertSameTree, type Tree, treeOf } from '../support/trees.ts';
import { startUp, type Up } from '../support/up.ts';

const PASSPHRASE = 'lantern gravel otter mustard';
const VERSITY = S3_SERVERS.filter(({ id }) => id === 'versity');

/** Rounds on a machine with much else to do; nothing is decided by how long they take. */
const TRIES = 1_200;
const LOOK_EVERY_MS = 50;

const TODAY = {
  first: '# Today\n\n- water the tomatoes\n- return the library books\n- ask about the train\n',
  here: '# Today\n\n- water the beans\n- return the library books\n- ask about the train\n',
  there:
    '# Today\n\n- water the herbs\n- return the library books\n- ask about the train\n- rest\n',
  merged:
    '# Today\n\n- water the herbs\n- water the beans\n- return the library books\n' +
    '- ask about the train\n- rest\n',
} as const;

/** A computer with `satchel up` on it, its page in a window, and a folder of notes. */
interface Device {
  readonly up: Up;
  readonly window: Look;
  readonly page: Page;
  readonly folder: string;
}

suite('a whole life at the page', { skip: NO_BROWSER }, () => {
  suite(`through ${directoryBucket.name}`, () => wholeLife(directoryBucket));
  suiteOnServers(VERSITY, 'a whole life', (url, { name }) => wholeLife(bucketsOn(name, url)));
});

function wholeLife(kind: BucketKind): void {
  let place: Place;
  let bucket: TestBucket;
  let browser: Browser;
  let laptop: Device;
  let desktop: Device;
  const ups: Up[] = [];

  const turnOn = async (name: string): Promise<Device> => {
    const up = await startUp(place, name);
    ups.push(up);
    const window = await openLook(browser, { url: await up.newLink() });
    return { up, window, page: window.page, folder: join(place.root, `${name}-files/Notes`) };
  };
  const bothHold = async (expected: Tree, what: string): Promise<void> => {
    for (const { folder } of [laptop, desktop]) await untilHolds(folder, expected, what);
  };

  before(async () => {
    place = createPlace();
    bucket = await kind.make(place.root);
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    for (const up of ups) up.kill();
    await bucket?.empty();
    place?.remove();
  });

  test('the laptop is set up, and its folder stays as it is', async () => {
    laptop = await turnOn('laptop');
    const { page, folder } = laptop;
    mkdirSync(folder, { recursive: true });
    await writeSample(folder);
    writeFileSync(join(folder, 'Today.md'), TODAY.first);
    const saved = treeOf(folder);
    await chooseBucket(page, bucket);
    await page.getByLabel('What is this device called?').fill('laptop');
    await page.getByLabel('New passphrase', { exact: true }).fill(PASSPHRASE);
    await page.getByLabel('The same once more', { exact: true }).fill(PASSPHRASE);
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByLabel('I have it on paper').check();
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('textbox', { name: 'A folder of this computer' }).fill(folder);
    await page.getByRole('button', { name: 'Carry this folder' }).click();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('status').getByText('Everything sent').waitFor();
    assertSameTree(treeOf(folder), saved);
  });

  test('the desktop joins by a link and a code: it has every byte, the bucket has none in the clear', async () => {
    const { page: first } = laptop;
    await goTo(first, 'Devices');
    await first.getByRole('link', { name: 'Link a device' }).click();
    await first.getByRole('button', { name: 'Make a link' }).click();
    const link = await first.getByLabel('The link', { exact: true }).inputValue();
    const code = await first.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/).innerText();
    desktop = await turnOn('desktop');
    const { page, folder } = desktop;
    await page.getByRole('button', { name: /I have a link/ }).click();
    await page.getByLabel('The link').fill(link);
    await page.getByLabel('The code').fill(code);
    await page.getByLabel('What is this device called?').fill('desktop');
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByRole('button', { name: 'Bring Notes here' }).click();
    await page.getByRole('textbox', { name: 'The folder for Notes' }).fill(folder);
    await page.getByRole('button', { name: 'Bring here' }).click();
    await page.getByRole('button', { name: 'Done' }).click();
    await bothHold(treeOf(laptop.folder), 'all notes');
    assert.deepEqual(await openWords(bucket, ['tomatoes', 'Today', 'laptop', 'Notes']), []);
  });

  test('what is saved on either disk is soon on the other', async () => {
    writeFileSync(join(laptop.folder, 'Shopping.md'), '# Shopping\n\n- flour\n- figs\n');
    await bothHold(treeOf(laptop.folder), 'the list of the laptop');
    mkdirSync(join(desktop.folder, 'Pictures'));
    writeFileSync(join(desktop.folder, 'Pictures/night.raw'), Buffer.alloc(300_000, 'night '));
    writeFileSync(join(desktop.folder, 'Shopping.md'), '# Shopping\n\n- figs\n');
    await bothHold(treeOf(desktop.folder), 'the picture of the desktop');
  });

  test('a conflict leaves both disks as they are, until it is settled in the merge view', async () => {
    const { page } = desktop;
    await goTo(page, 'Overview');
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByRole('button', { name: 'Go on', exact: true }).waitFor();
    writeFileSync(join(laptop.folder, 'Today.md'), TODAY.here);
    writeFileSync(join(desktop.folder, 'Today.md'), TODAY.there);
    const [here, there] = [treeOf(laptop.folder), treeOf(desktop.folder)];
    await page.getByRole('button', { name: 'Go on', exact: true }).click();
    for (const device of [laptop, desktop]) {
      await goTo(device.page, 'Conflicts');
      await device.page.getByText('Today.md').first().waitFor();
    }
    assertSameTree(treeOf(laptop.folder), here);
    assertSameTree(treeOf(desktop.folder), there);
    await page.getByRole('link', { name: /Today\.md/ }).click();
    await page.getByRole('tab', { name: 'Merge' }).click();
    await page.getByText('1 place to decide.').waitFor();
    await page.getByRole('button', { name: 'Take both' }).click();
    await page.getByRole('button', { name: 'Save merge' }).click();
    await page.getByText('Today.md: your merge is kept').first().waitFor();
    await untilText(join(desktop.folder, 'Today.md'), TODAY.merged);
    await bothHold(treeOf(desktop.folder), 'the merged text');
    await laptop.page.getByText('No conflicts').first().waitFor();
  });

  test('an earlier version comes back on both disks', async () => {
    const { page, up, folder } = laptop;
    await page.goto(`${up.origin}/time?file=Today.md`);
    const list = page.getByLabel('Versions of Today.md, the newest first');
    await list
      .getByRole('button', { name: /^Restore/ })
      .last()
      .click();
    await untilText(join(folder, 'Today.md'), TODAY.first);
    await bothHold(treeOf(folder), 'the first version');
  });

  test('a device that is retired keeps what it has, and comes back if it is used again', async () => {
    const { page, folder } = laptop;
    await desktop.window[Symbol.asyncDispose]();
    await desktop.up.end();
    const kept = treeOf(desktop.folder);
    await goTo(page, 'Devices');
    await page.getByRole('button', { name: 'What to do with desktop' }).click();
    await page.getByRole('menuitem', { name: 'Remove or report as lost' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove desktop' }).click();
    await page.getByText('Removed', { exact: true }).waitFor();
    writeFileSync(join(folder, 'Alone.md'), 'written without the desktop\n');
    await syncNow(page);
    assertSameTree(treeOf(desktop.folder), kept);
    desktop = await turnOn('desktop');
    await bothHold(treeOf(folder), 'what came meanwhile');
    writeFileSync(join(desktop.folder, 'Again.md'), 'written on the desktop, back in use\n');
    // Under an identity of its own from now on, which the laptop would find within ten minutes.
    await syncNow(desktop.page);
    await syncNow(page);
    await bothHold(treeOf(desktop.folder), 'what the desktop saved after that');
  });
}

async function goTo(page: Page, name: string): Promise<void> {
  // What waits there is counted beside the name.
  const link = page.getByRole('navigation').getByRole('link', { name: new RegExp(`^${name}`) });
  await link.click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
}

/** Until the round is over. */
async function syncNow(page: Page): Promise<void> {
  await goTo(page, 'Overview');
  const round = page.waitForResponse((response) => response.url().endsWith('/api/sync'));
  await page.getByRole('button', { name: 'Sync now' }).click();
  assert.equal((await round).status(), 200);
}

/** As far as the step after the trial of the bucket; keys are typed where the bucket asks for some. */
async function chooseBucket(page: Page, { url, env }: TestBucket): Promise<void> {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = env;
  await page.getByRole('button', { name: /Choose a bucket/ }).click();
  if (id === undefined || secret === undefined) {
    await page.getByRole('button', { name: /^A folder/ }).click();
    await page.getByRole('textbox', { name: 'Which folder?' }).fill(url);
  } else {
    await page.getByRole('button', { name: /Type or paste the address/ }).click();
    await page.getByLabel('What is its address?').fill(url);
    await page.getByLabel('Access key id').fill(id);
    await page.getByLabel('Secret access key', { exact: true }).fill(secret);
  }
  await page.getByRole('button', { name: 'Try it' }).click();
  await page.getByRole('button', { name: 'Use this bucket' }).click();
}

/** Which of the words can be read in the bucket. */
async function openWords({ store }: TestBucket, words: readonly string[]): Promise<string[]> {
  const { objects } = await store.list('');
  assert.ok(objects.length > 1, 'nothing is in the bucket');
  const found = new Set<string>();
  for (const { key } of objects) {
    const answer = await store.get(key);
    assert.ok(answer.kind === 'found', key);
    const text = Buffer.from(answer.body).toString('latin1');
    for (const word of words) if (text.includes(word)) found.add(word);
  }
  return [...found];
}

/** Until the folder holds this and nothing else, as a person finds who looks into it. */
async function untilHolds(folder: string, expected: Tree, what: string): Promise<void> {
  const wanted = JSON.stringify(expected);
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (existsSync(folder) && JSON.stringify(calmTreeOf(folder)) === wanted) return;
    await systemClock.sleep(LOOK_EVERY_MS);
  }
  assertSameTree(treeOf(folder), expected, `${folder} does not hold ${what}`);
}

/** Undefined while files come and go. */
function calmTreeOf(folder: string): Tree | undefined {
  try {
    return treeOf(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function untilText(path: string, text: string): Promise<void> {
  for (let tries = 0; tries < TRIES && readFileSync(path, 'utf8') !== text; tries += 1) {
    await systemClock.sleep(LOOK_EVERY_MS);
  }
  assert.equal(readFileSync(path, 'utf8'), text);
}
