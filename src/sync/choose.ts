/** A person's choice of what a record shows: settling a conflict, or restoring a version. */
import { SatchelError } from '../base/errors.ts';
import type { Version } from '../format/commit.ts';
import { newInnerId, recordIdOf } from '../format/ids.ts';
import { getContent, putContent } from '../replica/contents.ts';
import { nextSequence } from '../replica/meta.ts';
import { putOutbox } from '../replica/outbox.ts';
import { recordOf } from '../replica/records.ts';
import { versionsOf } from '../replica/versions.ts';
import type { Engine } from './engine.ts';
import { INLINE_MAX_BYTES } from './kind.ts';
import { mergeFields, type Placed, withContentFields } from './merge.ts';
import {
  conflictSides,
  kindOrThrow,
  newStamp,
  type RecordState,
  refreshRecord,
  stateOf,
} from './records.ts';

export type Choice =
  | { readonly kind: 'local' }
  | { readonly kind: 'remote' }
  | { readonly kind: 'both' }
  /** With `name`, the record is called that again as well: its field for names has this value. */
  | { readonly kind: 'version'; readonly id: string; readonly name?: string | undefined }
  /** A person confirmed it: receivers do not ask again (rule S8). */
  | { readonly kind: 'gone' }
  | { readonly kind: 'merged'; readonly bytes: Uint8Array; readonly hash: string };

/**
 * Settles a record: what is chosen supersedes all its current versions. Nothing is lost: the
 * others stay in the history.
 * @param nameOf the name of a device, for the name of a second copy.
 * @returns the versions of the records that "both" made of the other sides.
 * @throws SatchelError `usage` where the choice does not fit the record.
 */
export function chooseFor(
  engine: Engine,
  collection: string,
  record: string,
  choice: Choice,
  nameOf: (device: string) => string,
): readonly Version[] {
  return engine.db.durableTransaction(() => {
    const { state, sides } = conflictSides(engine, collection, record);
    const [held, ...others] = sides;
    switch (choice.kind) {
      case 'merged':
        putContent(engine.db, choice.hash, choice.bytes);
        settle(engine, collection, state, {
          source: held?.lead.version,
          content: { hash: choice.hash, size: choice.bytes.length },
          isLocal: choice.bytes.length > INLINE_MAX_BYTES,
        });
        return [];
      case 'version':
        settle(
          engine,
          collection,
          state,
          keep(engine, state, versionOf(engine, collection, record, choice.id)),
          choice.name,
        );
        return [];
      case 'gone':
        settle(engine, collection, state, {
          source: undefined,
          content: {},
          isGone: true,
          isApproved: true,
        });
        return [];
      case 'local':
        settle(engine, collection, state, keep(engine, state, requireSide(held?.lead)));
        return [];
      case 'remote':
        requireOneRemote(others, nameOf);
        settle(engine, collection, state, keep(engine, state, requireSide(others[0]?.lead)));
        return [];
      case 'both': {
        const copies = others.map((side) => addCopy(engine, collection, side.lead, nameOf));
        settle(engine, collection, state, keep(engine, state, requireSide(held?.lead)));
        return copies;
      }
    }
  });
}

/**
 * Makes a known version what the record shows. To be called in a transaction.
 * @throws SatchelError `damaged` where its content is not to be had.
 */
export function bringBack(
  engine: Engine,
  collection: string,
  record: string,
  version: Placed,
): void {
  const state = stateOf(engine, collection, record);
  settle(engine, collection, state, keep(engine, state, version));
}

export interface Outcome {
  /** The version whose fields that go with the content are kept; undefined: as merged. */
  readonly source: Version | undefined;
  readonly content: Pick<Version, 'hash' | 'size' | 'blobs'>;
  readonly isLocal?: boolean;
  /** True for a choice that the record should be gone. */
  readonly isGone?: boolean;
  readonly isApproved?: boolean;
  /** What the person saw; undefined for all that is current. */
  readonly saw?: readonly string[];
  /** The version that it is again, with the device whose content it is; undefined for a new one. */
  readonly again?: Version;
}

/** What is kept from a version: its content, wherever it is. */
export function keep(engine: Engine, state: RecordState, { version }: Placed): Outcome {
  const isPending = state.pending?.version.id === version.id;
  const { hash, size, blobs } = version;
  if (version.gone === true) return { source: version, content: {}, isGone: true };
  if (hash === undefined) return { source: version, content: {} };
  const isHere = blobs !== undefined || getContent(engine.db, hash) !== undefined;
  const isLocal = isPending && state.pending?.isLocal === true;
  if (!isHere && !isLocal) {
    throw new SatchelError(
      'damaged',
      `The content of version ${version.id} is not to be had here.`,
      {
        hint: 'Run "satchel sync" first; "satchel verify" tells whether it is damaged.',
      },
    );
  }
  const content = {
    hash,
    ...(size === undefined ? {} : { size }),
    ...(blobs === undefined ? {} : { blobs }),
  };
  return { source: version, content, isLocal };
}

