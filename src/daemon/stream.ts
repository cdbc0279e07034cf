/**
 * News as server-sent events. Whoever reconnects with the id of the last one it saw gets what it
 * missed, as long as that is kept; whoever reads too slowly is let go, and reconnects.
 */
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { News } from '../api/events.ts';
import type { Clock } from '../base/ports.ts';
import type { Daemon } from './ports.ts';
import { Refusal } from './refusal.ts';

const HEARTBEAT_MS = 15_000;
const KEPT_MAX = 500;
const STREAMS_MAX = 64;
/** What a reader may be behind before it is let go. */
const BEHIND_MAX_BYTES = 1024 * 1024;
/** After how long a browser reconnects. */
const RETRY_MS = 2000;

export interface StreamOptions {
  readonly daemon: Daemon;
  readonly clock: Clock;
  /** Tells the messages of this run of the daemon from those of others. */
  readonly run: string;
}

export interface NewsStreams {
  answer(c: Context<{ Bindings: HttpBindings }>): Response;
  close(): void;
}

interface Kept {
  readonly seq: number;
  readonly text: string;
}

interface Reader {
  send(text: string): void;
  end(): void;
}

export function createNewsStreams({ daemon, clock, run }: StreamOptions): NewsStreams {
  const readers = new Set<Reader>();
  const kept: Kept[] = [];
  let newestSeq = 0;
  let lostSeq = 0;
  const unsubscribe = daemon.news.subscribe((news, seq) => {
    const text = message(news, `${run}-${seq}`);
    newestSeq = seq;
    if (isKept(news)) kept.push({ seq, text });
    if (kept.length > KEPT_MAX) lostSeq = kept.shift()?.seq ?? lostSeq;
    for (const reader of readers) reader.send(text);
  });

  /** What a reader gets first: what it missed, and how things stand. */
  function beginning(lastId: string | undefined): string {
    const id = newestSeq === 0 ? undefined : `${run}-${newestSeq}`;
    const standing = daemon
      .status()
      .homes.map((status) => message({ type: 'status', home: status.repository, status }, id));
    if (lastId === undefined) return standing.join('');
    const lastSeq = seqOf(lastId, run);
    const isWhole = lastSeq !== undefined && lastSeq >= lostSeq && lastSeq <= newestSeq;
    const missed = isWhole
      ? kept.filter(({ seq }) => seq > lastSeq).map(({ text }) => text)
      : [message({ type: 'reset' }, id)];
    return [...missed, ...standing].join('');
  }

  return {
    answer(c) {
      if (readers.size >= STREAMS_MAX) {
        throw new Refusal(429, 'busy', `${STREAMS_MAX} pages or programs are listening already.`, {
          hint: 'Close some of them.',
          retryAfterSeconds: RETRY_MS / 1000,
        });
      }
      const start = `retry: ${RETRY_MS}\n\n${beginning(c.req.header('last-event-id'))}`;
      // What waits for somebody who does not read is not kept until the connection dies.
      const cut = (): void => void c.env.outgoing.destroy();
      return new Response(openReader(readers, clock, start, cut), {
        headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
      });
    },
    close() {
      unsubscribe();
      for (const reader of readers) reader.end();
    },
  };
}

function message(news: News, id: string | undefined): string {
  // JSON has no line breaks of its own, so that one line is the whole.
  return `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(news)}\n\n`;
}

/** How a home stands is told anew to whoever comes back; what happened has to be kept. */
function isKept({ type }: News): boolean {
  return type === 'changed' || type === 'log';
}

/** The number of a message by its id; undefined for one of another run. */
function seqOf(id: string, run: string): number | undefined {
  const number = id.startsWith(`${run}-`) ? id.slice(run.length + 1) : '';
  return /^\d{1,15}$/.test(number) ? Number(number) : undefined;
}

function openReader(
  readers: Set<Reader>,
  clock: Clock,
  start: string,
  cut: () => void,
): ReadableStream {
  const encoder = new TextEncoder();
  const ended = new AbortController();
  let reader: Reader | undefined;
  const leave = (): void => {
    ended.abort();
    if (reader !== undefined) readers.delete(reader);
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const one: Reader = {
          send(text) {
            if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(text));
            else {
              leave();
              cut();
            }
          },
          end() {
            if (ended.signal.aborted) return;
            leave();
            controller.close();
          },
        };
        reader = one;
        readers.add(one);
        controller.enqueue(encoder.encode(start));
        void beat(one, clock, ended.signal);
      },
      cancel: leave,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: BEHIND_MAX_BYTES }),
  );
}

/** A comment now and then: a connection that died is noticed, and none looks idle on the way. */
async function beat(reader: Reader, clock: Clock, signal: AbortSignal): Promise<void> {
  for (;;) {
    await clock.sleep(HEARTBEAT_MS, signal);
    if (signal.aborted) return;
    reader.send(': still here\n\n');
  }
}
