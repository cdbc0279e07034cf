/**
 * One home at work: opens it, runs the loop of `watch` in it, and opens it again after whatever
 * ended that: a move to another bucket, a loan to another command, other collections, a failure.
 */
import { once } from 'node:events';
import type { HomeStatus, SyncResult } from '../api/status.ts';
import { findCollection, nameOf } from '../app/collection-list.ts';
import { CollectionReader } from '../app/collection-reader.ts';
import type { AppContext } from '../app/context.ts';
import { readSettings, type Settings } from '../app/home.ts';
import { readLiveStatus } from '../app/live-status.ts';
import { isSessionOutdated, withLiveSettings } from '../app/outdated-session.ts';
import { setPaused } from '../app/pause.ts';
import { beginWork, endWork } from '../app/recovered.ts';
import { openForReading, type Session, withSession } from '../app/session.ts';
import { Waker } from '../app/waker.ts';
import { runWatch } from '../app/watch.ts';
import type { LoopHandle, RoundNow, WatchControl, WatchWork } from '../app/watch-control.ts';
import type { WatchReporter } from '../app/watch-round.ts';
import { isErrorKind, messageOf, SatchelError } from '../base/errors.ts';
import { Contact } from './contact.ts';
import { ending, lentOut, notOpen } from './host-errors.ts';
import type { TextLog } from './log.ts';
import type { Host, NewsFeed } from './ports.ts';
import { WorkQueue } from './queue.ts';
import { brokenStatus, homeStatus, type LoopFacts } from './state.ts';
import type { HomeTeller } from './teller.ts';
import { traceNotice, traceTurn } from './trace.ts';
import { createTransfers, type Transfers } from './transfers.ts';

export interface HostOptions {
  /** What it may ask and tell a person; progress and notices are seen to here as well. */
  readonly context: AppContext;
  readonly news: NewsFeed;
  readonly log: TextLog;
  readonly teller: HomeTeller;
  /** Told of rounds, as `watch` is. */
  readonly reporter: WatchReporter;
  /** Opened, the home is left as it is until this resolves; without it, work begins at once. */
  readonly mayBegin?: Promise<void>;
}

const LONG_MS = 60 * 60 * 1000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60 * 1000;

export class HomeHost implements Host {
  readonly home: string;
  readonly collections = new CollectionReader();
  readonly #options: HostOptions;
  readonly #context: AppContext;
  readonly #queue = new WorkQueue();
  readonly #transfers: Transfers;
  readonly #contact: Contact;
  /** Ends what is waited for while no loop runs. */
  readonly #waker = new Waker();
  readonly #stop = new AbortController();
  readonly #opened = Promise.withResolvers<void>();
  readonly #loans = new Set<AbortSignal>();
  #whenFree: (() => void)[] = [];
  #running: Promise<void> | undefined;
  /** The session of the loop, and what ends that. */
  #session: Session | undefined;
  #cycle: AbortController | undefined;
  #loop: LoopHandle | undefined;
  /** A session to read with while there is no loop. */
  #reading: Session | undefined;
  #failures = 0;
  /** When what the loop does now began, of the monotonic clock. */
  #beganMs: number | undefined;
  /** True once it is known how the first try to open the home went. */
  #isOpened = false;
  #recovered: readonly string[] = [];