/** @param name what the record is to be called; undefined to leave that as it is. */
export function settle(
  engine: Engine,
  collection: string,
  state: RecordState,
  outcome: Outcome,
  name?: string,
): void {
  const { db } = engine;
  const { again } = outcome;
  const kind = kindOrThrow(engine, collection);
  const live = state.current
    .map((known) => known.version)
    .filter((version) => version.gone !== true);
  const merged = mergeFields(live.length > 0 ? live : state.current.map((known) => known.version));
  const fields = withContentFields(merged.fields, outcome.source, kind.contentFields);
  if (name !== undefined) fields[kind.nameField] = name;
  // Choosing a content says nothing about the name: a rename made elsewhere meanwhile still counts.
  const set = [...kind.contentFields, ...(name === undefined ? [] : [kind.nameField])];
  const kept = Object.entries(merged.stamps).filter(([field]) => !set.includes(field));
  const saw = outcome.saw ?? state.committed.map((known) => known.version.id);
  const parents = again === undefined ? [...saw] : [again.id];
  const [timeMs, self] = newStamp(engine, collection, state);
  const seq = nextSequence(db);
  const version: Version = {
    id: newInnerId(engine.random),
    record: state.record,
    stamp: [timeMs, again?.stamp[1] ?? self],
    fields,
    stamps: Object.fromEntries(kept),
    ...outcome.content,
    ...(outcome.isGone === true ? { gone: true } : {}),
    ...(outcome.isApproved === true ? { approved: true } : {}),
    ...(parents.length > 0 ? { parents } : {}),
  };
  putOutbox(db, collection, {
    record: state.record,
    seq,
    version,
    saw,
    isLocal: outcome.isLocal === true,
  });
  refreshRecord(engine, collection, state.record, seq);
}

/** A record of its own for the other side, under a name that tells where it comes from. */
function addCopy(
  engine: Engine,
  collection: string,
  lead: Placed,
  nameOf: (device: string) => string,
): Version {
  const { version } = lead;
  const kind = kindOrThrow(engine, collection);
  const [timeMs, author] = version.stamp;
  const fields = { ...kind.fieldsOfCopy(version.fields, nameOf(author), timeMs) };
  const named = recordIdOf(kind.titleOf(fields));
  const isTaken = recordOf(engine.db, collection, named) !== undefined;
  const record = isTaken ? newInnerId(engine.random) : named;
  const state = stateOf(engine, collection, record);
  const { content, isLocal } = keep(engine, state, lead);
  const seq = nextSequence(engine.db);
  const copy: Version = {
    id: newInnerId(engine.random),
    record,
    stamp: newStamp(engine, collection, state),
    fields,
    ...content,
  };
  putOutbox(engine.db, collection, {
    record,
    seq,
    version: copy,
    saw: [],
    isLocal: isLocal === true,
  });
  refreshRecord(engine, collection, record, seq);
  return copy;
}

function versionOf(engine: Engine, collection: string, record: string, prefix: string): Placed {
  const { pending } = stateOf(engine, collection, record);
  const known = versionsOf(engine.db, collection, record);
  const all = known.filter((copy) => copy.version.id.startsWith(prefix));
  const ids = new Set(all.map((copy) => copy.version.id));
  const [found] = all;
  if (ids.size === 1 && found !== undefined) return found;
  if (ids.size > 1) {
    throw new SatchelError('usage', `Several versions begin with "${prefix}".`, {
      hint: 'Give more letters of the version id.',
    });
  }
  const isPending = pending?.version.id.startsWith(prefix) === true;
  throw new SatchelError(
    'usage',
    isPending
      ? `Version "${prefix}" is what is on this device now.`
      : `No version of this file begins with "${prefix}".`,
    { hint: 'Run "satchel versions" to see the ids.' },
  );
}

function requireSide(lead: Placed | undefined): Placed {
  if (lead !== undefined) return lead;
  throw new SatchelError('usage', 'There is nothing to keep: the record is gone.', {
    hint: 'Run "satchel conflicts" to see what is open.',
  });
}

function requireOneRemote(
  others: readonly { readonly lead: Placed }[],
  nameOf: (device: string) => string,
): void {
  if (others.length === 1) return;
  if (others.length === 0) {
    throw new SatchelError('usage', 'This file is not in conflict.', {
      hint: 'Run "satchel conflicts" to see what is open.',
    });
  }
  const sides = others.map(
    ({ lead: { version } }) => `${version.id.slice(0, 8)} of ${nameOf(version.stamp[1])}`,
  );
  throw new SatchelError('usage', `There are ${others.length} other sides: ${sides.join(', ')}.`, {
    hint: 'Choose one with --keep <version-id>, or keep all with --keep both.',
  });
}
