/**
 * One more device by a link and a code: on each kind of bucket, with nothing but the two; and what
 * a link is not good for.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { type BucketKind, suiteOnEachBucket } from '../support/buckets.ts';
import type { Answer } from '../support/canned-server.ts';
import { type FakeS3, startFakeS3 } from '../support/fake-s3.ts';
import { textOnce } from '../support/page-homes.ts';
import { assertTells, saveNotes } from '../support/pair.ts';
import { createPlace, type Environment, type Place, type Running } from '../support/satchel.ts';
import { clockShiftedBy } from '../support/shifted-clock.ts';
import { bucketAt } from '../support/tamper.ts';
import { assertSameTree, save, treeOf } from '../support/trees.ts';
import { startUp } from '../support/up.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test-access-key', AWS_SECRET_ACCESS_KEY: 'test-secret' };
const HOUR_MS = 60 * 60 * 1000;

/** A device to be linked has neither the passphrase nor a way into the bucket. */
const NOTHING: Environment = {
  SATCHEL_PASSPHRASE: undefined,
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  SATCHEL_WEBDAV_PASSWORD: undefined,
};

interface Made {
  readonly id: string;
  readonly link: string;
  readonly code: string;
  readonly until: string;
  readonly hasCredentials: boolean;
}

async function must(place: Place, device: string, args: readonly string[], env?: Environment) {
  const ran = await place.run(device, args, env);
  assert.equal(ran.exitCode, 0, `${device}: ${args[0]}\n${ran.out}${ran.err}`);
  return ran;
}

const joinBy = ({ link, code }: Pick<Made, 'link' | 'code'>, ...more: readonly string[]) => [
  'join',
  link,
  '--code',
  code,
  ...more,
];

/** A link that nobody waits for. */
async function madeBy(place: Place, env?: Environment): Promise<Made> {
  return (await must(place, 'laptop', ['link', '--no-wait', '--json'], env)).json<Made>();
}

