/**
 * A faithful S3 service on loopback, over real HTTP: it checks signatures, keeps objects, lists them
 * in pages and answers about the set-up of its buckets as Amazon S3 does. What other services do
 * otherwise is switched on by name (`fake-s3-quirks.ts`); what befalls single requests is decided by
 * `befalls`; and a test may answer in its place (`trouble`).
 */
import type { ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import type { ObjectStore } from '../../src/store/store.ts';
import { type Answer, type CannedRequest, startServer } from './canned-server.ts';
import type { Dice } from './dice.ts';
import { bucketReply, createFakeBucket, type FakeBucket } from './fake-s3-buckets.ts';
import { type Habits, PLAIN_HABITS } from './fake-s3-habits.ts';
import { type Fault, QUIRKS, type Quirk, type QuirkName } from './fake-s3-quirks.ts';
import { failure, type Reply } from './fake-s3-reply.ts';
import { type S3Operation, type S3Request, s3RequestIn } from './fake-s3-request.ts';
import { createStoreShelf } from './fake-s3-shelf.ts';
import { type KnownKey, refusalAtGate } from './fake-s3-signature.ts';
import { send, sendHalf, worded } from './fake-s3-wire.ts';

/**
 * What it answers instead of looking at a request; undefined to do what was asked. It may take its
 * time, in which others work.
 */
export type Trouble = (request: S3Request) => Answer | undefined | Promise<Answer | undefined>;

export interface FakeS3 {
  /** A bucket URL that needs no more than keys. */
  readonly url: string;
  /** `http://127.0.0.1:port`. */
  readonly endpoint: string;
  readonly buckets: Map<string, FakeBucket>;
  /** The bucket of `url`. */
  readonly bucket: FakeBucket;
  /** Who may come in, by access key. */
  readonly keys: Map<string, KnownKey>;
  /** What nobody may do at the moment. */
  readonly forbidden: Set<S3Operation>;
  /** Answers about settings of the bucket in place of its own, such as `versioning`. */
  readonly settings: Map<string, Answer>;
  readonly quirks: Set<QuirkName>;
  /** Which of the faults among the quirks befalls a request; by default the first, and any request. */
  befalls: (request: S3Request, faults: readonly Fault[]) => Fault | undefined;
  trouble: Trouble | undefined;
  /** Every request so far. */
  readonly requests: readonly CannedRequest[];
  /** How far its clock is ahead, milliseconds. */
  aheadMs: number;
}

export interface FakeS3Options {
  readonly quirks?: readonly QuirkName[];
  /** For how fast writes follow each other, milliseconds from any start. */
  readonly monotonicMs?: () => number;
}

const BUCKET = 'test-bucket';
const REGION = 'us-east-1';
/** Keys that are obviously for tests. */
const KEYS: readonly (readonly [string, KnownKey])[] = [
  ['test-access-key', { secret: 'test-secret' }],
];

/** @param store where the objects of the bucket lie, to be looked into; in memory by default. */
export async function startFakeS3(
  context: TestContext,
  store?: ObjectStore,
  options: FakeS3Options = {},
): Promise<FakeS3> {
  const bucket = createFakeBucket(store === undefined ? undefined : createStoreShelf(store));
  const answer = (sent: CannedRequest, response: ServerResponse): void => {
    const nowMs = (options.monotonicMs ?? (() => performance.now()))();
    handle(fake, sent, response, nowMs).catch(() => response.destroy());
  };
  const { endpoint, requests } = await startServer(context, answer);
  const fake: FakeS3 = {
    url: `s3://${BUCKET}?endpoint=${endpoint}`,
    endpoint,
    buckets: new Map([[BUCKET, bucket]]),
    bucket,
    keys: new Map(KEYS),
    forbidden: new Set(),
    settings: new Map(),
    quirks: new Set(options.quirks),
    befalls: (_request, [first]) => first,
    trouble: undefined,
    requests,
    aheadMs: 0,
  };
  return fake;
}

/**
 * Any of the faults, by chance.
 * @param mostEach how often at most the same is asked for in vain, so that a retry gets on.
 */
export function befallsSometimes(
  dice: Dice,
  chance: number,
  mostEach = Number.POSITIVE_INFINITY,
): FakeS3['befalls'] {
  const times = new Map<string, number>();
  return ({ sent: { method, url } }, faults) => {
    const name = `${method} ${url}`;
    const before = times.get(name) ?? 0;
    if (before >= mostEach || !dice.chance(chance)) return undefined;
    times.set(name, before + 1);
    return dice.pick(faults);
  };
}

async function handle(
  fake: FakeS3,
  sent: CannedRequest,
  response: ServerResponse,
  nowMs: number,
): Promise<void> {
  const request = s3RequestIn(sent);
  const instead = await fake.trouble?.(request);
  // Asked after the trouble, which may move the clock.
  response.setHeader('Date', new Date(Date.now() + fake.aheadMs).toUTCString());
  if (instead !== undefined) return instead(sent, response);
  const habits = habitsOf(fake.quirks);
  const fault = faultOf(fake, request);
  if (fault?.kind === 'drop-before') return void response.destroy();
  if (fault?.kind === 'answer') return send(response, worded(fault.reply, habits), habits);
  const refusal = refusalOf(fake, request);
  const asked = [...request.query.keys()].find((name) => fake.settings.has(name)) ?? '';
  const set = refusal === undefined ? fake.settings.get(asked) : undefined;
  if (set !== undefined) return set(sent, response);
  const reply = refusal ?? (await bucketReply(fake.buckets, request, habits, nowMs));
  if (fault?.kind === 'drop-after') return void response.destroy();
  if (fault?.kind === 'half') return sendHalf(response, worded(reply, habits), habits);
  return send(response, worded(reply, habits), habits);
}

function refusalOf(fake: FakeS3, { operation, sent }: S3Request): Reply | undefined {
  const nowMs = Date.now() + fake.aheadMs;
  const refusal = refusalAtGate(sent, { keys: fake.keys, nowMs, region: REGION });
  if (refusal !== undefined) return refusal;
  return operation !== undefined && fake.forbidden.has(operation)
    ? failure(403, 'AccessDenied', 'Access Denied')
    : undefined;
}

function habitsOf(quirks: ReadonlySet<QuirkName>): Habits {
  const changes = [...quirks].map((name): Partial<Habits> => {
    const quirk: Quirk = QUIRKS[name];
    return 'habits' in quirk ? quirk.habits : {};
  });
  return Object.assign({}, PLAIN_HABITS, ...changes);
}

function faultOf({ quirks, befalls }: FakeS3, request: S3Request): Fault | undefined {
  const faults = [...quirks].flatMap((name) => {
    const quirk: Quirk = QUIRKS[name];
    return 'fault' in quirk ? [quirk.fault] : [];
  });
  return faults.length === 0 ? undefined : befalls(request, faults);
}
