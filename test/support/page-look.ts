/** Windows of a browser on the page, and what is wrong with what they show. */
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';

const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Longer than anything on the page takes, on a machine with much else to do. */
const PATIENCE_MS = 15_000;

export interface LookOptions {
  /** Where the window goes first: a link that signs it in. */
  readonly url: string;
  readonly colorScheme?: 'light' | 'dark';
  readonly widthPx?: number;
}

export interface Look extends AsyncDisposable {
  readonly page: Page;
  /** Errors and warnings of the browser, and requests to anybody but the daemon. */
  readonly complaints: readonly string[];
}

/** A window with a memory of its own, which goes with it. */
export async function openLook(browser: Browser, options: LookOptions): Promise<Look> {
  const { url, colorScheme = 'light', widthPx = 1280 } = options;
  const viewport = { width: widthPx, height: 800 };
  // Nothing moves: what a test looks at stays, and windows take little of the machine.
  const context = await browser.newContext({ colorScheme, viewport, reducedMotion: 'reduce' });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('request', (request) => {
    // What the page made of an answer of the daemon has an address of its own.
    const asked = request.url().replace(/^blob:/, '');
    if (!asked.startsWith(new URL(url).origin)) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** Where what the page shows now falls short of WCAG 2.2 AA, as far as axe can tell; as lines. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  // Evaluated by the browser for the test: the page's policy stands in the way of scripts of pages.
  await page.evaluate(axe.source);
  return await page.evaluate(`(async () => {
    const options = { runOnly: { type: 'tag', values: ${JSON.stringify(AXE_TAGS)} } };
    const { violations } = await axe.run(options);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => id + ': ' + node.target.join(' ') + ': ' + node.failureSummary),
    );
  })()`);
}

/** Until nothing is loading any more. */
export async function untilLoaded(page: Page): Promise<void> {
  await page.getByText('Loading', { exact: true }).first().waitFor({ state: 'detached' });
}

/** How much wider than the window the page is, in pixels: nothing should be cut off on a phone. */
export async function overflowPx(page: Page): Promise<number> {
  return await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
}
