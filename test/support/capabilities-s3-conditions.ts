/** What an S3 server does with conditions (RFC 9110, section 13). Satchel relies on the first alone. */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import {
  BY_CHANCE,
  countDone,
  isDone,
  type Question,
  whetherDone,
  whetherStopped,
} from './capabilities.ts';
import { replyTo, type S3Bench } from './capabilities-s3.ts';

/** A tag that no object has. */
const OTHER_TAG = `"${'0'.repeat(32)}"`;
const RACES = 10;
const RACERS = 8;

export const S3_CONDITION_QUESTIONS: readonly Question<S3Bench>[] = [
  { title: 'GET, `If-None-Match` with the present ETag', ask: whetherUnchangedIsTold },
  {
    title: 'PUT, `If-None-Match: *` where a body is',
    ask: async (bench) => whetherStopped(await overwrite(bench, { IfNoneMatch: '*' })),
  },
  { title: `Of ${RACERS} such PUTs of a new key at once, done${BY_CHANCE}`, ask: howManyWin },
  {
    title: 'PUT, `If-Match` with another ETag',
    ask: async (bench) => whetherStopped(await overwrite(bench, { IfMatch: OTHER_TAG })),
  },
  {
    title: 'PUT, `If-Match` with the present ETag, in quotes',
    ask: async (bench) => putIfPresent(bench, (tag) => tag),
  },
  {
    title: 'the same, without the quotes',
    ask: async (bench) => putIfPresent(bench, (tag) => tag.replaceAll('"', '')),
  },
  { title: 'DELETE, `If-Match` with another ETag', ask: whetherDeletionIsStopped },
];

async function whetherUnchangedIsTold({ client, settings, put, key }: S3Bench): Promise<string> {
  await put(key('known'));
  const place = { Bucket: settings.bucket, Key: key('known') };
  const { ETag } = await client.send(new HeadObjectCommand(place));
  const { status } = await replyTo(() =>
    client.send(new GetObjectCommand({ ...place, IfNoneMatch: ETag })),
  );
  return status === 304 ? 'honoured' : status === 200 ? 'ignored' : `no, ${status}`;
}

async function overwrite({ put, key }: S3Bench, condition: Partial<PutObjectCommandInput>) {
  await put(key('conditional'));
  return await put(key('conditional'), { Body: 'another body', ...condition });
}

async function putIfPresent(bench: S3Bench, spell: (tag: string) => string): Promise<string> {
  const { client, settings, put, key } = bench;
  await put(key('conditional'));
  const place = { Bucket: settings.bucket, Key: key('conditional') };
  const { ETag = '' } = await client.send(new HeadObjectCommand(place));
  return whetherDone(await put(key('conditional'), { Body: 'another', IfMatch: spell(ETag) }));
}

async function howManyWin({ put, key }: S3Bench): Promise<string> {
  let most = 0;
  for (let race = 0; race < RACES; race += 1) {
    const winners = await countDone(RACERS, (racer) =>
      put(key(`race-${race}`), { Body: `racer ${racer}`, IfNoneMatch: '*' }),
    );
    most = Math.max(most, winners);
  }
  return most === 1 ? 'one' : `up to ${most}`;
}

async function whetherDeletionIsStopped({ client, settings, put, key }: S3Bench): Promise<string> {
  await put(key('doomed'));
  const place = { Bucket: settings.bucket, Key: key('doomed') };
  const reply = await replyTo(() =>
    client.send(new DeleteObjectCommand({ ...place, IfMatch: OTHER_TAG })),
  );
  const left = await replyTo(() => client.send(new HeadObjectCommand(place)));
  return isDone(reply) && isDone(left) ? 'honoured, but answered as done' : whetherStopped(reply);
}
