/** The text log of a home. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { createManualClock } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { openTextLog } from './log.ts';

const clock = createManualClock(Date.UTC(2027, 0, 1));

function never(error: unknown): void {
  throw error;
}

suite('the text log', () => {
  test('keeps so many files of such a size, the newest lines always among them', () => {
    const folder = join(temporaryFolder('log'), 'log');
    const bounds = { fileBytes: 500, files: 3 };
    for (let run = 0; run < 4; run += 1) {
      // A daemon that starts again goes on in the file that is there.
      const log = openTextLog(folder, clock, never, bounds);
      for (let line = 0; line < 10; line += 1) log.write('info', `run ${run}, line ${line}`);
    }
    const names = readdirSync(folder).sort();
    assert.deepEqual(names, ['satchel.log', 'satchel.log.1', 'satchel.log.2']);
    for (const name of names) assert.ok(statSync(join(folder, name)).size <= 500, name);
    const lines = names
      .reverse()
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
    assert.match(lines.at(-1) ?? '', /^2027-01-01T00:00:00\.000Z info {4}run 3, line 9$/);
    const numbers = lines.map(
      (line) => Number(/run (\d)/.exec(line)?.[1]) * 10 + Number(line.at(-1)),
    );
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
    );
  });

  test('is for its owner alone, and no name in it makes a line of its own', () => {
    const folder = join(temporaryFolder('log'), 'log');
    openTextLog(folder, clock, never).write('warning', 'a\n2027 info forged\u001b[2J');
    const path = join(folder, 'satchel.log');
    assert.equal(statSync(path).mode & 0o077, 0);
    assert.equal(statSync(folder).mode & 0o077, 0);
    const text = readFileSync(path, 'utf8');
    assert.equal(text.split('\n').length, 2);
    assert.ok(text.includes('a\\n2027 info forged\\u001b[2J'), text);
  });

  test('that cannot be written says so once, and goes on when it can', () => {
    const root = temporaryFolder('log');
    const folder = join(root, 'log');
    writeFileSync(folder, 'in the way');
    const troubles: unknown[] = [];
    const log = openTextLog(folder, clock, (error) => troubles.push(error));
    log.write('info', 'one');
    log.write('info', 'two');
    assert.equal(troubles.length, 1);
    rmSync(folder);
    log.write('info', 'three');
    assert.match(readFileSync(join(folder, 'satchel.log'), 'utf8'), /three/);
  });
});
