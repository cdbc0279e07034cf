/** What keys do at the page: to the file that has the focus, once for each press, or nothing at all. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Page, Route } from 'playwright-core';
import type { SettleItem } from '../../src/api/conflicts.ts';
import { NO_BROWSER } from '../support/browser.ts';
import { openPageBench, type PageBench } from '../support/page-bench.ts';
import { sampleConflicts } from '../support/page-conflicts.ts';
import { sampleHome } from '../support/page-sample.ts';
import { systemClock } from '../support/ports.ts';

/** The link of a file in the list that has the focus. */
const FOCUSED = 'main li a:focus';

/** A window on conflicts that its test decides about. */
interface Desk extends AsyncDisposable {
  readonly page: Page;
  /** The files in conflict at first; those after the second one cannot be opened. */
  readonly paths: readonly string[];
  /** The files that the page settled, in order. */
  readonly settled: readonly string[];
  /** Another device settles a file. */
  settleElsewhere(path: string | undefined): void;
  /** From now on, decisions are answered once what this returns is called. */
  holdBack(): () => void;
}

suite('keys at the page', { skip: NO_BROWSER }, () => {
  let bench: PageBench;
  before(async () => {
    bench = await openPageBench();
  });
  after(() => bench?.close());

  const home = sampleHome(systemClock.now());
  /** The page asks for the list again where the number of conflicts is another. */
  const tellConflicts = (conflicts: number): void => {
    const [first, ...others] = home.collections;
    assert.ok(first !== undefined);
    bench.daemon.setHome({ ...home, collections: [{ ...first, conflicts }, ...others] });
  };

  async function openDesk(): Promise<Desk> {
    let open = sampleConflicts(systemClock.now(), 5);
    const paths = open.map(({ path }) => path);
    const settled: string[] = [];
    let answered = Promise.resolve();
    const close = (gone: readonly (string | undefined)[]): void => {
      open = open.filter(({ path }) => !gone.includes(path));
    };
    tellConflicts(open.length);
    const window = await bench.look();
    const { page } = window;
    await page.route(isTo('/api/conflicts'), (route) => route.fulfill({ json: open }));
    await page.route(isTo('/api/conflict'), (route) => {
      const asked = new URL(route.request().url()).searchParams.get('path');
      return open.some(({ path }) => path === asked)
        ? route.continue()
        : route.fulfill({ json: null });
    });
    await page.route(isTo('/api/resolve'), async (route) => {
      const items = itemsOf(route);
      settled.push(...items.map(({ path }) => path));
      await answered;
      close(items.map(({ path }) => path));
      await route.fulfill({ json: { settled: items.map(decisionOf), failed: [] } });
    });
    await page.route(isTo('/api/resolve/undo'), async (route) => {
      open = sampleConflicts(systemClock.now(), 5);
      await route.fulfill({ json: { undone: 1, failed: [] } });
    });
    await page.getByRole('link', { name: 'Conflicts' }).first().click();
    await page.getByText(`Select all ${paths.length}`).waitFor();
    return {
      page,
      paths,
      settled,
      settleElsewhere(path) {
        close([path]);
        tellConflicts(open.length);
      },
      holdBack() {
        const { promise, resolve } = Promise.withResolvers<void>();
        answered = promise;
        return resolve;
      },
      [Symbol.asyncDispose]: () => window[Symbol.asyncDispose](),
    };
  }

  test('act on the file that has the focus, though another device settled one before it', async () => {
    await using desk = await openDesk();
    const { page, paths, settled } = desk;
    for (const key of ['j', 'j', 'j']) await page.keyboard.press(key);
    await untilAt(page, paths[2]);
    desk.settleElsewhere(paths[0]);
    await page.getByText('Select all 4').waitFor();
    await untilAt(page, paths[2]);
    await page.keyboard.press('m');
    await page.getByText('Select all 3').waitFor();
    assert.deepEqual(settled, [paths[2]]);
  });

  test('go on with what took the place of a file that was settled', async () => {
    await using desk = await openDesk();
    const { page, paths, settled } = desk;
    for (const key of ['j', 'j', 'm']) await page.keyboard.press(key);
    await page.getByText('Select all 4').waitFor();
    await untilAt(page, paths[2]);
    desk.settleElsewhere(paths[2]);
    await page.getByText('Select all 3').waitFor();
    await untilAt(page, paths[3]);
    await page.keyboard.press('j');
    await untilAt(page, paths[4]);
    // Whoever is elsewhere on the page is left there.
    await page.getByLabel('Select all 3').focus();
    desk.settleElsewhere(paths[4]);
    await page.getByText('Select all 2').waitFor();
    assert.equal(await page.locator(FOCUSED).count(), 0);
    assert.deepEqual(settled, [paths[1]]);
  });

  test('a key that is held moves on and on, and decides once', async () => {
    await using desk = await openDesk();
    const { page, paths, settled } = desk;
    await hold(page, 'j', 3);
    await untilAt(page, paths[2]);
    await hold(page, 'm', 2);
    await page.getByText('Select all 4').waitFor();
    await hold(page, 'm', 2);
    await page.keyboard.press('x');
    await page.getByText('1 conflict selected').waitFor();
    assert.deepEqual(settled, [paths[2]]);
  });

  test('a round is asked for once, however often and long its key is pressed', async () => {
    await using desk = await openDesk();
    const { page } = desk;
    const { promise: answered, resolve: letGo } = Promise.withResolvers<void>();
    let asked = 0;
    await page.route(isTo('/api/sync'), async (route) => {
      asked += 1;
      await answered;
      await route.continue();
    });
    await hold(page, 's', 3);
    await page.keyboard.up('s');
    await page.keyboard.press('s');
    letGo();
    await page.getByText('Everything is up to date').first().waitFor();
    assert.equal(asked, 1);
  });

  test('can be turned off, and stay off', async () => {
    await using desk = await openDesk();
    const { page, settled } = desk;
    const hints = page.locator('main kbd');
    await hints.first().waitFor();
    await page.getByRole('button', { name: 'Options of this page' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Single keys' }).click();
    await hints.first().waitFor({ state: 'hidden' });
    const before = bench.daemon.asked.length;
    const pressAll = async (): Promise<void> => {
      for (const key of ['j', 'm', 's', '?', 'g', 'd']) await page.keyboard.press(key);
    };
    await pressAll();
    await page.reload();
    await page.getByText('Select all 5').waitFor();
    await pressAll();
    assert.equal(await page.locator(FOCUSED).count(), 0);
    assert.equal(await page.getByRole('dialog').count(), 0);
    // What a mouse asks for comes after whatever the keys would have.
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.getByText('Everything is up to date').first().waitFor();
    assert.deepEqual(bench.daemon.asked.slice(before), ['sync']);
    assert.deepEqual(settled, []);
  });

  test('an answer that comes late leaves a person where they went', async () => {
    await using desk = await openDesk();
    const { page, paths, settled } = desk;
    await page.getByRole('link', { name: paths[0] ?? '' }).click();
    await page.getByRole('button', { name: 'Keep theirs' }).waitFor();
    const letGo = desk.holdBack();
    await page.keyboard.press('t');
    await page.keyboard.press('u');
    await page.getByText('Select all 5').waitFor();
    await page.locator('main:focus').waitFor();
    letGo();
    await page.getByText('Select all 4').waitFor();
    await page.getByText('garden.md: the other side is kept').first().waitFor();
    assert.equal(new URL(page.url()).search, '');
    assert.deepEqual(settled, [paths[0]]);
  });

  test('what is typed into a merge while it is saved is kept, or not taken', async () => {
    await using desk = await openDesk();
    const { page, paths } = desk;
    const editor = page.getByRole('textbox', { name: 'Merged text' });
    const openMerge = async (): Promise<void> => {
      await page.getByRole('link', { name: paths[0] ?? '' }).click();
      await page.getByRole('tab', { name: 'Merge' }).click();
      await editor.getByText('Dig in March.').waitFor();
    };
    const type = async (words: string): Promise<void> => {
      await editor.press('Control+End');
      await page.keyboard.type(words);
    };
    await openMerge();
    await type('Saved.');
    const letGo = desk.holdBack();
    await page.getByRole('button', { name: 'Save merge' }).click();
    const marks = page.getByRole('button', { name: 'Save with the marks' });
    await marks.click();
    // While it is saved, the text is what is saved.
    await type('Unseen.');
    assert.equal(await editor.getByText('Unseen.').count(), 0);
    await page.getByRole('link', { name: 'Conflicts' }).last().click();
    await openMerge();
    await type('Later.');
    letGo();
    await page.getByText('garden.md: your merge is kept').first().waitFor();
    await page.getByText('This is settled').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('tab', { name: 'Merge' }).click();
    await editor.getByText('Saved.Later.').waitFor();
  });
});

function isTo(path: string): (url: URL) => boolean {
  return ({ pathname }) => pathname.endsWith(path);
}

function itemsOf(route: Route): readonly SettleItem[] {
  return (route.request().postDataJSON() as { readonly items: readonly SettleItem[] }).items;
}

function decisionOf({ collection, path }: SettleItem) {
  return { collection, path, version: 'chosen', sides: [], copies: [] };
}

/** Until the link of this file has the focus. */
async function untilAt(page: Page, path: string | undefined): Promise<void> {
  await page
    .locator(FOCUSED)
    .filter({ hasText: path ?? '' })
    .waitFor();
}

/** Each press after the first one is told as repeated, until the key is let go. */
async function hold(page: Page, key: string, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await page.keyboard.down(key);
}
