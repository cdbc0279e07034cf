/** What the routes of the daemon ask of it, of a home, and of the stream of news. */
import type { News } from '../api/events.ts';
import type { AnswerOf, CheckedInputOf, Route } from '../api/route.ts';
import type { DaemonStatus, HomeStatus, SyncResult } from '../api/status.ts';
import type { CollectionReader } from '../app/collection-reader.ts';
import type { AppContext } from '../app/context.ts';
import type { ServicePlan } from '../app/service/plan.ts';
import type { Session } from '../app/session.ts';

/** A home that the daemon serves. */
export interface Host {
  /** The id of its repository. */
  readonly id: string;
  /** The folder of the home, absolute. */
  readonly home: string;
  /**
   * The session that the daemon holds, for reading, and for saves that wait for no round.
   * @throws SatchelError `busy` or what keeps the home from being open, in words.
   */
  session(): Session;
  /** Runs work on the folders or the network between two rounds, one after the other. */
  exclusive<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Runs a round now, of all collections or those with these ids. */
  sync(collections?: readonly string[]): Promise<SyncResult>;
  /** Tells the loop that something was saved: it leaves for the bucket by rule S11. */
  wake(): void;
  /** Another device is being set up by a link: looks for it in the bucket for some minutes. */
  expectDevice(): void;
  /** Tries at once what failed: to open the home, or to reach the bucket. */
  retry(): void;
  /** All collections, or the one with this id. It stays so over a restart. */
  pause(collection: string | undefined, paused: boolean): void;
  /**
   * Ends the round, closes the session and leaves the home to another process until the signal
   * aborts. Returns when the home is free.
   */
  lend(until: AbortSignal): Promise<void>;
  status(): HomeStatus;
  /** What is in its collections, here and elsewhere. */
  readonly collections: CollectionReader;
}

/** Live events, to everyone who listens. */
export interface NewsFeed {
  tell(news: News): void;
  /** @returns what ends it. */
  subscribe(listener: (news: News, seq: number) => void): () => void;
}

/** The daemon, as its routes see it. */
export interface Daemon {
  readonly news: NewsFeed;
  homes(): readonly Host[];
  /**
   * The home with this id; without one, the first.
   * @throws SatchelError `usage` where there is none.
   */
  host(id?: string): Host;
  /**
   * The home that is yet to be set up, for trying things before that.
   * @throws SatchelError `usage` where there is none.
   */
  newHome(): AppContext;
  /**
   * Sets it up by this work, and serves it from then on.
   * @throws SatchelError as `newHome`, `busy` where it is being set up, and what the work throws.
   */
  setUp<T>(work: (context: AppContext) => Promise<T>): Promise<T>;
  /** An address that opens the page signed in: it works once, and for ten minutes. */
  newLink(): string;
  status(): DaemonStatus;
  /** The service that would start it; undefined where it is not the person's own to be started. */
  readonly service?: (() => Promise<ServicePlan>) | undefined;
}

/** What a handler may know of who asks. */
export interface Asker {
  /** Aborts when the connection ends. */
  readonly signal: AbortSignal;
  /** Header by name in lower case. */
  header(name: string): string | undefined;
}

/** What a route does. Thin: the work is in `src/app`. */
export type Handler<R extends Route> = (
  daemon: Daemon,
  input: CheckedInputOf<R> & { readonly home?: string | undefined },
  asker: Asker,
) => Promise<AnswerOf<R>>;

/**
 * Thrown by a handler that refuses what was asked because things are other than the caller knows:
 * status 409, with the body that the route names as its `conflict`.
 */
export class ConflictAnswer<Body = unknown> extends Error {
  readonly body: Body;

  constructor(body: Body) {
    super('Things are other than the caller knows.');
    this.name = 'ConflictAnswer';
    this.body = body;
  }
}
