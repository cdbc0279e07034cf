/** `RESULTS.md`, from what was measured. Pure. */
import { quantile } from '../harness/statistics.ts';
import { medianMs, type Row, rowsOf, stepsOf } from './look-up.ts';
import type { Part } from './results.ts';
import { table } from './table.ts';
import { isReached, type Target, targetsOf } from './targets.ts';
import { digits, sizeWords, timeWords } from './words.ts';

export interface Picture {
  /** The workload under which it stands. */
  readonly workload: string;
  readonly title: string;
  /** Relative to `RESULTS.md`. */
  readonly path: string;
}

export function resultsMarkdown(parts: readonly Part[], pictures: readonly Picture[]): string {
  const sections = parts.map((part) => section(part, pictures));
  return `${[INTRODUCTION, circumstances(parts), targets(parts), ...sections].join('\n\n')}\n`;
}

const INTRODUCTION = `# Results of the benchmarks

Written by \`npm run bench\`; not to be edited. All programs talked to the same S3 server on the same
machine: Versity's gateway before a folder in memory, chosen since it is the least in the way. Of a
server that is far away, the requests tell more than the times.

In each round every program did the same on a repository of its own, one after the other, so that
whatever else the machine did hit all alike. Times are medians, with the least and the most in
brackets: of five rounds unless asked otherwise, but of three at most for 10,000 notes, the far
server, photos and the file of 2 GB. A round before went through a proxy that counted requests and
bytes (with headers) and was not timed. For notes, the far server and photos, what arrived in it was
compared byte for byte with what was sent; the file of 2 GB, the rename and the 100,000 files were
not fetched.

Two were timed through that proxy, so its cost for each request is in the times of all programs: the
far server, where it held each request back, and a save on its way to the other device, which was
measured of one program after the other and not in turns. What one save costs beside many records
was timed within the engine, and zstd without a server; no other program has a part in these.

"CPU" is user and system time; "memory" is the largest resident set of a process. Making and joining
repositories is not measured, nor the upkeep that kopia does once a day, nor what a rename or
100,000 unchanged files need in the bucket first; start-up of the programs is. The programs ran with
their defaults, but bisync with \`--resilient --recover --conflict-resolve=newer\`, and a rename was
pushed by \`rclone sync --track-renames\`; "tuned" is what rclone's manual advises for S3:
\`--transfers=32 --checkers=32 --fast-list --update --use-server-modtime --s3-no-check-bucket\`.
Satchel, restic and kopia encrypt, but where it says otherwise; rclone and \`aws s3 sync\` do not.

Some took no part in some workloads: \`aws s3 sync\` in 10,000 notes, photos, the rename and the
100,000 files; bisync in photos, the file of 2 GB, the rename and the 100,000 files; rclone tuned in
the file of 2 GB. A save on its way was measured of Satchel and bisync alone: the others do not keep
two folders in step. Whatever has no row in a table was not measured there.`;

function circumstances(parts: readonly Part[]): string {
  const rows = parts.map(({ workload, date, durationMs, seed }) => [
    workload,
    date.slice(0, 16).replace('T', ' '),
    timeWords(durationMs),
    String(seed),
  ]);
  const versions = parts.flatMap((part) =>
    Object.entries(part.versions).flatMap(([name, version]) =>
      hasTakenPart(part, name) ? `${name} ${version}` : [],
    ),
  );
  return [
    `Machine: ${unique(parts.map(({ machine }) => machine)).join('; ')}.`,
    `Versions: ${unique(versions).join(', ')}.`,
    `Command: ${unique(parts.map(({ command }) => `\`${command}\``)).join('; ')}.`,
    table(['Workload', 'Date (UTC)', 'Took', 'Seed'], rows),
  ].join('\n\n');
}

/** Of the programs that are compared, those that were measured; Satchel and what all ran on, always. */
function hasTakenPart({ samples, figures }: Part, program: string): boolean {
  if (['Satchel', 'Node', 'versitygw'].includes(program)) return true;
  return [...samples, ...figures].some(
    ({ peer }) => peer === program || peer.startsWith(`${program}-`),
  );
}

const unique = (words: readonly string[]): readonly string[] => [...new Set(words)];

function targets(parts: readonly Part[]): string {
  const rows = targetsOf(parts).map((target) => [
    target.name,
    `${target.kind === 'least' ? 'at least' : 'at most'} ${target.wanted}×`,
    target.ratio === undefined ? 'not measured' : `${digits(target.ratio)}×`,
    verdict(target),
  ]);
  return `## Targets\n\n${table(['What', 'Wanted', 'Found', 'Reached'], rows)}`;
}

function verdict(target: Target): string {
  if (target.ratio === undefined) return '';
  return isReached(target) ? 'yes' : 'no';
}

