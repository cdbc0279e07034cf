/** What a WebDAV server does, beyond what Satchel asks of it. */
import { request as httpRequest } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { utf8 } from '../../src/base/bytes.ts';
import type { DavBucket } from '../../src/store/bucket-settings.ts';
import { ensureWebDavFolder } from '../../src/store/webdav.ts';
import { type DavAnswer, WebDavClient } from '../../src/store/webdav-client.ts';
import { davOptions, freshFolder } from './buckets.ts';
import {
  BY_CHANCE,
  countDone,
  isDone,
  type Question,
  whetherDone,
  whetherStopped,
} from './capabilities.ts';

export interface DavBench {
  readonly bucket: DavBucket;
  send(
    method: string,
    path: string,
    headers?: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<DavAnswer>;
  /** Removes what was written. */
  close(): Promise<void>;
}

const BODY = 'a body of the matrix';
const OTHER_TAG = '"no-such-tag"';
/** After this long a tag that hangs on the time of a write has settled. */
const SETTLED_MS = 2_500;
const HALF_BYTES = 1024 * 1024;
/** A busy server takes its time until it has stored the first half of a body. */
const LOOKS = 40;
const LOOK_PAUSE_MS = 50;
const RACES = 10;
const RACERS = 8;
const LOCK =
  '<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope>' +
  '<D:locktype><D:write/></D:locktype></D:lockinfo>';
const QUOTA =
  '<?xml version="1.0"?><D:propfind xmlns:D="DAV:"><D:prop><D:quota-available-bytes/></D:prop>' +
  '</D:propfind>';

export async function openDavBench(server: DavBucket): Promise<DavBench> {
  const bucket = { ...server, path: freshFolder(server.path) };
  await ensureWebDavFolder(bucket, davOptions());
  const client = new WebDavClient(bucket, davOptions());
  const send: DavBench['send'] = (method, path, headers = {}, body) =>
    client.send({ method, path, headers, ...(body === undefined ? {} : { body: utf8(body) }) });
  return {
    bucket,
    send,
    async close() {
      await send('DELETE', '');
      client.close();
    },
  };
}

export const DAV_QUESTIONS: readonly Question<DavBench>[] = [
  {
    title: 'ETag in the answer to a PUT',
    ask: async ({ send }) => kindOf((await send('PUT', 'fresh', {}, BODY)).headers.etag),
  },
  { title: `ETag of a body that was just written${BY_CHANCE}`, ask: tagOfFresh },
  { title: 'ETag of a body that has rested', ask: tagOfRested },
  { title: 'GET, `If-None-Match` with the present ETag', ask: whetherUnchangedIsTold },
  {
    title: 'PUT, `If-None-Match: *` where a body is',
    ask: async (bench) => whetherStopped(await overwrite(bench, { 'if-none-match': '*' })),
  },
  { title: `Of ${RACERS} such PUTs of a new file at once, done${BY_CHANCE}`, ask: howManyWin },
  {
    title: 'PUT, `If-Match` with another ETag',
    ask: async (bench) => whetherStopped(await overwrite(bench, { 'if-match': OTHER_TAG })),
  },
  {
    title: 'PUT, `If-Match` with the present ETag',
    ask: async (bench) =>
      whetherDone(await overwrite(bench, { 'if-match': await restedTag(bench, 'conditional') })),
  },
  { title: 'DELETE, `If-Match` with another ETag', ask: whetherDeletionIsStopped },
  { title: 'A reader in the middle of a PUT sees', ask: whatReaderSees },
  { title: 'MOVE onto a file that is there', ask: whetherMoveReplaces },
  {
    title: 'PUT into a folder that is not there',
    ask: async ({ send }) => whetherDone(await send('PUT', 'no-folder/a', {}, BODY)),
  },
  {
    title: 'PROPFIND of all depths at once',
    ask: async ({ send }) => whetherDone(await send('PROPFIND', '', { depth: 'infinity' })),
  },
  {
    title: 'LOCK',
    ask: async ({ send }) =>
      whetherDone(await send('LOCK', 'locked', { 'content-type': 'application/xml' }, LOCK)),
  },
  { title: 'Tells the room that is left', ask: whetherRoomIsTold },
  { title: 'A part of a body (`Range`)', ask: whetherRangeIsServed },
  { title: 'Any character in a name', ask: whetherOddNamesWork },
  {
    title: 'Tells its time (`Date`)',
    ask: async ({ send }) =>
      (await send('OPTIONS', '')).headers.date === undefined ? 'no' : 'yes',
  },
];

async function overwrite({ send }: DavBench, condition: Readonly<Record<string, string>>) {
  // Writing it first would make the ETag of a condition an old one.
  if ((await send('HEAD', 'conditional')).status === 404)
    await send('PUT', 'conditional', {}, BODY);
  return await send('PUT', 'conditional', condition, 'another body');
}

function kindOf(tag: string | undefined): string {
  if (tag === undefined) return 'none';
  return tag.startsWith('W/') ? 'weak' : 'strong';
}

async function tagOfFresh({ send }: DavBench): Promise<string> {
  await send('PUT', 'fresh', {}, BODY);
  return kindOf((await send('GET', 'fresh')).headers.etag);
}

async function restedTag({ send }: DavBench, name: string): Promise<string> {
  await send('PUT', name, {}, BODY);
  await wait(SETTLED_MS);
  return (await send('GET', name)).headers.etag ?? '';
}

async function tagOfRested(bench: DavBench): Promise<string> {
  return kindOf((await restedTag(bench, 'rested')) || undefined);
}

async function whetherUnchangedIsTold(bench: DavBench): Promise<string> {
  const tag = await restedTag(bench, 'known');
  const { status } = await bench.send('GET', 'known', { 'if-none-match': tag });
  return status === 304 ? 'honoured' : status === 200 ? 'ignored' : `no, ${status}`;
}

async function howManyWin({ send }: DavBench): Promise<string> {
  let most = 0;
  for (let race = 0; race < RACES; race += 1) {
    const winners = await countDone(RACERS, (racer) =>
      send('PUT', `race-${race}`, { 'if-none-match': '*' }, `racer ${racer}`),
    );
    most = Math.max(most, winners);
  }
  return most === 1 ? 'one' : `up to ${most}`;
}

async function whetherDeletionIsStopped({ send }: DavBench): Promise<string> {
  await send('PUT', 'doomed', {}, BODY);
  return whetherStopped(await send('DELETE', 'doomed', { 'if-match': OTHER_TAG }));
}

/** Sends half of a body and looks, again and again, what is there; then the rest. */
async function whatReaderSees({ bucket, send }: DavBench): Promise<string> {
  await send('PUT', 'slow', {}, BODY);
  const answered = Promise.withResolvers<number>();
  const password = davOptions().password;
  const writer = httpRequest(
    `http://${bucket.host}/${bucket.path}/slow`,
    {
      method: 'PUT',
      headers: { 'content-length': 2 * HALF_BYTES },
      auth: `${bucket.user ?? ''}:${password}`,
    },
    (response) => {
      response.resume();
      answered.resolve(response.statusCode ?? 0);
    },
  );
  writer.on('error', answered.reject);
  writer.write(Buffer.alloc(HALF_BYTES, 'x'));
  let isFormer = true;
  for (let look = 0; look < LOOKS && isFormer; look += 1) {
    await wait(LOOK_PAUSE_MS);
    isFormer = await isBody(send);
  }
  writer.end(Buffer.alloc(HALF_BYTES, 'x'));
  const status = await answered.promise;
  if (!isDone({ status })) return `no, ${status}`;
  return isFormer ? 'the former body' : 'something else';
}

async function isBody(send: DavBench['send']): Promise<boolean> {
  const { status, body } = await send('GET', 'slow', { range: 'bytes=0-99' });
  return isDone({ status }) && Buffer.from(body).toString() === BODY;
}

async function whetherMoveReplaces({ bucket, send }: DavBench): Promise<string> {
  await send('PUT', 'from', {}, 'moved');
  await send('PUT', 'to', {}, BODY);
  const destination = `http://${bucket.host}/${bucket.path}/to`;
  const reply = await send('MOVE', 'from', { destination, overwrite: 'T' });
  const { body } = await send('GET', 'to');
  return isDone(reply) && Buffer.from(body).toString() === 'moved' ? 'yes' : `no, ${reply.status}`;
}

async function whetherRoomIsTold({ send }: DavBench): Promise<string> {
  const { body } = await send('PROPFIND', '', { depth: '0' }, QUOTA);
  return /quota-available-bytes[^>]*>\d/.test(Buffer.from(body).toString()) ? 'yes' : 'no';
}

async function whetherRangeIsServed({ send }: DavBench): Promise<string> {
  await send('PUT', 'range', {}, BODY);
  const part = await send('GET', 'range', { range: 'bytes=2-5' });
  const beyond = await send('GET', 'range', { range: 'bytes=500-' });
  const isPart = part.status === 206 && Buffer.from(part.body).toString() === BODY.slice(2, 6);
  return `${isPart ? 'yes' : 'no'}, beyond the end ${beyond.status}`;
}

async function whetherOddNamesWork({ send }: DavBench): Promise<string> {
  const name = 'Größe 1+1 & <2> %41 "it\'s" 🏔️';
  const reply = await send('PUT', name, {}, BODY);
  if (!isDone(reply)) return whetherDone(reply);
  return whetherDone(await send('GET', name));
}
