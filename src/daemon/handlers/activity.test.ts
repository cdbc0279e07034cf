/** What the devices did, and how well this one keeps up, over the API. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { checkAnswers } from '../../../test/support/checked-handlers.ts';
import { ASKER, openDaemonBench } from '../../../test/support/daemon-bench.ts';
import { isErrorKind } from '../../base/errors.ts';
import { HANDLERS } from '../handlers.ts';

const { activity, performance, sync, attachFiles } = checkAnswers(HANDLERS);

suite('activity over the API', () => {
  test('saves that came together are one entry; a collection is named, a moment bounds', async (context) => {
    const { daemon, notes } = await openDaemonBench(context);
    const all = { limit: 50 };
    assert.deepEqual(await activity(daemon, all, ASKER), { entries: [], next: null });
    for (const name of ['a.md', 'b.md', 'c.md', 'd.md']) writeFileSync(join(notes, name), name);
    await sync(daemon, {}, ASKER);
    rmSync(join(notes, 'd.md'));
    await sync(daemon, {}, ASKER);

    const { entries, next } = await activity(daemon, { ...all, collection: 'Notes' }, ASKER);
    assert.equal(entries.length, 1);
    assert.equal(next, null);
    const [entry] = entries;
    assert.deepEqual(
      [entry?.device, entry?.collection, entry?.written, entry?.deleted, entry?.paths.length],
      ['laptop', 'Notes', 3, 1, 3],
    );
    const before = '2026-01-01T00:00:00.000Z';
    assert.deepEqual((await activity(daemon, { ...all, before }, ASKER)).entries, []);
    // One commit is looked at: there is more before it.
    assert.notEqual((await activity(daemon, { limit: 1 }, ASKER)).next, null);
    await assert.rejects(activity(daemon, { ...all, collection: 'Other' }, ASKER), (error) =>
      isErrorKind(error, 'usage'),
    );
  });

  test('saves of an editor count on the day on which they were made', async (context) => {
    const { daemon } = await openDaemonBench(context);
    const page = { path: 'page.md', content: 'with a picture' };
    const files = [{ path: 'picture.txt', content: 'of a boat' }];
    await attachFiles(daemon, { collection: 'Notes', page, files }, ASKER);
    await sync(daemon, {}, ASKER);
    const { days } = await performance(daemon, { days: 2 }, ASKER);
    const own = days.filter(({ self }) => self);
    assert.ok(own.length > 0);
    assert.ok(own.every(({ device }) => device === 'laptop'));
    assert.equal(
      own.reduce((sum, { saves }) => sum + saves, 0),
      (await activity(daemon, { limit: 50 }, ASKER)).entries.reduce(
        (sum, one) => sum + one.written,
        0,
      ),
    );
    assert.ok(own.some(({ publishP50Ms, bytesUp }) => publishP50Ms !== null && bytesUp !== null));
  });
});
