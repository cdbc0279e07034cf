/** `npm run tour`, as a person takes it. It compares the folders itself. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { contentsOf, differences } from '../../scripts/tour/folders.ts';

const TOUR = join(import.meta.dirname, '../../scripts/tour.ts');

function emptyFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'satchel-tour-test-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Tour {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param stopAt sends Ctrl-C, once, as soon as this was printed. */
async function takeTour(
  temporary: string,
  args: readonly string[],
  stopAt?: string,
): Promise<Tour> {
  const child = spawn(process.execPath, [TOUR, ...args], {
    env: { ...process.env, TMPDIR: temporary, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let isStopped = false;
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
    if (isStopped || stopAt === undefined || !stdout.includes(stopAt)) return;
    // A second one could meet the program on its way out, with nobody left to hear it.
    isStopped = true;
    child.kill('SIGINT');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

suite('the tour', () => {
  test('takes its own notes across, ends well, and leaves nothing behind', async (context) => {
    const temporary = emptyFolder(context);
    const { code, stdout, stderr } = await takeTour(temporary, []);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, '');
    assert.equal(stdout.match(/both folders are equal/g)?.length, 5);
    assert.match(stdout, /Both texts are on both devices now/);
    assert.match(stdout, /The recipe is back on both devices/);
    assert.match(stdout, /Together +\d+ +\d+ +\d+/);
    assert.doesNotMatch(stdout, /\x1b/, 'NO_COLOR is honoured');
    assert.deepEqual(readdirSync(temporary), []);
  });

  test('works on a copy of a folder, in a bucket that a person names', async (context) => {
    const temporary = emptyFolder(context);
    const notes = emptyFolder(context);
    const bucket = emptyFolder(context);
    mkdirSync(join(notes, 'Projects/Empty'), { recursive: true });
    writeFileSync(join(notes, 'Projects/One.md'), '# One\n');
    writeFileSync(join(notes, 'Projects/Scan.pdf'), new Uint8Array(50_000).fill(7));
    // A folder that is attached to a real Satchel, and a file that is never carried.
    mkdirSync(join(notes, '.satchel'));
    writeFileSync(join(notes, '.satchel/attached.json'), '{"format":1}');
    writeFileSync(join(notes, '.DS_Store'), 'not carried');
    const before = await contentsOf(notes);

    const { code, stdout, stderr } = await takeTour(temporary, [notes, '--bucket', bucket]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /"Projects" to "Projects \(renamed\)"/);
    assert.deepEqual(differences(await contentsOf(notes), before), []);
    assert.equal(readFileSync(join(notes, '.satchel/attached.json'), 'utf8'), '{"format":1}');
    assert.deepEqual(readdirSync(bucket), []);
    assert.deepEqual(readdirSync(temporary), []);
  });

  test('stopped by Ctrl-C it still removes what it made', async (context) => {
    const temporary = emptyFolder(context);
    const bucket = emptyFolder(context);
    const { code, stdout } = await takeTour(temporary, ['--bucket', bucket], 'Work on both sides');
    assert.equal(code, 130);
    assert.doesNotMatch(stdout, /An old version/);
    assert.deepEqual(readdirSync(bucket), []);
    assert.deepEqual(readdirSync(temporary), []);
  });

  test('notices every difference between two folders', async (context) => {
    const [a, b] = [emptyFolder(context), emptyFolder(context)];
    for (const folder of [a, b]) {
      writeFileSync(join(folder, 'same'), 'same');
      writeFileSync(join(folder, 'run'), 'same', { mode: folder === a ? 0o755 : 0o644 });
      writeFileSync(join(folder, 'text'), folder === a ? 'one' : 'two');
      mkdirSync(join(folder, folder === a ? 'only here' : 'only there'));
    }
    const found = differences(await contentsOf(a), await contentsOf(b));
    assert.deepEqual(
      found.map((line) => line.split(':')[0]),
      ['only here', 'only there', 'run', 'text'],
    );
  });

  const wrong: readonly [string, readonly string[], RegExp][] = [
    ['a folder that is not there', ['/nowhere/at/all'], /there is no folder \/nowhere\/at\/all/],
    ['a bucket that is none', ['--bucket', 'ftp://host'], /no kind of bucket/],
    ['an option that it does not know', ['--fast'], /--fast/],
  ];
  for (const [name, args, message] of wrong) {
    test(`refuses ${name}`, async (context) => {
      const temporary = emptyFolder(context);
      const { code, stderr } = await takeTour(temporary, args);
      assert.equal(code, 2);
      assert.match(stderr, message);
      assert.deepEqual(readdirSync(temporary), []);
    });
  }
});
