/**
 * Colours that lie on each other can be told apart by people who see little: 4.5 to 1 for text
 * and 3 to 1 for what marks a control (WCAG 2.2, criteria 1.4.3 and 1.4.11).
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';

const TEXT = 4.5;
const CONTROL = 3;

/** Foreground, background and the least contrast, for each pair that occurs on the page. */
const PAIRS: readonly (readonly [string, string, number])[] = [
  ...[
    'paper',
    'surface',
    'raised',
    'sunken',
    'accent-soft',
    'warn-soft',
    'bad-soft',
    'ok-soft',
  ].map((background) => ['text', background, TEXT] as const),
  ...['paper', 'surface', 'raised', 'sunken'].map(
    (background) => ['muted', background, TEXT] as const,
  ),
  ...['paper', 'surface', 'raised', 'sunken', 'accent-soft'].map(
    (background) => ['accent', background, TEXT] as const,
  ),
  ['accent-hover', 'paper', TEXT],
  ['accent-hover', 'surface', TEXT],
  ['on-accent', 'accent', TEXT],
  ['on-accent', 'accent-hover', TEXT],
  ...['ok', 'warn', 'bad'].flatMap((tone) => [
    [tone, 'surface', TEXT] as const,
    [tone, `${tone}-soft`, TEXT] as const,
  ]),
  ...['paper', 'surface', 'raised'].flatMap((background) => [
    ['line-strong', background, CONTROL] as const,
    ['focus', background, CONTROL] as const,
  ]),
  ...[1, 2, 3, 4, 5, 6].map((series) => [`series-${series}`, 'surface', CONTROL] as const),
];

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');
const colours = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
);

function colourOf(name: string, theme: 'light' | 'dark'): string {
  const colour = colours.get(name)?.[theme];
  assert.ok(colour !== undefined, `tokens.css gives no colour --${name}`);
  return colour;
}

/** The relative luminance of WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((start) => Number.parseInt(colour.slice(start, start + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

suite('the colours of the page', () => {
  for (const theme of ['light', 'dark'] as const) {
    test(`are legible on each other in ${theme}`, () => {
      const problems = PAIRS.map(([front, back, least]) => ({
        pair: `${front} on ${back}`,
        found: contrast(colourOf(front, theme), colourOf(back, theme)),
        least,
      })).filter(({ found, least }) => found < least);
      assert.deepEqual(problems, []);
    });
  }

  test('black on white has the contrast that the standard gives for it', () => {
    assert.equal(contrast('#000000', '#ffffff'), 21);
  });
});
