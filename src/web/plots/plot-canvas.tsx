/** The drawing of a plot. It is a chunk of its own: its library loads only where there is one. */
import 'uplot/dist/uPlot.min.css';
import { useEffect, useEffectEvent, useRef, useSyncExternalStore } from 'react';
import UPlot from 'uplot';
import styles from './plot.module.css';
import { type Series, stacked, stepWords } from './plot-data.ts';

interface PlotCanvasProps {
  readonly look: 'bars' | 'lines';
  readonly steps: readonly string[];
  readonly series: readonly Series[];
  readonly words: (value: number) => string;
  /** The step under the pointer; undefined where it is elsewhere. */
  readonly onPoint: (step: number | undefined) => void;
}

/** As in the style sheet. */
const HEIGHT_PX = 170;
const AXIS_PX = 68;
const FONT = '12px system-ui, sans-serif';

export function PlotCanvas(props: PlotCanvasProps) {
  const frame = useRef<HTMLDivElement>(null);
  const theme = useSyncExternalStore(onTheme, themeNow);
  const drawing = JSON.stringify([props.look, props.steps, props.series, theme]);
  const draw = useEffectEvent((element: HTMLDivElement) => drawIn(element, props));
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn anew where anything is another.
  useEffect(() => (frame.current === null ? undefined : draw(frame.current)), [drawing]);
  return <div ref={frame} className={styles.canvas} aria-hidden />;
}

/** @returns what takes the plot away again. */
function drawIn(element: HTMLDivElement, props: PlotCanvasProps): () => void {
  const plot = new UPlot(optionsOf(element, props), dataOf(props), element);
  const observer = new ResizeObserver(() =>
    plot.setSize({ width: element.clientWidth, height: HEIGHT_PX }),
  );
  observer.observe(element);
  return () => {
    observer.disconnect();
    plot.destroy();
  };
}

function dataOf({ look, steps, series }: PlotCanvasProps): UPlot.AlignedData {
  const places = steps.map((_, step) => step);
  if (look === 'lines') return [places, ...series.map(({ values }) => [...values])];
  // The highest first: those that follow are drawn before it.
  return [
    places,
    ...stacked(series)
      .map((tops) => [...tops])
      .reverse(),
  ];
}

function optionsOf(element: HTMLDivElement, props: PlotCanvasProps): UPlot.Options {
  const { look, steps, series, words, onPoint } = props;
  const { color: text, borderTopColor: line } = getComputedStyle(element);
  const axis = { stroke: text, font: FONT, ticks: { show: false } };
  const drawn = series.map((_, index) => seriesLook(look, colourOf(element, index)));
  return {
    width: element.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    // The last step has its words in the middle below it: half of them reach beyond the plot.
    padding: [10, 22, 0, 0],
    cursor: {
      x: look === 'lines',
      y: false,
      points: { show: look === 'lines' },
      drag: { x: false },
    },
    scales: {
      x: { time: false, range: [-0.5, steps.length - 0.5] },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.05 : 1] },
    },
    series: [{}, ...(look === 'bars' ? drawn.reverse() : drawn)],
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: 56,
        incrs: [1, 2, 5, 7, 10, 14, 30],
        values: (_, places) => places.map((place) => stepWords(steps[place] ?? '')),
      },
      {
        ...axis,
        size: AXIS_PX,
        space: 28,
        grid: { stroke: line, width: 1 },
        values: (_, values) => values.map(words),
      },
    ],
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? undefined)] },
  };
}

function seriesLook(look: PlotCanvasProps['look'], colour: string): UPlot.Series {
  if (look === 'lines') return { stroke: colour, width: 2, points: { size: 6, fill: colour } };
  const bars = UPlot.paths.bars?.({ size: [0.72, 44] });
  return {
    fill: colour,
    width: 0,
    points: { show: false },
    ...(bars === undefined ? {} : { paths: bars }),
  };
}

/** As the legend has it: the style sheet says which. */
function colourOf(element: HTMLDivElement, index: number): string {
  const swatch = element.parentElement?.querySelector(`[data-series="${index + 1}"]`);
  return swatch ? getComputedStyle(swatch).backgroundColor : 'currentColor';
}

const DARK = '(prefers-color-scheme: dark)';

/** What is drawn has its colours for good: another theme needs another drawing. */
function onTheme(changed: () => void): () => void {
  const system = window.matchMedia(DARK);
  const chosen = new MutationObserver(changed);
  system.addEventListener('change', changed);
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    system.removeEventListener('change', changed);
    chosen.disconnect();
  };
}

function themeNow(): string {
  return `${document.documentElement.dataset.theme ?? ''} ${window.matchMedia(DARK).matches}`;
}
