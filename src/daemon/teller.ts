/** Tells what happens in a home to those who listen, to its text log, and to the desktop. */
import type { HomeStatus } from '../api/status.ts';
import { collectionRevs } from '../app/live-status.ts';
import { listEvents, newestEvent } from '../app/log.ts';
import { readNotified, writeNotified } from '../app/notified.ts';
import { showsNotifications } from '../app/preferences.ts';
import type { Session } from '../app/session.ts';
import { messageOf } from '../base/errors.ts';
import type { TextLog } from './log.ts';
import { type Concerns, concernsOf, planNotices } from './notify.ts';
import type { ShowOnDesktop } from './notify-desktop.ts';
import type { NewsFeed } from './ports.ts';

/** More events than that at once are in the log of the replica only. */
const EVENTS_AT_ONCE = 1_000;

const WARNINGS: ReadonlySet<string> = new Set(['failed', 'refused', 'warning', 'conflict', 'held']);

export class HomeTeller {
  readonly #news: NewsFeed;
  readonly #log: TextLog;
  readonly #show: ShowOnDesktop;
  #lastEvent = 0;
  #revs: ReadonlyMap<string, number> = new Map();
  #lastStatus = '';
  /** What the desktop was told of, while the replica refuses the note of it. */
  #unnoted: ReadonlySet<string> | undefined;

  constructor(news: NewsFeed, log: TextLog, show: ShowOnDesktop) {
    this.#news = news;
    this.#log = log;
    this.#show = show;
  }

  /** From now on: what was before a session is no news. */
  opened(session: Session): void {
    this.#lastEvent = newestEvent(session);
    this.#revs = collectionRevs(session);
  }

  /** Tells of changes and events since it was last called. */
  look(session: Session): void {
    const home = session.settings.repository;
    const revs = collectionRevs(session);
    for (const [collection, rev] of revs) {
      if (rev === this.#revs.get(collection)) continue;
      this.#news.tell({ type: 'changed', home, collection, rev });
    }
    this.#revs = revs;
    for (const entry of listEvents(session, this.#lastEvent, EVENTS_AT_ONCE)) {
      this.#lastEvent = entry.id;
      this.#news.tell({ type: 'log', home, entry });
      const about = entry.collection === null ? '' : `${entry.collection}: `;
      const level = WARNINGS.has(entry.kind) ? 'warning' : 'info';
      this.#log.write(level, `${about}${entry.kind}: ${entry.message}`);
    }
  }

  /** Tells how the home stands, where that changed. */
  status(status: HomeStatus): void {
    const text = JSON.stringify(status);
    if (text === this.#lastStatus) return;
    this.#lastStatus = text;
    this.#news.tell({ type: 'status', home: status.repository, status });
  }

  /** Shows on the desktop what needs a person and was not shown before. */
  concerns(session: Session, concerns: Concerns): void {
    if (!showsNotifications(session.live())) return;
    const before = this.#unnoted ?? readNotified(session);
    const { tell, told } = planNotices(before, concernsOf(concerns));
    const isNew = told.size !== before.size || tell.length > 0;
    if (isNew || this.#unnoted !== undefined) this.#noteTold(session, told);
    for (const { title, words } of tell) {
      this.#show(title, words).catch((error: unknown) =>
        this.#log.write('warning', `"${title}" was not shown on the desktop: ${messageOf(error)}`),
      );
    }
  }

  /** A full disk keeps nobody from being told. After a restart the same may be told again. */
  #noteTold(session: Session, told: ReadonlySet<string>): void {
    try {
      writeNotified(session, told);
      this.#unnoted = undefined;
    } catch (error) {
      if (this.#unnoted === undefined) {
        const words = `what the desktop was told of cannot be noted: ${messageOf(error)}`;
        this.#log.write('warning', words);
      }
      this.#unnoted = told;
    }
  }
}
