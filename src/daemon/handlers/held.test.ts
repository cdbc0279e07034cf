/** Held deletions over the API, on a real home with a folder for a bucket. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { checkAnswers } from '../../../test/support/checked-handlers.ts';
import { ASKER, type DaemonBench, openDaemonBench } from '../../../test/support/daemon-bench.ts';
import { isErrorKind } from '../../base/errors.ts';
import { HANDLERS } from '../handlers.ts';

const FILES = 60;
const { held, decideHeld, sync } = checkAnswers(HANDLERS);

/** A folder from which most files were deleted at once, which the guard has noticed. */
async function openHeld(context: TestContext): Promise<DaemonBench> {
  const bench = await openDaemonBench(context);
  const { daemon, notes } = bench;
  for (let number = 0; number < FILES; number += 1) {
    writeFileSync(join(notes, `${String(number).padStart(2, '0')}.md`), `note ${number}\n`);
  }
  await sync(daemon, {}, ASKER);
  for (const name of readdirSync(notes)) if (name.endsWith('.md')) rmSync(join(notes, name));
  await sync(daemon, {}, ASKER);
  return bench;
}

suite('held deletions over the API', () => {
  test('S8: what would go is listed in order, and nothing waits before', async (context) => {
    const { daemon } = await openDaemonBench(context);
    assert.deepEqual(await held(daemon, {}, ASKER), []);
    const bench = await openHeld(context);
    const [only, ...others] = await held(bench.daemon, {}, ASKER);
    assert.deepEqual(others, []);
    assert.equal(only?.collection, 'Notes');
    assert.equal(only?.direction, 'out');
    assert.equal(only?.paths.length, FILES);
    assert.deepEqual(only?.paths.slice(0, 2), ['00.md', '01.md']);
  });

  test('S8: rejected, the files are back; what nobody holds is not decided', async (context) => {
    const { daemon, notes } = await openHeld(context);
    const decision = { collection: 'Notes', direction: 'out', decision: 'reject' } as const;
    await assert.rejects(decideHeld(daemon, { ...decision, direction: 'in' }, ASKER), (error) =>
      isErrorKind(error, 'usage'),
    );
    await assert.rejects(decideHeld(daemon, { ...decision, collection: 'Other' }, ASKER), (error) =>
      isErrorKind(error, 'usage'),
    );
    assert.equal((await held(daemon, {}, ASKER)).length, 1, 'neither decided anything');
    const outcome = await decideHeld(daemon, decision, ASKER);
    assert.deepEqual(outcome, {
      collection: 'Notes',
      direction: 'out',
      count: FILES,
      isCarriedOut: true,
      failed: [],
    });
    assert.equal(existsSync(join(notes, '00.md')), true);
    assert.deepEqual(await held(daemon, {}, ASKER), []);
    // A second window that decides the same comes too late, and is told.
    await assert.rejects(decideHeld(daemon, { ...decision, decision: 'approve' }, ASKER), (error) =>
      isErrorKind(error, 'usage'),
    );
    assert.equal(existsSync(join(notes, '00.md')), true);
  });

  test('S8: approved, they go; what came back to the folder meanwhile stays', async (context) => {
    const { daemon, notes } = await openHeld(context);
    writeFileSync(join(notes, '07.md'), 'needed after all\n');
    const decision = { collection: 'Notes', direction: 'out', decision: 'approve' } as const;
    const { count } = await decideHeld(daemon, decision, ASKER);
    assert.equal(count, FILES - 1);
    const { collections } = await sync(daemon, {}, ASKER);
    assert.equal(collections[0]?.held, 0);
    assert.deepEqual(
      readdirSync(notes).filter((name) => name.endsWith('.md')),
      ['07.md'],
    );
    assert.deepEqual(await held(daemon, {}, ASKER), []);
  });

  test('S8: what joins after a person looked is not decided with what they saw', async (context) => {
    const bench = await openDaemonBench(context);
    const { daemon, notes } = bench;
    for (let number = 0; number < FILES; number += 1) {
      writeFileSync(join(notes, `${number}.md`), `note ${number}\n`);
    }
    const remove = async (from: number, to: number): Promise<void> => {
      for (let number = from; number < to; number += 1) rmSync(join(notes, `${number}.md`));
      await sync(daemon, {}, ASKER);
    };
    await sync(daemon, {}, ASKER);
    await remove(0, 40);
    const [seen] = await held(daemon, {}, ASKER);
    assert.equal(seen?.paths.length, 40);
    await remove(40, 50);
    const decision = { collection: 'Notes', direction: 'out' } as const;
    for (const way of ['approve', 'reject'] as const) {
      const decided = decideHeld(daemon, { ...decision, state: seen.state, decision: way }, ASKER);
      await assert.rejects(decided, (error) => isErrorKind(error, 'attention'), way);
    }
    const [now] = await held(daemon, {}, ASKER);
    assert.equal(now?.paths.length, 50, 'nothing was decided');
    const approved = { ...decision, state: now.state, decision: 'approve' } as const;
    assert.equal((await decideHeld(daemon, approved, ASKER)).count, 50);
  });
});
