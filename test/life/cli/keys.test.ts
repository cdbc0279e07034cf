/** What opens the repository, managed from the command line, and where a device keeps its key. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import type { KeySlotInfo } from '../../../src/api/keys.ts';
import { fromBase64, toHex } from '../../../src/base/bytes.ts';
import { assertTells } from '../../support/pair.ts';
import { createPlace, filesOf, type Place, type Ran } from '../../support/satchel.ts';

const NEW_PASSPHRASE = 'another passphrase for tests';

interface Bench {
  readonly place: Place;
  readonly recoveryKey: string;
  must(device: string, args: readonly string[], env?: Record<string, string>): Promise<Ran>;
  slots(): Promise<readonly KeySlotInfo[]>;
}

/** A repository with the device `laptop`. */
async function bench(context: TestContext, ...more: string[]): Promise<Bench> {
  const place = createPlace();
  context.after(() => place.remove());
  const must: Bench['must'] = async (device, args, env) => {
    const ran = await place.run(device, args, env);
    assert.equal(ran.exitCode, 0, `${device}: ${args.join(' ')}\n${ran.out}${ran.err}`);
    return ran;
  };
  const init = ['init', place.bucket, '--device', 'laptop', '--json', ...more];
  const { recoveryKey } = (await must('laptop', init)).json<{ readonly recoveryKey: string }>();
  const slots = async () =>
    (await must('laptop', ['keys', 'list', '--json'])).json<readonly KeySlotInfo[]>();
  return { place, recoveryKey, must, slots };
}

const joins = (place: Place, device: string, passphrase: string): Promise<Ran> =>
  place.run(device, ['join', place.bucket, '--device', device], { SATCHEL_PASSPHRASE: passphrase });

suite('satchel keys', () => {
  test('a passphrase is added, named, listed and removed', async (context) => {
    const { place, must, slots } = await bench(context);
    assert.deepEqual(
      (await slots()).map(({ kind, opens }) => [kind, opens]),
      [
        ['passphrase', 'everything'],
        ['recovery', 'everything'],
      ],
    );
    const file = join(place.root, 'new-passphrase');
    writeFileSync(file, `${NEW_PASSPHRASE}\n`);
    await must('laptop', ['keys', 'add', '--name', 'for the tablet', '--passphrase-file', file]);
    assert.equal((await joins(place, 'tablet', NEW_PASSPHRASE)).exitCode, 0);
    assert.match((await must('laptop', ['keys'])).out, /passphrase +for the tablet +just now/);

    const added = (await slots()).find(({ name }) => name === 'for the tablet');
    assert.ok(added);
    const removed = await must('laptop', ['keys', 'remove', added.id.slice(0, 6)]);
    assert.match(removed.err, /still has that key/);
    assertTells(await joins(place, 'phone', NEW_PASSPHRASE), 5, /passphrase is wrong/);
    // A device that joined with it has the key itself.
    await must('tablet', ['sync']);
  });

  test('the passphrase is changed by adding one in place of the others', async (context) => {
    const { place, must, slots } = await bench(context);
    const env = { SATCHEL_NEW_PASSPHRASE: NEW_PASSPHRASE };
    await must('laptop', ['keys', 'add', '--replace'], env);
    assert.equal((await slots()).length, 2);
    assertTells(await joins(place, 'phone', 'a passphrase for tests only'), 5, /is wrong/);
    assert.equal((await joins(place, 'phone', NEW_PASSPHRASE)).exitCode, 0);
  });

  test('a new recovery key replaces the old one once it was shown, or stands beside it', async (context) => {
    const { place, recoveryKey, must, slots } = await bench(context);
    const shown = await must('laptop', ['keys', 'recovery']);
    const [fresh = ''] = /(?:[A-Z2-7]{4}-){8}[A-Z2-7]{4}/.exec(shown.out) ?? [];
    assert.match(shown.out, /It replaces 1 earlier recovery key/);
    assertTells(await joins(place, 'phone', recoveryKey), 5, /is wrong/);
    assert.equal((await joins(place, 'phone', fresh)).exitCode, 0);

    await must('laptop', ['keys', 'recovery', '--keep-old']);
    assert.equal((await slots()).filter(({ kind }) => kind === 'recovery').length, 2);
    assert.equal((await joins(place, 'tablet', fresh)).exitCode, 0);
  });

  test('a slot that has to stay is not removed, and what is none is told', async (context) => {
    const { place, slots } = await bench(context);
    const run = (...args: string[]) => place.run('laptop', ['keys', ...args]);
    const [passphrase, recovery] = await slots();
    assert.ok(passphrase && recovery);
    assertTells(await run('remove', recovery.id), 2, /slot of a recovery key/);
    assertTells(await run('remove', 'nonsense'), 2, /no key slot "nonsense"/);
    renameSync(join(place.bucket, 'keys', recovery.id), join(place.root, 'gone'));
    assertTells(await run('remove', passphrase.id), 2, /last slot that opens/);
    assert.deepEqual(
      (await slots()).map(({ id }) => id),
      [passphrase.id],
    );
  });

  test('one device removes a slot while another adds one, in either order', async (context) => {
    for (const first of ['add', 'remove']) {
      const { place, must, slots } = await bench(context);
      await must('desktop', ['join', place.bucket, '--device', 'desktop']);
      const [old] = await slots();
      assert.ok(old);
      const env = { SATCHEL_NEW_PASSPHRASE: NEW_PASSPHRASE };
      const add = () => must('desktop', ['keys', 'add'], env);
      const remove = () => must('laptop', ['keys', 'remove', old.id]);
      for (const step of first === 'add' ? [add, remove] : [remove, add]) await step();
      assert.deepEqual((await slots()).map(({ kind }) => kind).sort(), ['passphrase', 'recovery']);
      assert.equal((await joins(place, 'phone', NEW_PASSPHRASE)).exitCode, 0);
      assertTells(await joins(place, 'tablet', 'a passphrase for tests only'), 5, /is wrong/);
    }
  });

  test('devices that remove the last two passphrases at once leave a way in', async (context) => {
    const { place, recoveryKey, must, slots } = await bench(context);
    await must('desktop', ['join', place.bucket, '--device', 'desktop']);
    await must('desktop', ['keys', 'add'], { SATCHEL_NEW_PASSPHRASE: NEW_PASSPHRASE });
    const [one, two] = (await slots()).filter(({ kind }) => kind === 'passphrase');
    assert.ok(one && two);
    await Promise.all([
      must('laptop', ['keys', 'remove', one.id]),
      must('desktop', ['keys', 'remove', two.id]),
    ]);
    assert.deepEqual(
      (await slots()).map(({ kind }) => kind),
      ['recovery'],
    );
    assert.equal((await joins(place, 'phone', recoveryKey)).exitCode, 0);
  });

  test('a repository without encryption has none', async (context) => {
    const { place } = await bench(context, '--no-encryption');
    assertTells(await place.run('laptop', ['keys', 'list']), 2, /not encrypted/);
  });
});

