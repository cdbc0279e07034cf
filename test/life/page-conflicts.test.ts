/** Conflicts at the page, in a real browser, with real daemon, files and bucket. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { buildWeb } from '../../scripts/build-web.ts';
import { addCollection, attachCollection } from '../../src/app/collections.ts';
import { resolveConflict } from '../../src/app/conflicts.ts';
import { withSession } from '../../src/app/session.ts';
import { settleRecord } from '../../src/app/settle.ts';
import { initRepository, joinRepository } from '../../src/app/setup.ts';
import { syncHome } from '../../src/app/sync-home.ts';
import type { RunningDaemon } from '../../src/daemon/daemon.ts';
import { NO_BROWSER, openBrowser } from '../support/browser.ts';
import { contextFor } from '../support/daemon-bench.ts';
import { until } from '../support/fake-daemon.ts';
import { startPage } from '../support/page-homes.ts';
import { type LookOptions, openLook, overflowPx, violationsOf } from '../support/page-look.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** Lines that nobody changes. */
const ROWS = Array.from({ length: 20 }, (_, index) => `row ${index + 1}\n`).join('');
const PLAN = {
  base: `# Garden\n\nseeds\n${ROWS}trees\n\nDig in March.\n`,
  here: `# Garden\n\nseeds\n${ROWS}three trees\n\nDig in March.\n\nCompost.\n`,
  there: `# The garden\n\nseeds\n${ROWS}trees\n\nDig in March.\n`,
  merged: `# The garden\n\nseeds\n${ROWS}three trees\n\nDig in March.\n\nCompost.\n`,
} as const;
const LIST = {
  base: 'bread\r\nmilk\r\nsalt\r\n',
  here: 'bread\r\noat milk\r\nsalt\r\n',
  there: 'bread\r\nsoy milk\r\nsalt\r\n',
} as const;
const NUMBERED = Array.from({ length: 30 }, (_, index) => `Archive/${100 + index}.md`);

/** A picture of one pixel of this colour. */
function picture(red: number): Buffer {
  const header = Buffer.from('424d3a0000000000000036000000280000000100000001000000010018', 'hex');
  return Buffer.concat([header, Buffer.alloc(25), Buffer.from([0, 0, red, 0])]);
}

interface World {
  readonly notes: string;
  readonly elsewhere: string;
  /** The other device sends what it has, and reads what there is. */
  syncDesktop(): Promise<void>;
  /** The other device settles a conflict, and tells. */
  settleThere(path: string): Promise<void>;
  readonly daemon: RunningDaemon;
}

/** Two devices that have changed the same files; the daemon of one of them is running. */
async function openWorld(page: string): Promise<World> {
  const root = temporaryFolder('conflicts');
  const [notes, elsewhere] = [join(root, 'Notes'), join(root, 'Elsewhere')];
  const [laptop, desktop] = [contextFor(join(root, 'laptop')), contextFor(join(root, 'desktop'))];
  const bucket = join(root, 'bucket');
  const syncDesktop = async (): Promise<void> => void (await syncHome(desktop, 'test', undefined));
  mkdirSync(notes);
  await initRepository(laptop, { bucket, deviceName: 'laptop' }, undefined);
  await withSession(laptop, 'test', (session) => addCollection(session, 'vault', notes, undefined));
  writeAll(notes, (name) => textOf(name, 'base'));
  await syncHome(laptop, 'test', undefined);
  await joinRepository(desktop, { bucket, deviceName: 'desktop' }, async () => '');
  await withSession(desktop, 'test', (session) =>
    attachCollection(session, 'Notes', elsewhere, undefined),
  );
  await syncDesktop();
  writeAll(elsewhere, (name) => textOf(name, 'there'));
  await syncDesktop();
  writeAll(notes, (name) => textOf(name, 'here'));
  const daemon = await startPage(laptop.home, page);
  const settleThere = async (path: string): Promise<void> => {
    await syncDesktop();
    await settleRecord(desktop, 'test', { collection: 'Notes', path }, (session, found) =>
      resolveConflict(session, found, { kind: 'local' }),
    );
    await syncDesktop();
  };
  return { notes, elsewhere, syncDesktop, settleThere, daemon };
}

