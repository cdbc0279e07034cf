/**
 * The trace of a process that is to be killed: records of one length, so that its size alone tells
 * how much was done, and its end which steps were under way when the process died.
 * `crash-loop-trace-writer.ts` writes it from within the process.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';

/** What a step is part of, as a person who knows Satchel would say it. */
export const PHASES = [
  'replica',
  'folder',
  'staging',
  'hop',
  'trash',
  'home',
  'temporary object',
  'satchel.json',
  'keys',
  'head',
  'segment',
  'archive',
  'blob',
  'list',
  'other',
] as const;

export type Phase = (typeof PHASES)[number];

/** A step begins with `+` and ends with `-`; both bear its number. */
export interface TraceRecord {
  readonly isBegin: boolean;
  readonly step: number;
  readonly phase: Phase;
}

const RECORD_BYTES = 32;

export function encodeRecord({ isBegin, step, phase }: TraceRecord): string {
  const text = `${isBegin ? '+' : '-'}${String(step).padStart(9, '0')} ${phase}`;
  return `${text.padEnd(RECORD_BYTES - 1)}\n`;
}

/** How many records there are, of one phase or of all: how much was done. */
export function workDone(path: string, phase?: Phase): number {
  if (phase !== undefined) return readTrace(path).filter((record) => record.phase === phase).length;
  const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return Math.floor(sizeBytes / RECORD_BYTES);
}

export function readTrace(path: string): readonly TraceRecord[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  // What follows the last newline is nothing, or a record that was cut off.
  return lines.slice(0, -1).map((line) => ({
    isBegin: line.startsWith('+'),
    step: Number(line.slice(1, 10)),
    phase: PHASES.find((phase) => phase === line.slice(11).trim()) ?? 'other',
  }));
}

/** In which phases a process was when its trace ended. */
export interface LastMoment {
  /** Phases of steps that had begun and not ended, each once; empty between two steps. */
  readonly underWay: readonly Phase[];
  /** The phase of the last record; undefined where there was none. */
  readonly last: Phase | undefined;
}

export function lastMoment(records: readonly TraceRecord[]): LastMoment {
  const open = new Map<number, Phase>();
  for (const { isBegin, step, phase } of records) {
    if (isBegin) open.set(step, phase);
    else open.delete(step);
  }
  return { underWay: [...new Set(open.values())], last: records.at(-1)?.phase };
}

const OBJECT_FOLDERS: Readonly<Record<string, Phase>> = {
  heads: 'head',
  segments: 'segment',
  archive: 'archive',
  blobs: 'blob',
  keys: 'keys',
  'satchel.json': 'satchel.json',
};

/** The phase that a path on the disk, or of a request, tells. */
export function phaseOfPath(path: string, places: { readonly home: string }): Phase {
  if (path.includes('/.satchel-tmp')) return 'temporary object';
  if (path.includes('/.satchel/trash')) return 'trash';
  // A file that is lifted from one place and lowered to another is nowhere in between.
  if (path.includes('/.satchel/tmp/') && path.endsWith('.move')) return 'hop';
  if (path.includes('/.satchel')) return 'staging';
  if (`${path}/`.startsWith(`${places.home}/`)) return 'home';
  const object = /\/(heads|segments|archive|blobs|keys|satchel\.json)(?=\/|$)/.exec(path)?.[1];
  return OBJECT_FOLDERS[object ?? ''] ?? 'folder';
}

/** The phase of a request, from its path with the query. */
export function phaseOfRequest(path: string): Phase {
  const [name = '', query = ''] = path.split('?');
  if (/(^|&)(list-type|prefix)=/.test(query)) return 'list';
  const phase = phaseOfPath(decodeURIComponent(name), { home: '\0' });
  return phase === 'folder' ? 'other' : phase;
}