function eventsIn(out: string): readonly { readonly event: string }[] {
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Starts `link`, and reads what it prints first. */
async function waitingLink(
  place: Place,
  env?: Environment,
): Promise<{ readonly running: Running; readonly made: Made }> {
  const running = place.start('laptop', ['link', '--json'], env);
  let out = '';
  running.process.stdout?.on('data', (text: string) => {
    out += text;
  });
  await running.waitFor('Waiting for the other device');
  return { running, made: JSON.parse(out) };
}

suiteOnEachBucket('a device that is linked', (kind: BucketKind) => {
  test('gets in with nothing but link and code, and carries the folder', async (context) => {
    const place = createPlace();
    const bucket = await kind.make(place.root);
    context.after(async () => {
      await bucket.empty();
      place.remove();
    });
    const notes = join(place.root, 'laptop-files/Notes');
    const elsewhere = join(place.root, 'desktop-files/Notes');
    saveNotes(notes);
    await must(place, 'laptop', ['init', bucket.url, '--device', 'laptop'], bucket.env);
    await must(place, 'laptop', ['add', 'vault', notes], bucket.env);
    await must(place, 'laptop', ['sync'], bucket.env);

    const { running, made } = await waitingLink(place, bucket.env);
    assert.ok(made.hasCredentials);
    assert.deepEqual(
      (await bucket.store.list('links/')).objects.map(({ key }) => key),
      [`links/${made.id}`],
    );
    const args = joinBy(made, '--device', 'desktop', '--json');
    const joined = (await must(place, 'desktop', args, NOTHING)).json<{ encrypted: boolean }>();
    assert.ok(joined.encrypted);
    const ended = await running.ended;
    assert.equal(ended.exitCode, 0, ended.err);
    assert.deepEqual(eventsIn(ended.out).at(-1), { event: 'used' });
    assert.deepEqual((await bucket.store.list('links/')).objects, []);

    await must(place, 'desktop', ['attach', 'Notes', elsewhere], NOTHING);
    await must(place, 'desktop', ['sync'], NOTHING);
    assertSameTree(treeOf(elsewhere), treeOf(notes));
    const again = await place.run('tablet', joinBy(made), NOTHING);
    assertTells(again, 5, /used before, or taken back/);
  });
});

interface OnFakeS3 {
  readonly place: Place;
  readonly server: FakeS3;
}

async function onFakeS3(context: TestContext): Promise<OnFakeS3> {
  const place = createPlace({ env: CREDENTIALS });
  context.after(() => place.remove());
  mkdirSync(place.bucket);
  const server = await startFakeS3(context, bucketAt(place.bucket));
  await must(place, 'laptop', ['init', server.url, '--no-encryption', '--device', 'laptop']);
  return { place, server };
}

/** Joins, and is killed the moment it takes the link away: which happens, or is answered so instead. */
async function joinUntilTaken(
  { place, server }: OnFakeS3,
  made: Made,
  instead: Answer | undefined,
): Promise<void> {
  const joining = place.start('desktop', joinBy(made), NOTHING);
  server.trouble = async ({ operation, key }) => {
    if (operation !== 'delete' || !key.startsWith('links/')) return undefined;
    server.trouble = undefined;
    joining.process.kill('SIGKILL');
    return instead;
  };
  await joining.ended;
}

const linksAt = (place: Place): string[] => {
  const folder = join(place.bucket, 'links');
  return existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : [];
};

suite('a link', () => {
  test('lets the Satchel that is up look for the new device, whose saves come soon', async (context) => {
    const place = createPlace();
    context.after(() => place.remove());
    const [here, there] = [join(place.root, 'laptop-files'), join(place.root, 'desktop-files')];
    saveNotes(here);
    await must(place, 'laptop', ['init', place.bucket, '--no-encryption', '--device', 'laptop']);
    await must(place, 'laptop', ['add', 'vault', here, '--name', 'Notes']);
    const up = await startUp(place, 'laptop');
    context.after(() => up.kill());
    await must(place, 'laptop', ['sync']);
    const { running, made } = await waitingLink(place);
    await must(place, 'desktop', joinBy(made, '--device', 'desktop'));
    assert.equal((await running.ended).exitCode, 0);
    await must(place, 'desktop', ['attach', 'Notes', there]);
    await must(place, 'desktop', ['sync']);
    save(there, 'first.md', 'from the new device\n');
    await must(place, 'desktop', ['sync']);
    assert.equal(await textOnce(here, 'first.md'), 'from the new device\n');
  });

  test('is told to a person with its code and how to use it, and as a QR code', async (context) => {
    const { place } = await onFakeS3(context);
    const { out } = await must(place, 'laptop', ['link', '--no-wait']);
    assert.match(out, /satchel join satchel:[a-z2-7]+\n/);
    assert.match(out, /The code that it asks for: {2}[0-9A-Z]{4}-[0-9A-Z]{4}\n/);
    assert.match(out, /█▀▀▀█|█ ▄▄▄▄▄ █/);
  });

  test('that is mistyped, cut, or has a wrong code sets up nothing', async (context) => {
    const { place } = await onFakeS3(context);
    const made = await madeBy(place);
    const home = join(place.root, 'desktop');
    const cases = [
      [joinBy({ ...made, code: '0000-0000' }), 5, /The code is wrong/],
      [joinBy({ ...made, code: '12' }), 2, /eight letters and digits/],
      [joinBy({ ...made, link: made.link.slice(0, -2) }), 2, /no whole link/],
      [['join', made.link], 2, /code of the link is needed, and nobody is there/],
      [joinBy(made, '--passphrase-file', 'x'), 2, /needs no passphrase/],
      [['join', place.bucket, '--code', made.code], 2, /Only a link has a code/],
    ] as const;
    for (const [args, exitCode, message] of cases) {
      assertTells(await place.run('desktop', args, NOTHING), exitCode, message);
      assert.ok(!existsSync(join(home, 'settings.json')));
    }
    assert.deepEqual(linksAt(place), [made.id]);
    await must(place, 'desktop', joinBy(made), NOTHING);
  });

  test('is taken back by Ctrl-C, and outlives a maker that is killed', async (context) => {
    const { place } = await onFakeS3(context);
    const first = await waitingLink(place);
    first.running.process.kill('SIGINT');
    const ended = await first.running.ended;
    assert.equal(ended.exitCode, 0, ended.err);
    assert.deepEqual(eventsIn(ended.out).at(-1), { event: 'taken back' });
    assertTells(await place.run('desktop', joinBy(first.made), NOTHING), 5, /taken back/);

    const second = await waitingLink(place);
    second.running.process.kill('SIGKILL');
    await once(second.running.process, 'close');
    await must(place, 'desktop', joinBy(second.made), NOTHING);
    assert.deepEqual(linksAt(place), []);
  });

  test('lives 15 minutes by the clock of the server, whatever that of the devices', async (context) => {
    const { place, server } = await onFakeS3(context);
    const ahead = clockShiftedBy(3 * HOUR_MS);
    const made = await madeBy(place, ahead);
    const lifeMs = Date.parse(made.until) - Date.now();
    assert.ok(lifeMs > 10 * 60_000 && lifeMs < 16 * 60_000, `${lifeMs} ms`);
    await must(place, 'desktop', joinBy(made), { ...NOTHING, ...clockShiftedBy(-3 * HOUR_MS) });

    const late = await madeBy(place);
    server.aheadMs = 16 * 60_000;
    const right = { ...NOTHING, ...clockShiftedBy(0) };
    assertTells(await place.run('tablet', joinBy(late), right), 5, /The link died at/);
    assert.deepEqual(linksAt(place), [], 'what was left of it is gone');
  });

  test('whose maker was killed is swept by its next round, once it is dead', async (context) => {
    const { place, server } = await onFakeS3(context);
    await madeBy(place);
    await must(place, 'laptop', ['sync']);
    assert.equal(linksAt(place).length, 1);
    server.aheadMs = 16 * 60_000;
    await must(place, 'laptop', ['sync']);
    assert.deepEqual(linksAt(place), []);
  });

  test('a device that dies before it has taken the link away can use it again', async (context) => {
    const { place, server } = await onFakeS3(context);
    const made = await madeBy(place);
    await joinUntilTaken({ place, server }, made, (_request, response) => response.destroy());
    assert.ok(!existsSync(join(place.root, 'desktop/settings.json')));
    assert.deepEqual(linksAt(place), [made.id]);
    await must(place, 'desktop', joinBy(made), NOTHING);
  });

  test('a device that dies after it has taken the link away takes a new one', async (context) => {
    const { place, server } = await onFakeS3(context);
    const made = await madeBy(place);
    await joinUntilTaken({ place, server }, made, undefined);
    assertTells(await place.run('desktop', joinBy(made), NOTHING), 5, /used before/);
    await must(place, 'desktop', joinBy(await madeBy(place)), NOTHING);
  });

  test('gets a device in that may not delete, and says that it still works', async (context) => {
    const { place, server } = await onFakeS3(context);
    const made = await madeBy(place);
    server.forbidden.add('delete');
    const ran = await place.run('desktop', joinBy(made), NOTHING);
    assertTells(ran, 0, /could not be taken out of the bucket/);
  });

  test('without credentials leaves the way in to the other device', async (context) => {
    const { place } = await onFakeS3(context);
    const args = ['link', '--no-wait', '--no-credentials', '--json'];
    const made = (await must(place, 'laptop', args)).json<Made>();
    assert.ok(!made.hasCredentials);
    assert.notEqual((await place.run('desktop', joinBy(made), NOTHING)).exitCode, 0);
    await must(place, 'desktop', joinBy(made), CREDENTIALS);
  });

  test('stays behind when the repository moves', async (context) => {
    const { place } = await onFakeS3(context);
    await madeBy(place);
    const to = join(place.root, 'new-bucket');
    await must(place, 'laptop', ['move', to]);
    assert.ok(existsSync(join(to, 'satchel.json')));
    assert.ok(!existsSync(join(to, 'links')));
  });
});