  constructor(options: HostOptions) {
    const { context, log, news } = options;
    this.home = context.home;
    this.#options = options;
    this.#contact = new Contact(context.clock);
    this.#transfers = createTransfers(
      () => context.clock.monotonicMs(),
      (transfers) => news.tell({ type: 'transfers', home: this.id, transfers }),
    );
    this.#context = {
      ...context,
      notice(message) {
        log.write('warning', message);
        context.notice(message);
      },
      progress: (step, done, total, unit) => {
        this.#transfers.update(step, done, total, unit);
        context.progress(step, done, total, unit);
      },
    };
  }

  get id(): string {
    return (
      (this.#session ?? this.#reading)?.settings.repository ?? this.#settings()?.repository ?? ''
    );
  }

  /** What the last run left unfinished, in words. */
  get recovered(): readonly string[] {
    return this.#recovered;
  }

  /**
   * Begins; resolves once the home is open, or it is known why it is not: that is tried again.
   * @throws SatchelError `busy` where another process holds the home.
   */
  async start(): Promise<void> {
    this.#running = this.#run();
    await this.#opened.promise;
  }

  /** Ends after the round under way. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#cycle?.abort();
    this.#waker.wake();
    await this.#running;
    this.collections.close();
  }

  session(): Session {
    const session = this.#session ?? this.#reading;
    if (session !== undefined) return withLiveSettings(session);
    throw this.#contact.error ?? notOpen(this.home);
  }

  async exclusive<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return await this.#enqueue((session) => work(withLiveSettings(session)));
  }

  async sync(collections?: readonly string[]): Promise<SyncResult> {
    for (const name of collections ?? []) findCollection(this.session(), name);
    for (;;) {
      const result = await this.#enqueue((_session, roundNow) => roundNow(collections));
      if (result.moved !== true) return result;
    }
  }

  wake(): void {
    if (this.#session !== undefined) this.#options.teller.look(this.#session);
    this.#loop?.changed();
  }

  expectDevice(): void {
    this.#loop?.expectDevice();
  }

  retry(): void {
    if (this.#loop === undefined) this.#waker.wake();
    else this.#loop.hurry();
  }

  pause(collection: string | undefined, paused: boolean): void {
    setPaused(this.home, collection, paused);
    const what = collection === undefined ? 'everything' : nameOf(this.session(), collection);
    this.#options.log.write('info', `${what}: ${paused ? 'paused' : 'goes on'}`);
    if (paused) this.#loop?.wake();
    else this.#loop?.hurry();
    this.#tellStatus();
  }

  async lend(until: AbortSignal): Promise<void> {
    if (until.aborted) return;
    this.#loans.add(until);
    const free = Promise.withResolvers<void>();
    this.#whenFree.push(free.resolve);
    until.addEventListener(
      'abort',
      () => {
        this.#loans.delete(until);
        free.resolve();
        this.#waker.wake();
      },
      { once: true },
    );
    this.#cycle?.abort();
    this.#waker.wake();
    await free.promise;
  }

  status(): HomeStatus {
    const session = this.#session ?? this.#reading;
    if (session !== undefined) {
      try {
        return homeStatus(readLiveStatus(withLiveSettings(session)), this.#facts());
      } catch (error) {
        // A replica that cannot be read stops the next round, which sets it right.
        if (!(error instanceof SatchelError)) throw error;
      }
    }
    const opening = { words: 'The home is not open yet.', isOutOfReach: true };
    return brokenStatus(this.#settings(), this.#contact.failure ?? opening);
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      if (this.#loans.size > 0) {
        await this.#whileLent();
        continue;
      }
      try {
        await this.#closeReading();
        await withSession(this.#context, 'up', (session) => this.#work(session));
      } catch (error) {
        if (!this.#isOpened && isErrorKind(error, 'busy')) {
          this.#opened.reject(error);
          return;
        }
        await this.#afterFailure(error);
      }
    }
    this.#queue.failAll(ending(this.home));
    await this.#closeReading();
  }

  async #work(session: Session): Promise<void> {
    const { teller, reporter } = this.#options;
    const cycle = new AbortController();
    this.#session = session;
    this.#cycle = cycle;
    if (this.#stop.signal.aborted || this.#loans.size > 0) cycle.abort();
    try {
      teller.opened(session);
      this.#recovered = [...this.#recovered, ...beginWork(session, `up (process ${process.pid})`)];
      teller.look(session);
      this.#noteOpened();
      await this.#untilMayBegin(cycle.signal);
      await runWatch(session, this.#reporterBeside(reporter), cycle.signal, this.#control(session));
    } finally {
      this.#session = undefined;
      this.#loop = undefined;
      this.#beganMs = undefined;
      this.#transfers.end();
      await ifReady(() => endWork(session));
    }
  }

  async #untilMayBegin(signal: AbortSignal): Promise<void> {
    if (!signal.aborted) await Promise.race([this.#options.mayBegin, once(signal, 'abort')]);
  }

  async #afterFailure(error: unknown): Promise<void> {
    this.#failures += 1;
    this.#noteFailure(error);
    this.#queue.failAll(this.#contact.error);
    await this.#showAtRest();
    this.#noteOpened();
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failures - 1));
    await this.#waker.sleep(this.#context.clock, pauseMs);
  }

  async #whileLent(): Promise<void> {
    this.#queue.failAll(lentOut(this.home));
    await this.#showAtRest();
    for (const free of this.#whenFree.splice(0)) free();
    await this.#waker.sleep(this.#context.clock, LONG_MS);
  }

  async #enqueue<T>(work: (session: Session, roundNow: RoundNow) => Promise<T>): Promise<T> {
    if (this.#stop.signal.aborted) throw ending(this.home);
    if (this.#loans.size > 0) throw lentOut(this.home);
    const done = this.#queue.add(work);
    if (this.#loop === undefined) this.#waker.wake();
    else this.#loop.wake();
    return await done;
  }

  #control(session: Session): WatchControl {
    return {
      started: (loop) => {
        this.#loop = loop;
        this.#tellStatus();
      },
      nextWork: () => this.#withEnd(session, this.#queue.next()),
      noticed: (collection) => traceNotice(this.#options.log, session, collection),
      began: (due) => {
        this.#beganMs = this.#context.clock.monotonicMs();
        if (due !== 'look') this.#tellStatus();
      },
      ended: (due, result) => {
        const tookMs = this.#context.clock.monotonicMs() - (this.#beganMs ?? 0);
        traceTurn(this.#options.log, session, { due, tookMs, result });
        this.#beganMs = undefined;
        this.#transfers.end();
        if (result !== undefined && due === 'poll') {
          this.#contact.succeeded();
          this.#failures = 0;
        }
        this.#afterTurn(session);
      },
    };
  }

  /** Work may have changed what is here, like a round. */
  #withEnd(session: Session, work: WatchWork | undefined): WatchWork | undefined {
    if (work === undefined) return undefined;
    return async (given, roundNow) => {
      await work(given, roundNow);
      this.#loop?.changed();
      this.#afterTurn(session);
    };
  }

  #afterTurn(session: Session): void {
    const { teller } = this.#options;
    if (isSessionOutdated(session)) this.#cycle?.abort();
    teller.look(session);
    this.#tellStatus();
  }

  #reporterBeside(reporter: WatchReporter): WatchReporter {
    return {
      round: (result, news) => reporter.round(result, news),
      pruned: (result) => reporter.pruned(result),
      failed: (error, nextTryMs) => {
        this.#noteFailure(error);
        reporter.failed(error, nextTryMs);
      },
    };
  }

  #noteFailure(error: unknown): void {
    if (!this.#contact.failed(error)) return;
    this.#options.log.write('warning', this.#contact.failure?.words ?? messageOf(error));
  }

  #tellStatus(): void {
    const status = this.status();
    this.#options.teller.status(status);
    const session = this.#session ?? this.#reading;
    if (session === undefined) return;
    const pulls = status.collections.flatMap(({ lastPullAt }) =>
      lastPullAt === null ? [] : [Date.parse(lastPullAt)],
    );
    const lastPullMs = pulls.length === 0 ? undefined : Math.max(...pulls);
    this.#options.teller.concerns(session, { status, ...this.#contact.concerns(lastPullMs) });
  }

  #facts(): LoopFacts {
    const { clock } = this.#context;
    const nextPollMs = this.#loop?.nextPollMs();
    const waitMs = Math.max(0, (nextPollMs ?? 0) - clock.monotonicMs());
    return {
      isBusy: this.#beganMs !== undefined,
      failure: this.#contact.failure,
      nextTryMs: nextPollMs === undefined ? undefined : Math.round(clock.now() + waitMs),
      transfers: this.#transfers.list(),
    };
  }

  /**
   * What can be read can be shown, although nothing can be carried. Never rejects: what goes wrong
   * here may end neither the tries of this home nor, with the process, the other homes.
   */
  async #showAtRest(): Promise<void> {
    try {
      this.#reading ??= await ifReady(() => openForReading(this.#context));
      this.#tellStatus();
    } catch (error) {
      this.#options.log.write('warning', messageOf(error));
    }
  }

  async #closeReading(): Promise<void> {
    const reading = this.#reading;
    this.#reading = undefined;
    await reading?.close();
  }

  #noteOpened(): void {
    this.#isOpened = true;
    this.#opened.resolve();
  }

  #settings(): Settings | undefined {
    try {
      return readSettings(this.home);
    } catch {
      return undefined;
    }
  }
}

/** What stands in the way of a replica is told, or mended, where the home is opened for work. */
async function ifReady<T>(work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    return undefined;
  }
}