function writeAll(folder: string, textFor: (name: string) => string | Buffer): void {
  mkdirSync(join(folder, 'Archive'), { recursive: true });
  for (const name of ['plan.md', 'list.txt', 'dot.bmp', ...NUMBERED]) {
    writeFileSync(join(folder, name), textFor(name));
  }
}

function textOf(name: string, side: 'base' | 'here' | 'there'): string | Buffer {
  if (name === 'plan.md') return PLAN[side];
  if (name === 'list.txt') return LIST[side];
  if (name === 'dot.bmp') return picture({ base: 0, here: 100, there: 200 }[side]);
  return `${name} ${side}\n`;
}

suite('conflicts at the page', { skip: NO_BROWSER }, () => {
  let browser: Browser;
  let world: World;
  before(async () => {
    const folder = temporaryFolder('page');
    await buildWeb(folder);
    [browser, world] = await Promise.all([openBrowser(), openWorld(folder)]);
  });
  after(async () => {
    await browser?.close();
    await world?.daemon.close();
  });

  const look = (options: Omit<LookOptions, 'url'> = {}) =>
    openLook(browser, { url: world.daemon.newLink(), ...options });
  const here = (name: string): string => readFileSync(join(world.notes, name), 'utf8');
  const there = (name: string): string => readFileSync(join(world.elsewhere, name), 'utf8');
  const openPlan = async (page: Page, name = 'plan.md'): Promise<void> => {
    await page.goto(`${world.daemon.origin}/conflicts?collection=Notes&path=${name}`);
    await page.getByRole('heading', { name, exact: true }).waitFor();
  };

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const widthPx of [360, 1280]) {
      test(`keeps WCAG 2.2 AA in ${colorScheme}, ${widthPx} pixels wide`, async () => {
        await using window = await look({ colorScheme, widthPx });
        const { page, complaints } = window;
        await page.goto(`${world.daemon.origin}/conflicts`);
        await page.getByText('Archive/100.md').waitFor();
        await page.getByLabel('Select all 33').check();
        assert.deepEqual(await violationsOf(page), []);
        assert.ok((await overflowPx(page)) <= 0, 'the list is wider than its window');
        await openPlan(page, 'list.txt');
        await page.getByText('soy milk').first().waitFor();
        assert.deepEqual(await violationsOf(page), []);
        await page.getByRole('tab', { name: 'Merge' }).click();
        await page.getByRole('button', { name: 'Take both' }).waitFor();
        assert.deepEqual(await violationsOf(page), []);
        assert.ok((await overflowPx(page)) <= 0, 'the conflict is wider than its window');
        assert.deepEqual(complaints, []);
      });
    }
  }

  test('from the overview to the files in conflict, and many settled at once by keys', async () => {
    await using window = await look();
    const { page, complaints } = window;
    await page.getByText('33 conflicts in Notes').waitFor();
    await page.getByRole('link', { name: 'See which, and choose' }).click();
    const list = page.getByLabel('Files in conflict');
    await list.getByText('Archive/100.md').waitFor();
    assert.ok((await list.getByRole('listitem').count()) < 33, 'rows out of sight are not drawn');
    // The first two, with the other side.
    for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
    await page.getByText('2 conflicts selected').waitFor();
    await page.keyboard.press('t');
    await page.getByText('2 conflicts: the other side is kept').first().waitFor();
    await until('the folder', () => here(NUMBERED[1] ?? '').endsWith('there\n'));
    await page.getByRole('button', { name: 'Undo' }).click();
    await list.getByText('Archive/100.md').waitFor();
    await until('the folder', () => here(NUMBERED[1] ?? '').endsWith('here\n'));
    // All that is in the archive, but for the first, which stays open.
    await page.getByLabel('Select all 33').check();
    for (const name of ['plan.md', 'list.txt', 'dot.bmp', NUMBERED[0] ?? '']) {
      await list.focus();
      await page.keyboard.press(name.startsWith('Archive') ? 'Home' : 'End');
      await page.getByLabel(`Select ${name} of Notes`).uncheck();
    }
    await page.getByRole('button', { name: 'Keep mine' }).click();
    await page.getByText('29 conflicts: your side is kept').first().waitFor();
    await page.getByText('Archive/101.md').waitFor({ state: 'detached' });
    await page.getByLabel('Select all 4').waitFor();
    await until('the bucket', () => here(NUMBERED[1] ?? '').endsWith('here\n'));
    assert.deepEqual(complaints, []);
  });

  test('a merge has both changes, keeps what was typed, and reaches the other device', async () => {
    await using window = await look();
    const { page, complaints } = window;
    await openPlan(page);
    await page.getByText('This device (laptop)').waitFor();
    const theirs = page.getByLabel('desktop', { exact: true });
    await theirs.getByText('# The garden').waitFor();
    assert.equal(await theirs.getByText('row 10').count(), 0, 'what is alike is folded');
    await page.getByLabel('Show all lines').check();
    await theirs.getByText('row 10').waitFor();
    await page.getByRole('tab', { name: 'Merge' }).click();
    const editor = page.getByRole('textbox', { name: 'Merged text' });
    await editor.getByText('# The garden').waitFor();
    await editor.press('Control+End');
    await page.keyboard.type('Typed at the page.');
    // Somebody saves the file in an editor meanwhile: the merge is not lost, and not saved unseen.
    writeFileSync(join(world.notes, 'plan.md'), `${PLAN.here}Water.\n`);
    await page.getByText('A side changed after you began.').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Save merge' }).isDisabled());
    await page.getByRole('button', { name: 'Go on with my text' }).click();
    await editor.getByText('Typed at the page.').waitFor();
    await page.getByRole('tab', { name: 'Before both' }).click();
    await page.getByRole('tab', { name: 'Merge' }).click();
    await editor.getByText('Typed at the page.').waitFor();
    await page.getByRole('button', { name: 'Save merge' }).click();
    await page.getByText('plan.md: your merge is kept').first().waitFor();
    const merged = `${PLAN.merged}Typed at the page.`;
    await until('the folder', () => here('plan.md') === merged);
    await until('the bucket', () => isSent(world));
    await world.syncDesktop();
    assert.equal(there('plan.md'), merged);
    assert.deepEqual(complaints, []);
  });

  test('where both changed a line, nothing is saved until a person has decided', async () => {
    await using window = await look();
    const { page, complaints } = window;
    await openPlan(page, 'list.txt');
    await page.getByRole('button', { name: 'Retry' }).waitFor();
    await page.keyboard.press('r');
    await page.getByText('Looked at it once more').first().waitFor();
    await page.getByRole('tab', { name: 'Merge' }).click();
    await page.getByText('1 place to decide.').waitFor();
    await page.getByRole('button', { name: 'Save merge' }).click();
    await page.getByText('1 place is not decided').waitFor();
    assert.equal(here('list.txt'), LIST.here);
    await page.getByRole('button', { name: 'Go to the next place' }).click();
    await page.getByRole('button', { name: 'Take both' }).click();
    await page.getByText('1 place is not decided').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Save merge' }).click();
    const merged = 'bread\r\noat milk\r\nsoy milk\r\nsalt\r\n';
    await until('the folder', () => here('list.txt') === merged);
    assert.deepEqual(complaints, []);
  });

  test('pictures are shown side by side; both are kept as two files', async () => {
    await using window = await look();
    const { page, complaints } = window;
    await openPlan(page, 'dot.bmp');
    for (const name of ['This device (laptop)', 'desktop']) {
      const image = page.getByRole('img', { name, exact: true });
      await image.waitFor();
      assert.ok((await image.getAttribute('src'))?.startsWith('blob:'));
    }
    await page.getByText('1 × 1 pixels').nth(1).waitFor();
    assert.deepEqual(await violationsOf(page), []);
    await page.getByRole('button', { name: 'Keep both' }).click();
    await until('the copy', () => pictures(world).length === 2);
    assert.deepEqual(complaints, []);
  });

  test('what another device settled meanwhile shows as settled', async () => {
    await using window = await look();
    const { page } = window;
    const name = NUMBERED[0] ?? '';
    await page.goto(`${world.daemon.origin}/conflicts?collection=Notes&path=${name}`);
    await page.getByRole('button', { name: 'Keep theirs' }).waitFor();
    await world.settleThere(name);
    await page.keyboard.press('s');
    await page.getByText('This is settled').waitFor();
  });
});

function pictures({ notes }: World): readonly string[] {
  return readdirSync(notes).filter((name) => name.endsWith('.bmp'));
}

function isSent({ daemon }: World): boolean {
  return daemon.daemon.host().status().collections[0]?.pending === 0;
}
