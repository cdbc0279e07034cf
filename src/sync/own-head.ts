/** Looking at one's own head before anything else (rules S9, S10). */
import { isErrorKind, SatchelError } from '../base/errors.ts';
import { HEAD_MAX_BYTES, type Head } from '../format/head.ts';
import { NewerFormatError } from '../format/json.ts';
import { decodeManifest } from '../format/manifest.ts';
import { headKey, MANIFEST_KEY, segmentKey, segmentsPrefix } from '../format/object-keys.ts';
import { SEAL_OVERHEAD_BYTES } from '../format/seal.ts';
import { endsOf } from '../replica/clocks.ts';
import { addEvent } from '../replica/events.ts';
import { collectionIds, getMeta, markHeadChanged, setMeta } from '../replica/meta.ts';
import { forgetOwnSegments, isOwnNonce, ownSegments } from '../replica/own.ts';
import { unarchiveAll } from '../replica/versions.ts';
import { type Engine, selfId } from './engine.ts';
import { openHead } from './head.ts';
import { changeIdentity } from './identity.ts';

/**
 * Reads this device's own head, conditionally: one GET.
 * @returns true if the head in the bucket is the one last written.
 */
export async function checkOwnHead(engine: Engine): Promise<boolean> {
  const { db } = engine;
  const self = selfId(engine);
  const isEnded = collectionIds(db).some((id) => endsOf(db, id).has(self));
  const tag = isEnded ? undefined : getMeta(db, 'head-tag') || undefined;
  const result = await readOwnHead(engine, self, tag);
  if (result.kind === 'unchanged') return true;
  if (result.kind === 'damaged') return false;
  if (result.kind === 'missing') {
    if (getMeta(db, 'head-acknowledged') !== undefined) await putBack(engine, 'missing');
    if (isEnded) changeIdentity(engine, undefined);
    return false;
  }
  const { head } = result;
  if (isEnded || !isOwnNonce(db, head.nonce)) {
    changeIdentity(engine, head);
    return false;
  }
  const { nonce, change } = lastTried(engine);
  if (head.nonce !== nonce) {
    const wasAcknowledged = getMeta(db, 'head-tag') !== undefined;
    if (wasAcknowledged) await putBack(engine, 'older');
    else markHeadChanged(db);
    return false;
  }
  db.transaction(() => {
    setMeta(db, 'head-tag', result.tag ?? '');
    setMeta(db, 'head-acknowledged', change);
  });
  return true;
}

type OwnHead =
  | { readonly kind: 'found'; readonly head: Head; readonly tag: string | undefined }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'damaged' };

/**
 * The own head. One that cannot be read, nor a moment later, will be written again, for nobody
 * else may.
 */
async function readOwnHead(
  engine: Engine,
  self: string,
  tag: string | undefined,
): Promise<OwnHead> {
  for (let look = 0; look < 2; look += 1) {
    if (look > 0) await engine.clock.sleep(TORN_PAUSE_MS);
    try {
      const maxBytes = HEAD_MAX_BYTES + SEAL_OVERHEAD_BYTES;
      const result = await engine.store.get(headKey(self), { ifNoneMatch: tag, maxBytes });
      if (result.kind !== 'found') return result;
      const head = await openHead(engine, self, result.body);
      return { kind: 'found', head, tag: result.tag };
    } catch (error) {
      if (!isErrorKind(error, 'damaged') || error instanceof NewerFormatError) throw error;
    }
  }
  markHeadChanged(engine.db);
  addEvent(engine.db, {
    time: engine.clock.now(),
    kind: 'warning',
    message: 'The head of this device was damaged in the bucket; it is written again.',
  });
  return { kind: 'damaged' };
}

/** A folder that another program carries may show an object before it is whole. */
const TORN_PAUSE_MS = 1000;

function lastTried(engine: Engine): { readonly nonce: string; readonly change: string } {
  const text = getMeta(engine.db, 'head-tried');
  return text === undefined ? { nonce: '', change: '' } : JSON.parse(text);
}

/**
 * S10: the bucket shows an older head, or none. Usually a late write; perhaps the bucket was put
 * back to an earlier day. The head is written again, and segments too if some are gone.
 */
async function putBack(engine: Engine, state: 'missing' | 'older'): Promise<void> {
  const { db, store } = engine;
  if (state === 'missing') await requireSameRepository(engine);
  const self = selfId(engine);
  const { objects } = await store.list(segmentsPrefix(self));
  const present = new Set(objects.map((object) => object.key));
  const isComplete = collectionIds(db).every((collection) =>
    ownSegments(db, collection, false).every(([id]) => present.has(segmentKey(self, id))),
  );
  db.transaction(() => {
    if (!isComplete) {
      forgetOwnSegments(db);
      unarchiveAll(db, self);
    }
    markHeadChanged(db);
    setMeta(db, 'put-back', '1');
    addEvent(db, {
      time: engine.clock.now(),
      kind: 'warning',
      // The content may be gone as well: the next round looks (rule S10).
      message: `The bucket showed ${state === 'missing' ? 'no head' : 'an older head'} of this device; it is written again.`,
    });
  });
}

/**
 * @throws SatchelError `damaged` where the bucket holds no repository any more, or another one.
 */
export async function requireSameRepository(engine: Engine): Promise<void> {
  const result = await engine.store.get(MANIFEST_KEY);
  if (result.kind !== 'found') {
    throw new SatchelError(
      'damaged',
      `There is no repository in ${engine.store.name} any more: ${MANIFEST_KEY} is missing.`,
      {
        hint:
          'If the bucket was emptied by mistake, restore it. Your files and the replica on this ' +
          'device are untouched.',
      },
    );
  }
  const { repository } = decodeManifest(result.body);
  if (repository === engine.repository) return;
  throw new SatchelError(
    'damaged',
    `${engine.store.name} holds another repository than the one this device belongs to.`,
    { hint: 'Correct the bucket address, or use another home (SATCHEL_HOME) for this repository.' },
  );
}