suite('the key on a device', () => {
  test('it is in a file that only its owner reads, and status says so', async (context) => {
    const { place, must } = await bench(context);
    const home = join(place.root, 'laptop');
    assert.equal(statSync(join(home, 'key.json')).mode & 0o777, 0o600);
    assert.equal(statSync(home).mode & 0o777, 0o700);
    assert.match((await must('laptop', ['status'])).out, /^Key +in key\.json \(only you/m);
    const status = (await must('laptop', ['status', '--json'])).json<Record<string, unknown>>();
    assert.deepEqual([status.repositoryKey, status.needsKey], ['file', false]);
  });

  test('one that is lost is said so, and is had back with the passphrase', async (context) => {
    const { place, must, recoveryKey } = await bench(context);
    const key = join(place.root, 'laptop/key.json');
    const before = readFileSync(key, 'utf8');
    for (const spoil of [() => renameSync(key, `${key}.lost`), () => writeFileSync(key, '{')]) {
      spoil();
      assertTells(
        await place.run('laptop', ['sync']),
        5,
        /key in .*key\.json is (missing|damaged)/,
      );
      await must('laptop', ['log']);
      const wrong = await place.run('laptop', ['keys', 'unlock'], { SATCHEL_PASSPHRASE: 'not it' });
      assertTells(wrong, 5, /passphrase is wrong/);
      await must('laptop', ['keys', 'unlock'], { SATCHEL_PASSPHRASE: recoveryKey });
      await must('laptop', ['sync']);
      assert.equal(readFileSync(key, 'utf8'), before);
    }
    renameSync(key, `${key}.lost`);
    assert.match((await must('laptop', ['status'])).out, /^Key +MISSING/m);
  });

  test('--session-only keeps no secret, and asks where the bucket is needed', async (context) => {
    const { place, must } = await bench(context);
    const { root } = JSON.parse(readFileSync(join(place.root, 'laptop/key.json'), 'utf8'));
    const join_ = ['join', place.bucket, '--device', 'desk', '--session-only'];
    await must('desk', join_);
    const notes = join(place.root, 'desk-files/Notes');
    mkdirSync(notes, { recursive: true });
    writeFileSync(join(notes, 'a.md'), 'of the desk\n');
    await must('desk', ['add', 'vault', notes]);
    await must('desk', ['sync']);
    assert.deepEqual(secretsIn(join(place.root, 'desk'), root), []);

    const nobody = { SATCHEL_PASSPHRASE: undefined };
    for (const args of [['status'], ['log'], ['devices']]) {
      assert.equal((await place.run('desk', args, nobody)).exitCode, 0, args.join(' '));
    }
    assert.match((await place.run('desk', ['status'], nobody)).out, /^Key +asked for each time/m);
    assertTells(await place.run('desk', ['sync'], nobody), 2, /no terminal to ask/);
    const wrong = await place.run('desk', ['sync'], { SATCHEL_PASSPHRASE: 'not it' });
    assertTells(wrong, 5, /passphrase is wrong/);
    assertTells(await place.run('desk', ['keys', 'unlock']), 2, /keeps no key/);

    // What was kept on the laptop is the same key: both go on together.
    const there = join(place.root, 'laptop-files/Notes');
    await must('laptop', ['attach', 'Notes', there]);
    await must('laptop', ['sync']);
    assert.deepEqual(filesOf(there), { 'a.md': 'of the desk\n' });
  });

  test('--session-only at init keeps no secret either', async (context) => {
    const { place, must } = await bench(context, '--session-only');
    assert.deepEqual(
      readdirSync(join(place.root, 'laptop')).filter((name) => /key|secret/.test(name)),
      [],
    );
    await must('laptop', ['keys', 'recovery']);
    await must('laptop', ['sync']);
  });

  test('a home that others could read is closed to them', async (context) => {
    const { place, must } = await bench(context);
    const home = join(place.root, 'laptop');
    chmodSync(home, 0o755);
    await must('laptop', ['keys', 'unlock']);
    assert.equal(statSync(home).mode & 0o777, 0o700);
  });
});

/** The files of a home that hold the root in any spelling. */
function secretsIn(home: string, rootBase64: string): string[] {
  const root = fromBase64(rootBase64);
  const spellings = [Buffer.from(root), Buffer.from(rootBase64), Buffer.from(toHex(root))];
  return readdirSync(home).filter((name) => {
    const bytes = readFileSync(join(home, name));
    return spellings.some((spelling) => bytes.includes(spelling));
  });
}
