/** The page as it is built: small, whole by itself, and fit for a policy without inline code. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildWeb } from '../scripts/build-web.ts';
import { temporaryFolder } from './support/temporary.ts';

const SOURCE = join(import.meta.dirname, '../src/web');
/** What a browser loads before the first page shows. */
const INITIAL_SCRIPT_MAX_BYTES = 200_000;

suite('the built page', () => {
  let folder = '';
  let html = '';
  before(async () => {
    folder = temporaryFolder('page-build');
    await buildWeb(folder);
    html = readFileSync(join(folder, 'index.html'), 'utf8');
  });

  test('loads less than 200 KB of script before it shows', (context) => {
    const scripts = [
      ...html.matchAll(/<(?:script|link rel="modulepreload")[^>]* (?:src|href)="([^"]+\.js)"/g),
    ];
    const sizes = scripts.map(([, path = '']) => gzipSync(readFileSync(join(folder, path))).length);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(scripts.length >= 2, 'the theme and the page');
    context.diagnostic(`${total} bytes of script, gzipped`);
    assert.ok(total < INITIAL_SCRIPT_MAX_BYTES, `${total} bytes`);
  });

  test('has no inline scripts or styles, which its policy refuses', () => {
    assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/i);
  });

  test('names only files that it has', () => {
    const manifest: { icons: { src: string }[] } = JSON.parse(
      readFileSync(join(folder, 'manifest.webmanifest'), 'utf8'),
    );
    const named = [
      ...[...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path),
      ...manifest.icons.map(({ src }) => src),
    ];
    assert.ok(named.length > 6);
    assert.deepEqual(
      named.filter((path) => !path.startsWith('/') || !existsSync(join(folder, path))),
      [],
    );
  });

  test('asks nobody else for anything', () => {
    const files = globSync('**/*.{html,css,js,webmanifest}', { cwd: folder });
    const addresses = files.flatMap((path) => [
      ...readFileSync(join(folder, path), 'utf8').matchAll(/https?:\/\/[\w.-]+/g),
    ]);
    const hosts = new Set(addresses.map(([address]) => address));
    // Names of XML, and where the libraries explain their errors: neither is asked.
    const names = ['http://www.w3.org', 'https://react.dev', 'https://radix-ui.com'];
    assert.deepEqual(
      [...hosts].filter((host) => !names.includes(host)),
      [],
    );
  });

  test('ships the licences of what is in it', () => {
    const licences = readFileSync(join(folder, 'licenses.txt'), 'utf8');
    for (const name of ['react', 'react-dom', '@tanstack/react-query', 'wouter', 'lucide-react']) {
      assert.ok(licences.includes(`## ${name} - `), name);
    }
    assert.doesNotMatch(licences, /\((?:A?GPL|LGPL|UNLICENSED)/);
  });

  test('carries the table of routes and not their schemas', () => {
    const scripts = globSync('**/*.js', { cwd: folder });
    const text = scripts.map((path) => readFileSync(join(folder, path), 'utf8')).join('\n');
    assert.match(text, /\/api\/status/);
    assert.doesNotMatch(text, /ZodError|invalid_type/);
  });
});

suite('the styles of the page', () => {
  const sheets = globSync('**/*.module.css', { cwd: SOURCE });
  for (const sheet of sheets) {
    test(`${sheet} and its module use the same classes`, () => {
      const css = readFileSync(join(SOURCE, sheet), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
      const module = sheet.replace(/\.module\.css$/, '.tsx');
      const path = existsSync(join(SOURCE, module)) ? module : ownerOf(sheet);
      const code = readFileSync(join(SOURCE, path), 'utf8');
      const given = new Set([...css.matchAll(/\.([a-zA-Z][\w-]*)/g)].map(([, name]) => name));
      const used = new Set([...code.matchAll(/styles\.(\w+)/g)].map(([, name]) => name));
      assert.deepEqual(
        [...used].filter((name) => !given.has(name)),
        [],
        'used, and not given',
      );
      // Classes chosen by a value are written as styles[value].
      const chosen = /styles\[/.test(code);
      if (!chosen)
        assert.deepEqual(
          [...given].filter((name) => !used.has(name)),
          [],
          'not used',
        );
    });
  }

  function ownerOf(sheet: string): string {
    const file = sheet.split('/').at(-1) ?? sheet;
    const owner = globSync('**/*.tsx', { cwd: SOURCE }).find((path) =>
      readFileSync(join(SOURCE, path), 'utf8').includes(`/${file}'`),
    );
    assert.ok(owner !== undefined, `nothing imports ${sheet}`);
    return owner;
  }
});
