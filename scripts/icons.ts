/**
 * Draws the page's icons as PNG from the one SVG, for systems that install it as an app. They are
 * kept with the sources: run this after a change of the drawing, on a machine with Chromium.
 *
 *   npm run icons
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBrowser } from '../test/support/browser.ts';

const FOLDER = join(import.meta.dirname, '../src/web/public');

interface Icon {
  readonly name: string;
  readonly sizePx: number;
  /** Systems cut it to a shape of their own: it fills the square, its drawing keeps to the middle. */
  readonly isCut: boolean;
}

const ICONS: readonly Icon[] = [
  { name: 'icon-180.png', sizePx: 180, isCut: true },
  { name: 'icon-192.png', sizePx: 192, isCut: false },
  { name: 'icon-512.png', sizePx: 512, isCut: false },
  { name: 'icon-maskable-512.png', sizePx: 512, isCut: true },
];

const svg = readFileSync(join(FOLDER, 'icon.svg'), 'utf8');
const ground = /<rect width="64" height="64" rx="\d+" fill="(#[0-9a-f]{6})"/.exec(svg)?.[1];
if (ground === undefined) throw new Error('icon.svg does not begin with its ground');

const browser = await openBrowser();
for (const { name, sizePx, isCut } of ICONS) {
  const page = await browser.newPage({ viewport: { width: sizePx, height: sizePx } });
  const drawn = svg.replace('<svg ', `<svg width="${isCut ? '82%' : '100%'}" `);
  await page.setContent(
    `<body style="margin: 0; display: grid; place-items: center; height: 100vh;
      background: ${isCut ? ground : 'transparent'}">${drawn}</body>`,
  );
  writeFileSync(join(FOLDER, name), await page.screenshot({ omitBackground: true }));
  await page.close();
}
await browser.close();