function section(part: Part, pictures: readonly Picture[]): string {
  const images = pictures
    .filter(({ workload }) => workload === part.workload)
    .map(({ title, path }) => `![${title}](${path})`);
  const tables =
    part.workload === 'notes'
      ? notesTables(part)
      : [
          ...stepsOf(part).map(([workload, step]) => stepTable(part, workload, step)),
          ...figureTables(part),
        ];
  return [`## ${part.title}`, ...images, ...tables].join('\n\n');
}

const HEAD = ['', 'Time', '(least–most)', 'CPU', 'Memory', 'Requests', 'Sent', 'Received'];

function stepTable(part: Part, workload: string, step: string): string {
  const rows = rowsOf(part, workload, step);
  const runs = rows[0]?.wallMs.count ?? 0;
  const title = workload === part.workload ? step : `${workload}, ${step}`;
  return `**${capital(title)}**, median of ${runs}\n\n${table(HEAD, rows.map(cells))}`;
}

function cells({ label, wallMs, cpuMs, peakRssBytes, count }: Row): readonly string[] {
  return [
    label,
    timeWords(wallMs.median),
    `${timeWords(wallMs.min)}–${timeWords(wallMs.max)}`,
    timeWords(cpuMs.median),
    sizeWords(peakRssBytes.median),
    ...(count === undefined
      ? ['', '', '']
      : [
          count.requests.toLocaleString('en'),
          sizeWords(count.upBytes),
          sizeWords(count.downBytes),
        ]),
  ];
}

const NOTE_STEPS = ['first push', 'no change', 'fresh pull'] as const;
const IN_FULL = ['notes 1000', 'notes 10000'];

/** One table of times for each step with all sizes, and the whole for the larger ones. */
function notesTables(part: Part): readonly string[] {
  const workloads = [...new Set(part.samples.map(({ workload }) => workload))];
  const counts = workloads.map((workload) => Number(workload.split(' ')[1]));
  const peers = [...new Set(part.samples.map(({ peer }) => peer))];
  const head = ['', ...counts.map((count) => count.toLocaleString('en')), 'Notes per second'];
  const overviews = NOTE_STEPS.map((step) => {
    const rows = peers.map((peer) => {
      const times = workloads.map((workload) => medianMs(part, workload, step, peer));
      // Of the largest folder that this peer was given.
      const last = times.findLastIndex((ms) => ms !== undefined);
      const perSecond = (counts[last] ?? 0) / ((times[last] ?? Number.POSITIVE_INFINITY) / 1000);
      const words = times.map((ms) => (ms === undefined ? '' : timeWords(ms)));
      return [part.labels[peer] ?? peer, ...words, Math.round(perSecond).toLocaleString('en')];
    });
    return `**${capital(step)}**, by number of notes\n\n${table(head, rows)}`;
  });
  const details = workloads
    .filter((workload) => IN_FULL.includes(workload))
    .flatMap((workload) => NOTE_STEPS.map((step) => stepTable(part, workload, step)));
  return [...overviews, ...details];
}

/** Peers or sizes downwards, names of figures to the right. */
function figureTables(part: Part): readonly string[] {
  if (part.figures.length === 0) return [];
  const steps = [...new Set(part.figures.map(({ step }) => step))];
  const isBySize = steps.length > 1 && new Set(part.figures.map(({ peer }) => peer)).size === 1;
  const groups = isBySize
    ? [{ title: '', figures: part.figures, nameOf: (one: { step: string }) => one.step }]
    : steps.map((step) => ({
        title: step,
        figures: part.figures.filter((one) => one.step === step),
        nameOf: (one: { peer: string }) => part.labels[one.peer] ?? one.peer,
      }));
  return groups.map(({ title, figures, nameOf }) => {
    const names = [...new Set(figures.map(({ name }) => name))];
    const rowNames = [...new Set(figures.map(nameOf))];
    const isSpread = figures.some(({ name }) => name === 'delay');
    const head = ['', ...names.map(capital), ...(isSpread ? ['9 of 10 within', 'Most'] : [])];
    const rows = rowNames.map((rowName) => {
      const mine = figures.filter((one) => nameOf(one) === rowName);
      const cellsOfRow = names.map((name) => {
        const found = mine.find((one) => one.name === name);
        return found === undefined ? '' : valueWords(quantile(found.values, 0.5), found.unit);
      });
      const delays = mine.find(({ name }) => name === 'delay')?.values;
      const spread = delays === undefined ? [] : [quantile(delays, 0.9), quantile(delays, 1)];
      return [rowName, ...cellsOfRow, ...spread.map(timeWords)];
    });
    const caption = title === '' ? 'Medians' : `**${capital(title)}**, medians`;
    return `${caption}\n\n${table(head, rows)}`;
  });
}

function valueWords(value: number, unit: string): string {
  if (unit === 'ms') return timeWords(value);
  if (unit === 'B') return sizeWords(value);
  return `${digits(value)}${unit === '' ? '' : ` ${unit}`}`;
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
