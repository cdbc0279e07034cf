/**
 * A small writer of plots: lines over two axes, and bars. Colours follow the reader's light or dark
 * setting (Okabe and Ito's palette, told apart with any colour vision). Pure.
 */
export interface Axis {
  /** With its unit. */
  readonly label: string;
  readonly isLogarithmic: boolean;
  /** Values that get a tick; chosen from the data by default. */
  readonly ticks?: readonly number[];
}

export interface Line {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** As it stands beside the bar. */
  readonly words: string;
  /** Satchel's own stand out. */
  readonly isOurs: boolean;
}

const WIDTH = 720;
const HEIGHT = 400;
const LEFT = 70;
const RIGHT = 190;
const TOP = 44;
const BOTTOM = 52;
const COLOURS = ['#0072b2', '#d55e00', '#e69f00', '#cc79a7', '#009e73', '#56b4e9', '#999999'];

const STYLE = `<style>
  .ground { fill: #ffffff } .ink { fill: #1f2328 } .grid { stroke: #d1d9e0 } .axis { stroke: #59636e }
  text { font: 13px system-ui, sans-serif } .title { font-weight: 600; font-size: 15px }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } .ink { fill: #f0f6fc } .grid { stroke: #3d444d } .axis { stroke: #9198a1 }
  }
</style>`;

export function linePlot(title: string, x: Axis, y: Axis, lines: readonly Line[]): string {
  const points = lines.flatMap((line) => line.points);
  const across = scale(
    x,
    points.map(([value]) => value),
    LEFT,
    WIDTH - RIGHT,
  );
  const up = scale(
    y,
    points.map(([, value]) => value),
    HEIGHT - BOTTOM,
    TOP,
  );
  const [right, bottom] = [WIDTH - RIGHT, HEIGHT - BOTTOM];
  const parts = [
    ...up.ticks.map((tick) => line('grid', LEFT, up.at(tick), right, up.at(tick))),
    ...up.ticks.map((tick) => text(LEFT - 8, up.at(tick) + 4, tickWords(tick), 'end')),
    ...across.ticks.map((tick) => line('grid', across.at(tick), TOP, across.at(tick), bottom)),
    ...across.ticks.map((tick) => text(across.at(tick), bottom + 18, tickWords(tick), 'middle')),
    line('axis', LEFT, bottom, right, bottom),
    line('axis', LEFT, TOP, LEFT, bottom),
    text((LEFT + right) / 2, HEIGHT - 12, x.label, 'middle'),
    `<text class="ink" transform="translate(18 ${round((TOP + bottom) / 2)}) rotate(-90)" text-anchor="middle">${escapeMarkup(y.label)}</text>`,
    ...curves(lines, across.at, up.at),
  ];
  return page(title, HEIGHT, parts);
}

export function barPlot(title: string, unit: string, bars: readonly Bar[]): string {
  const height = TOP + bars.length * 30 + BOTTOM - 14;
  const left = 200;
  const most = Math.max(...bars.map(({ value }) => value));
  const across = (value: number): number => left + (value / most) * (WIDTH - left - 110);
  const parts = bars.flatMap(({ label, value, words, isOurs }, index) => {
    const y = TOP + index * 30;
    const colour = COLOURS[isOurs ? 0 : 6] ?? '';
    return [
      `<rect x="${left}" y="${y}" width="${round(across(value) - left)}" height="20" fill="${colour}"/>`,
      text(left - 10, y + 15, label, 'end'),
      text(across(value) + 8, y + 15, words, 'start'),
    ];
  });
  return page(title, height, [...parts, text(left, height - 16, unit, 'start')]);
}

/** The lines, and their names beside their ends, moved apart where they would overlap. */
function curves(
  lines: readonly Line[],
  across: (value: number) => number,
  up: (value: number) => number,
): readonly string[] {
  const ends = lines.map(({ points }, index) => ({ index, y: up(points.at(-1)?.[1] ?? 0) }));
  const labelAt = new Map<number, number>();
  let lowest = Number.NEGATIVE_INFINITY;
  for (const { index, y } of ends.toSorted((a, b) => a.y - b.y)) {
    lowest = Math.max(y, lowest + 17);
    labelAt.set(index, lowest);
  }
  return lines.flatMap(({ label, points }, index) => {
    const colour = COLOURS[index % COLOURS.length] ?? '';
    const path = points.map(([x, y]) => `${round(across(x))},${round(up(y))}`).join(' ');
    const dots = points.map(
      ([x, y]) =>
        `<circle cx="${round(across(x))}" cy="${round(up(y))}" r="3.5" fill="${colour}"/>`,
    );
    const y = labelAt.get(index) ?? 0;
    const right = WIDTH - RIGHT + 12;
    return [
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2.5"/>`,
      ...(points.length > 20 ? [] : dots),
      `<circle cx="${right}" cy="${round(y)}" r="4.5" fill="${colour}"/>`,
      text(right + 10, y + 4, label, 'start'),
    ];
  });
}

interface Scale {
  readonly ticks: readonly number[];
  at(value: number): number;
}

function scale(axis: Axis, values: readonly number[], from: number, to: number): Scale {
  const ticks = axis.ticks ?? (axis.isLogarithmic ? powers(values) : roundTicks(values));
  const of = (value: number): number => (axis.isLogarithmic ? Math.log10(value) : value);
  const [low, high] = [of(ticks[0] ?? 0), of(ticks.at(-1) ?? 1)];
  return { ticks, at: (value) => from + ((of(value) - low) / (high - low)) * (to - from) };
}

/** Powers of ten around all values, which are above zero. */
export function powers(values: readonly number[]): readonly number[] {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  return Array.from(
    { length: Math.max(high, low + 1) - low + 1 },
    (_, index) => 10 ** (low + index),
  );
}

/** From zero in steps of 1, 2 or 5 times a power of ten, at most six of them. */
export function roundTicks(values: readonly number[]): readonly number[] {
  const most = Math.max(...values);
  const base = 10 ** Math.floor(Math.log10(most));
  const steps = [base / 10, base / 5, base / 2, base, base * 2];
  const step = steps.find((one) => most / one <= 6) ?? base;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, index) => index * step);
}

function page(title: string, height: number, parts: readonly string[]): string {
  const size = `width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escapeMarkup(title)}">`,
    STYLE,
    `<rect class="ground" width="${WIDTH}" height="${height}"/>`,
    `<text class="ink title" x="16" y="26">${escapeMarkup(title)}</text>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

const line = (kind: string, x1: number, y1: number, x2: number, y2: number): string =>
  `<line class="${kind}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;

const text = (x: number, y: number, words: string, anchor: 'start' | 'middle' | 'end'): string =>
  `<text class="ink" x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escapeMarkup(words)}</text>`;

const tickWords = (value: number): string =>
  value.toLocaleString('en', { maximumSignificantDigits: 3 });

const round = (value: number): number => Math.round(value * 10) / 10;

const escapeMarkup = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
