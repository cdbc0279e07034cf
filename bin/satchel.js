#!/usr/bin/env node
// Starts the bundle. Plain JavaScript that old versions of Node can read, for one of them may be
// what the machine calls "node"; a checkout then brings the right one along.
import fs from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

const bundle = new URL('../dist/satchel.js', import.meta.url);
/** Tells the program that its parent process is this launcher. */
const LAUNCHED = 'SATCHEL_LAUNCHED';
const [major, minor] = process.versions.node.split('.').map(Number);

endWithLauncher();

if (major < 24 || (major === 24 && minor < 15)) {
  await startOnBundledNode();
} else if (fs.existsSync(bundle)) {
  // On a machine with much memory V8 collects late: new objects get up to 96 MB, and old ones may
  // double before they are looked at. Collected sooner, the first sync of 100,000 files takes as
  // long and stays under 250 MB instead of 500.
  v8.setFlagsFromString('--semi-space-growth-factor=1');
  v8.setFlagsFromString('--heap-growing-percent=30');
  // Beside the bundle and not in the shared temporary folder: who can write here could change
  // the program anyway. Where the folder is read-only, Satchel starts without a cache.
  module.enableCompileCache(fileURLToPath(new URL('../dist/.cache', import.meta.url)));
  await import(bundle.href);
} else {
  fail('Satchel is not built yet: run "npm install" in its folder.');
}

// A launcher that is killed outright cannot hand anything on: its end of the channel closes then.
function endWithLauncher() {
  if (process.env[LAUNCHED] === undefined) return;
  delete process.env[LAUNCHED];
  if (process.channel === undefined) return;
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}

async function startOnBundledNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const node = fileURLToPath(new URL(`../node_modules/node/bin/${name}`, import.meta.url));
  if (!fs.existsSync(node)) {
    return fail(
      `Satchel needs Node 24.15 or newer; this is ${process.version}.\n` +
        'Install a newer Node, or run "npm install" in the folder of Satchel: it brings one along.',
    );
  }
  const { spawn } = await import('node:child_process');
  const child = spawn(node, process.argv.slice(1), {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [LAUNCHED]: '1' },
  });
  // The terminal sends Ctrl-C to both processes; this one has to outlive the other to pass on how
  // it ended. What is sent to this process alone is handed on.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`Node could not be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
