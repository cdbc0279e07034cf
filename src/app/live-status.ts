/** What a program that runs all the time tells of its collections besides `status`. */

import type { CollectionStatus, Status } from '../api/status.ts';
import { newestRevOf } from '../replica/changes.ts';
import { newestCommitTime } from '../replica/versions.ts';
import { isPaused, schedule } from './preferences.ts';
import type { Session } from './session.ts';
import { settingKey } from './setting-keys.ts';
import { readStatus } from './status.ts';
import { nextTurn } from './turns.ts';
import { pendingBytes } from './unsent.ts';

export interface CollectionLife {
  readonly isPaused: boolean;
  readonly pendingBytes: number;
  /** As a person writes it. */
  readonly schedule: string;
  /** `set`: its turn is at `nextTurnMs`. */
  readonly turns: 'every-poll' | 'set' | 'never';
  /** Milliseconds since the Unix epoch. */
  readonly nextTurnMs: number | undefined;
  readonly lastChangeMs: number | undefined;
}

export interface LiveStatus {
  readonly status: Status;
  readonly isPaused: boolean;
  /** Those of the status, each with what else there is to tell of it. */
  readonly collections: readonly (readonly [CollectionStatus, CollectionLife])[];
}

export function readLiveStatus(session: Session): LiveStatus {
  const status = readStatus(session);
  return {
    status,
    isPaused: isPaused(session.live()),
    collections: status.collections.map((one) => [one, lifeOf(session, one.id)]),
  };
}

const TURNS = { automatic: 'every-poll', hourly: 'set', daily: 'set', manual: 'never' } as const;

function lifeOf(session: Session, id: string): CollectionLife {
  const settings = session.live();
  return {
    isPaused: isPaused(settings, id),
    pendingBytes: pendingBytes(session.engine, id),
    schedule: settings.collections[id]?.schedule ?? String(settingKey('schedule').standard),
    turns: TURNS[schedule(settings, id).kind],
    nextTurnMs: nextTurn(session, id),
    lastChangeMs: newestCommitTime(session.engine.db, id),
  };
}

/** A number for each collection on this device that grows when something in it is other than before. */
export function collectionRevs({ engine, open }: Session): ReadonlyMap<string, number> {
  return new Map([...open.keys()].map((id) => [id, newestRevOf(engine.db, id)]));
}
