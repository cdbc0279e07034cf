/** What the crash loop judges by: its traces, its tally, and its ledger. */
import assert from 'node:assert/strict';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Shot } from './support/crash-loop-kill.ts';
import { createLedger } from './support/crash-loop-ledger.ts';
import { tallyLines, tallyOf } from './support/crash-loop-tally.ts';
import {
  encodeRecord,
  lastMoment,
  type Phase,
  phaseOfPath,
  phaseOfRequest,
  readTrace,
  workDone,
} from './support/crash-loop-trace.ts';
import { temporaryFolder } from './support/temporary.ts';
import { hashOf } from './support/trees.ts';

suite('a trace', () => {
  test('tells how much was done and what was under way, even where it is cut off', () => {
    const trace = join(temporaryFolder('trace'), 'trace');
    assert.equal(workDone(trace), 0);
    assert.deepEqual(lastMoment(readTrace(trace)), { underWay: [], last: undefined });
    const notes: readonly (readonly [isBegin: boolean, step: number, phase: Phase])[] = [
      [true, 1, 'replica'],
      [false, 1, 'replica'],
      [true, 2, 'temporary object'],
      [true, 3, 'blob'],
      [false, 2, 'temporary object'],
    ];
    for (const [isBegin, step, phase] of notes) {
      appendFileSync(trace, encodeRecord({ isBegin, step, phase }));
    }
    appendFileSync(trace, encodeRecord({ isBegin: true, step: 4, phase: 'head' }).slice(0, 20));
    assert.equal(workDone(trace), 5);
    assert.deepEqual(lastMoment(readTrace(trace)), {
      underWay: ['blob'],
      last: 'temporary object',
    });
  });

  test('knows the phase of a path and of a request', () => {
    const home = '/x/laptop';
    const paths: readonly (readonly [path: string, phase: Phase])[] = [
      ['/x/laptop/settings.json', 'home'],
      ['/x/laptop-files/.satchel/tmp/abc.new', 'staging'],
      ['/x/laptop-files/.satchel/tmp/abc.move', 'hop'],
      ['/x/laptop-files/.satchel/trash/2026-03-09/a.md', 'trash'],
      ['/x/laptop-files/Journal/a.md', 'folder'],
      ['/x/bucket/.satchel-tmp/00ff', 'temporary object'],
      ['/x/bucket/heads/abc', 'head'],
      ['/x/bucket/blobs/ab', 'blob'],
    ];
    for (const [path, phase] of paths) assert.equal(phaseOfPath(path, { home }), phase, path);
    assert.equal(phaseOfRequest('/bucket/test-1/segments/a/b?x-id=PutObject'), 'segment');
    assert.equal(phaseOfRequest('/bucket?list-type=2&prefix=test-1%2Fheads%2F'), 'list');
    assert.equal(phaseOfRequest('/bucket/something'), 'other');
  });
});

test('a tally tells kills at work from kills that came too late', () => {
  const shot = (
    wasKilled: boolean,
    underWay: readonly Phase[],
    last: Phase | undefined,
    command = 'sync',
  ): Shot => ({
    command,
    device: 'laptop',
    wasKilled,
    wasAtAim: false,
    moment: { underWay, last },
    records: last === undefined ? 0 : 1,
    ran: { exitCode: wasKilled ? null : 0, out: '', err: '', json: () => JSON.parse('') },
  });
  const tally = tallyOf([
    shot(true, ['blob', 'head'], 'head'),
    shot(true, [], 'head'),
    shot(true, [], undefined),
    shot(false, ['replica'], 'replica'),
    shot(true, [], 'list', 'watch'),
    { ...shot(true, [], 'list', 'watch'), wasAtAim: true },
  ]);
  const total = { command: 'all', aimed: 6, killed: 5, atWork: 3, inMidStep: 1 };
  assert.deepEqual(tally.total, total);
  assert.deepEqual(tally.byPhase, [
    { phase: 'head', during: 1, after: 1 },
    { phase: 'blob', during: 1, after: 0 },
    { phase: 'list', during: 0, after: 2 },
  ]);
  assert.match(tallyLines(tally).join('\n'), /^sync +4 +3 +2 +1$/m);
});

test('a ledger lets go only of what its person gave up before it was taken in', () => {
  const folder = temporaryFolder('ledger');
  const ledger = createLedger();
  const hashes = ['draft', 'kept', 'taken'].map((text) => hashOf(Buffer.from(text)));
  const [draft = '', kept = '', taken = ''] = hashes;
  for (const hash of hashes) ledger.saved('laptop', hash, 'a.md');
  ledger.gaveUp('laptop', draft);
  // What somebody else deletes had come to them through the bucket.
  ledger.gaveUp('desktop', kept);
  writeFileSync(join(folder, 'a.md'), 'taken');
  ledger.takenIn('laptop', folder);
  rmSync(join(folder, 'a.md'));
  ledger.gaveUp('laptop', taken);
  assert.deepEqual([...ledger.owed().keys()].sort(), [kept, taken].sort());
});

test('a ledger knows what has to be a file, for nobody put an end to it', () => {
  const folder = temporaryFolder('ledger');
  const ledger = createLedger();
  const hashes = ['one', 'two', 'three'].map((text) => hashOf(Buffer.from(text)));
  const [one = '', two = '', three = ''] = hashes;
  for (const hash of hashes) ledger.saved('laptop', hash, 'a.md');
  ledger.gaveUp('desktop', one);
  assert.deepEqual([...ledger.untouched().keys()].sort(), [two, three].sort());
  writeFileSync(join(folder, 'a.md'), 'two');
  ledger.settle(folder);
  assert.deepEqual([...ledger.untouched().keys()], [two]);
});
