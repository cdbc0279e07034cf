/**
 * A note is saved on A: how long until its new bytes are on B? Satchel runs `watch` on both sides;
 * rclone's bisync runs in a loop with a second's pause, as people without a daemon do it. First the
 * one is measured, then the other, both through the counting proxy.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, makeHome, removeHome, type Workload } from '../harness/bench.ts';
import { startCounter } from '../harness/counter.ts';
import { linkTree, writeNotes } from '../harness/data.ts';
import { type Command, run } from '../harness/measure.ts';
import { createSeeded } from '../harness/random.ts';
import type { Peer } from '../peers/peer.ts';

const COUNT = 1000;
const NOTE_BYTES = 4096;
const SAVES = 20;
const QUICK_SAVES = 3;
const PEERS = ['satchel', 'rclone-bisync'];
/** A person pauses between two saves; never in step with a poll. */
const PAUSE_MS = { least: 1500, most: 5500 };
const LOOK_EVERY_MS = 5;
const PATIENCE_MS = 60_000;

export const latency: Workload = {
  id: 'latency',
  title: 'From a save on A to its bytes on B',
  async run(bench) {
    const source = join(bench.scratch, 'latency');
    await writeNotes(source, { count: COUNT, sizeBytes: NOTE_BYTES, perFolder: 100 }, bench.seed);
    for (const id of PEERS) {
      const peer = bench.peers.get(id);
      if (peer !== undefined) await measurePeer(bench, peer, source);
    }
  },
};

async function measurePeer(bench: Bench, peer: Peer, source: string): Promise<void> {
  const home = await makeHome(bench, `latency-${peer.id}`);
  const counter = await startCounter(bench.server.endpoint);
  const place = { ...home.place, endpoint: counter.endpoint };
  const [folderA, folderB] = [join(home.scratch, 'folder'), join(home.scratch, 'second')];
  await linkTree(source, folderA);
  const repository = await peer.create(place, folderA);
  await run(repository.push);
  const second = await repository.secondDevice?.(folderB);
  if (second === undefined) throw new Error(`${peer.label} has no second device`);
  await run(second.pull);
  const loops = [repository.keepUp, second.keepUp].map((command) => start(command));
  try {
    const seeded = createSeeded(bench.seed, 'latency');
    const delays: number[] = [];
    // The first finds the loops still starting.
    await saveOn(folderA, folderB, -1);
    counter.take();
    const saves = bench.isQuick ? QUICK_SAVES : SAVES;
    for (let save = 0; save < saves; save += 1) {
      await sleep(PAUSE_MS.least + seeded.below(PAUSE_MS.most - PAUSE_MS.least));
      delays.push(await saveOn(folderA, folderB, save));
      bench.tell(`latency: ${peer.id} save ${save + 1}: ${Math.round(delays.at(-1) ?? 0)} ms`);
    }
    const at = { workload: 'latency', step: 'save to the other device', peer: peer.id };
    const { requests } = counter.take();
    bench.findings.figures.push(
      { ...at, name: 'delay', unit: 'ms', values: delays },
      { ...at, name: 'requests per save', unit: '', values: [requests / saves] },
    );
  } finally {
    await Promise.all(loops.map(end));
    await counter.close();
    await removeHome(bench, home);
  }
}

/** Saves as editors do, beside and over; returns how long the other side took, milliseconds. */
async function saveOn(folderA: string, folderB: string, save: number): Promise<number> {
  const name = join('Folder 0003', 'Note 000312.md');
  const text = (await readFile(join(folderA, name), 'utf8')).replace(/^.*\n/, `# Save ${save}\n`);
  const startMs = performance.now();
  await writeFile(join(folderA, '.saving'), text);
  await rename(join(folderA, '.saving'), join(folderA, name));
  while ((await readFile(join(folderB, name), 'utf8').catch(() => '')) !== text) {
    if (performance.now() - startMs > PATIENCE_MS) throw new Error('the save never arrived');
    await sleep(LOOK_EVERY_MS);
  }
  return performance.now() - startMs;
}

/** In a group of its own, so that a loop ends together with what it runs. */
function start(command: Command | undefined): ChildProcess {
  if (command === undefined) throw new Error('the peer has no way to keep up');
  const [program = '', ...args] = command.argv;
  const env = { PATH: process.env.PATH, ...command.env };
  return spawn(program, args, { stdio: 'ignore', env, detached: true });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.on('exit', resolve));
  process.kill(-child.pid, 'SIGTERM');
  await ended;
}
