/** What the tour's syncs cost, added up chapter by chapter. */

import type { SyncResult } from '../../src/api/status.ts';
import { formatCount, formatSize } from '../../src/cli/format.ts';

type Requests = SyncResult['requests'];

const NOTHING: Requests = { get: 0, put: 0, list: 0, delete: 0, bytesUp: 0, bytesDown: 0 };

export class Costs {
  readonly #chapters: { readonly title: string; requests: Requests }[] = [];

  chapter(title: string): void {
    this.#chapters.push({ title, requests: NOTHING });
  }

  add(requests: Requests): void {
    const chapter = this.#chapters.at(-1);
    if (chapter !== undefined) chapter.requests = sum(chapter.requests, requests);
  }

  /** A line for each chapter, and their sum. */
  lines(): readonly string[] {
    const total = this.#chapters.reduce((so, { requests }) => sum(so, requests), NOTHING);
    const rows = [
      ['', 'GET', 'PUT', 'LIST', 'DELETE', 'up', 'down'],
      ...this.#chapters.map(({ title, requests }) => row(title, requests)),
      row('Together', total),
    ];
    const widths = rows[0]?.map((_, column) =>
      Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
    );
    return rows.map(([title = '', ...cells]) =>
      [
        title.padEnd(widths?.[0] ?? 0),
        ...cells.map((cell, index) => cell.padStart(widths?.[index + 1] ?? 0)),
      ].join('  '),
    );
  }
}

function row(title: string, requests: Requests): string[] {
  const { get, put, list, bytesUp, bytesDown } = requests;
  const counts = [get, put, list, requests.delete].map(String);
  return [title, ...counts, formatSize(bytesUp), formatSize(bytesDown)];
}

function sum(a: Requests, b: Requests): Requests {
  return {
    get: a.get + b.get,
    put: a.put + b.put,
    list: a.list + b.list,
    delete: a.delete + b.delete,
    bytesUp: a.bytesUp + b.bytesUp,
    bytesDown: a.bytesDown + b.bytesDown,
  };
}

/** One round in words: what it did, and what it cost. */
export function describeSync({ collections, requests }: SyncResult): string {
  const published = collections.reduce((count, part) => count + part.published.versions, 0);
  const applied = collections.reduce((count, part) => count + part.applied.versions, 0);
  const conflicts = collections.reduce((count, part) => count + part.conflicts, 0);
  const did = [
    ...(published > 0 ? [`sent ${formatCount(published, 'change')}`] : []),
    ...(applied > 0 ? [`brought ${formatCount(applied, 'change')}`] : []),
    ...(conflicts > 0 ? [`${formatCount(conflicts, 'conflict')} to settle`] : []),
  ];
  const { get, put, list, bytesUp, bytesDown } = requests;
  const asked = [`${get} GET`, `${put} PUT`, `${list} LIST`].join(', ');
  const moved = `${formatSize(bytesUp)} up, ${formatSize(bytesDown)} down`;
  return `${did.join(', ') || 'nothing to do'} (${asked}; ${moved})`;
}
