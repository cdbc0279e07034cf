/** A home whose replica takes no writes, as on a full disk: it goes on, and so does the daemon. */
import assert from 'node:assert/strict';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test } from 'node:test';
import { type HomeBench, openHomeBench, startHost } from '../../test/support/home-bench.ts';
import { replicaPath } from '../app/home.ts';
import type { HomeHost } from './host.ts';

const DAY_AND_MORE_MS = 25 * 60 * 60 * 1000;

/** From now on the replica refuses to note the facts for which the condition, of SQL, holds. */
function refuse(bench: HomeBench, condition: string): void {
  change(
    bench,
    `CREATE TRIGGER refuse BEFORE INSERT ON meta WHEN ${condition}
     BEGIN SELECT RAISE(ABORT, 'made up: no room'); END`,
  );
}

function allow(bench: HomeBench): void {
  change(bench, 'DROP TRIGGER refuse');
}

function change(bench: HomeBench, sql: string): void {
  const db = new DatabaseSync(replicaPath(bench.home), { timeout: 10_000 });
  db.exec(sql);
  db.close();
}

function notified(bench: HomeBench): unknown {
  const db = new DatabaseSync(replicaPath(bench.home), { readOnly: true });
  const row = db.prepare("SELECT value FROM meta WHERE name = 'notified'").get();
  db.close();
  return row?.value;
}

function textLog(bench: HomeBench): string {
  return readFileSync(join(bench.home, 'log/satchel.log'), 'utf8');
}

async function failForADay(bench: HomeBench, host: HomeHost): Promise<void> {
  await bench.clock.until(
    'a failure',
    () => host.status().state === 'offline' || host.status().state === 'attention',
    1_000,
  );
  bench.clock.jump(DAY_AND_MORE_MS);
  await bench.clock.live(15 * 60_000, 10_000);
}

async function untilSent(bench: HomeBench, host: HomeHost): Promise<void> {
  host.retry();
  await bench.clock.until('what was saved sent', () => {
    const { state, collections } = host.status();
    const isSent = collections.every(({ records, pending }) => records === 1 && pending === 0);
    return state === 'connected' && isSent;
  });
}

suite('a replica that refuses writes', () => {
  test('what was told and cannot be noted is told once, and noted later', async (context) => {
    const bench = await openHomeBench(context);
    const host = await startHost(bench);
    refuse(bench, "NEW.name = 'notified'");
    renameSync(bench.bucket, `${bench.bucket}-away`);
    writeFileSync(join(bench.notes, 'late.md'), 'late\n');
    await failForADay(bench, host);
    assert.deepEqual(bench.shown, ['No contact for a day']);
    assert.equal(textLog(bench).match(/made up: no room/g)?.length, 1);
    assert.equal(notified(bench), undefined);
    allow(bench);
    await bench.clock.until('the note', () => notified(bench) === '["no-contact"]', 1_000);
    assert.deepEqual(bench.shown, ['No contact for a day']);
    renameSync(`${bench.bucket}-away`, bench.bucket);
    await untilSent(bench, host);
  });

  test('a home that cannot go on because of it is tried again', async (context) => {
    const bench = await openHomeBench(context);
    const host = await startHost(bench);
    refuse(bench, 'true');
    writeFileSync(join(bench.notes, 'late.md'), 'late\n');
    await failForADay(bench, host);
    assert.deepEqual(bench.shown, ['No contact for a day']);
    assert.match(host.status().reason ?? '', /made up: no room/i);
    allow(bench);
    await untilSent(bench, host);
  });
});
