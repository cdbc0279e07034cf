/**
 * Takes the pictures of the page that the README shows, from a run of the program with a history of
 * its own. Needs Chromium.
 *
 *   npm run screenshots     writes docs/images/*.png
 */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type RunningDaemon, startDaemon } from '../src/daemon/daemon.ts';
import { openBrowser } from '../test/support/browser.ts';
import { buildWeb, WEB_OUTPUT } from './build-web.ts';
import { CONFLICT, makePast, OFTEN_SAVED } from './screenshots/past.ts';

const OUTPUT = join(import.meta.dirname, '../docs/images');
/** Always the same, for pages show where folders are. */
const ROOT = join(tmpdir(), 'satchel-pictures');
const SIZE = { width: 1200, height: 780 };
const MAX_BYTES = 200_000;

interface Picture {
  readonly name: string;
  readonly colorScheme?: 'dark';
  /** Where it is taken, relative to the address of the page. */
  readonly path: string;
  /** Brings the page to what is to be seen. */
  readonly prepare: (page: Page) => Promise<void>;
}

const overview = (page: Page): Promise<void> => page.getByText('1 conflict in Notes').waitFor();

const PICTURES: readonly Picture[] = [
  { name: 'overview-light', path: '/', prepare: overview },
  { name: 'overview-dark', path: '/', colorScheme: 'dark', prepare: overview },
  {
    name: 'conflict',
    path: `/conflicts?collection=Notes&path=${encodeURIComponent(CONFLICT)}`,
    async prepare(page) {
      await page.getByRole('tab', { name: 'Merge' }).click();
      await page.getByRole('button', { name: 'Take both' }).first().waitFor();
    },
  },
  {
    name: 'time',
    path: '/time',
    async prepare(page) {
      await page.getByText('Notes as it is now').waitFor();
      const line = page.getByRole('slider', { name: 'Moment on the time line' });
      await line.focus();
      for (let steps = 0; steps < 14; steps += 1) await page.keyboard.press('ArrowLeft');
      await page.getByText(/^Notes as it was on/).waitFor();
      await line.blur();
    },
  },
  {
    name: 'versions',
    path: `/time?file=${encodeURIComponent(OFTEN_SAVED)}`,
    prepare: (page) => page.getByText(/^\d+ versions$/).waitFor(),
  },
  {
    name: 'bucket',
    path: '/bucket',
    async prepare(page) {
      await page.getByRole('button', { name: 'Count now' }).click();
      await page.getByRole('button', { name: 'Count again' }).waitFor();
      await page.getByRole('button', { name: 'Close' }).click();
    },
  },
];

/** @param nowMs what the daemon takes for the present. */
async function take(
  browser: Browser,
  daemon: RunningDaemon,
  picture: Picture,
  nowMs: number,
): Promise<void> {
  const { name, path, colorScheme = 'light', prepare } = picture;
  const context = await browser.newContext({
    colorScheme,
    viewport: SIZE,
    deviceScaleFactor: 1.5,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  await page.clock.install({ time: nowMs });
  await page.goto(daemon.newLink());
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.goto(`${daemon.origin}${path}`);
  await prepare(page);
  const file = join(OUTPUT, `${name}.png`);
  await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  await context.close();
  const { size } = statSync(file);
  if (size > MAX_BYTES) throw new Error(`${file} has ${size} bytes: show less in it`);
  console.log(`${file}  ${Math.ceil(size / 1000)} kB`);
}

async function main(): Promise<void> {
  // What a person's own computer knows is none of the pictures'.
  process.env.SATCHEL_KEYCHAIN = 'off';
  rmSync(ROOT, { recursive: true, force: true });
  mkdirSync(ROOT);
  mkdirSync(OUTPUT, { recursive: true });
  await buildWeb();
  const past = await makePast(ROOT);
  const daemon = await startDaemon({
    homes: [past.home],
    port: 0,
    contextFor: past.contextFor,
    reporterFor: () => ({ round: () => {}, failed: () => {}, pruned: () => {} }),
    pageFolder: WEB_OUTPUT,
    show: async () => {},
  });
  const browser = await openBrowser();
  try {
    await daemon.daemon.host().sync();
    for (const picture of PICTURES) await take(browser, daemon, picture, past.clock.now());
  } finally {
    await browser.close();
    await daemon.close();
    rmSync(ROOT, { recursive: true, force: true });
  }
}

await main();
