/** Listings as servers really write them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '../base/bytes.ts';
import { NotAListing, readListing } from './webdav-listing.ts';

const OK = 'HTTP/1.1 200 OK';

test('a listing tells the names in a folder, with what and how long they are', () => {
  assert.deepEqual(
    read(
      entry('/dav/notes/', 'folder'),
      entry('/dav/notes/heads/', 'folder'),
      entry('/dav/notes/a', 5),
    ),
    [folder('heads'), file('a', 5)],
  );
});

test('the prefix of the namespace is whatever the server likes', () => {
  for (const [open, close] of [
    ['<multistatus xmlns="DAV:">', '</multistatus>'],
    ['<d:multistatus xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">', '</d:multistatus>'],
    ['<?xml version="1.0"?>\n<ns0:multistatus xmlns:ns0="DAV:">', '</ns0:multistatus >\n'],
  ] as const) {
    const prefix = /<(\w+:)?multistatus/.exec(open)?.[1] ?? '';
    const inside = entry('/dav/notes/a', 5).replaceAll('D:', prefix);
    assert.deepEqual(readListing(utf8(open + inside + close), 'dav/notes'), [file('a', 5)]);
  }
  // As Apache writes it: one namespace under two prefixes.
  const mixed = entry('/dav/notes/a', 5).replaceAll('D:getcontentlength', 'lp1:getcontentlength');
  assert.deepEqual(read(mixed), [file('a', 5)]);
});

test('an href may be a whole URL, also of a host behind a proxy, or lack the way to the folder', () => {
  for (const href of [
    'http://dav.example.org/dav/notes/a',
    'https://backend.internal:8443/dav/notes/a',
    '//dav//notes//a',
    'a',
    './a',
  ]) {
    assert.deepEqual(read(entry(href, 5)), [file('a', 5)], href);
  }
});

test('escapes are read in any case and number, in the folder and in names', () => {
  const within = (path: string, ...hrefs: readonly string[]) =>
    readListing(utf8(multistatus(...hrefs.map((href) => entry(href, 5)))), path);
  const hrefs = ['/Gr%c3%b6%C3%9fe%201+1/%61', '/Größe%201%2B1/b', '/Gr&#246;ße 1+1/c'];
  assert.deepEqual(within('Größe 1+1', ...hrefs), [file('a', 5), file('b', 5), file('c', 5)]);
  assert.deepEqual(within("it's & more", '/it&#39;s%20&amp;%20more/a'), [file('a', 5)]);
  // Decomposed, as by a file system of macOS.
  assert.deepEqual(within('Größe', `/${encodeURIComponent('Größe'.normalize('NFD'))}/a`), [
    file('a', 5),
  ]);
});

test('names that no escape explains stay as they are, and are one name each', () => {
  assert.deepEqual(
    read(entry('/dav/notes/100%', 1), entry('/dav/notes/a%2Fb', 2), entry('/dav/notes/a?b#c', 3)),
    [file('100%', 1), file('a/b', 2), file('a?b#c', 3)],
  );
});

test('a folder is one by its type, or by its slash where no type is told', () => {
  assert.deepEqual(read(entry('/dav/notes/x', 'folder')), [folder('x')]);
  const untyped = '<D:response><D:href>/dav/notes/HREF</D:href></D:response>';
  assert.deepEqual(read(untyped.replace('HREF', 'x/'), untyped.replace('HREF', 'y')), [
    folder('x'),
    file('y', undefined),
  ]);
});

test('what other folders hold is left out, and a name counts once', () => {
  assert.deepEqual(
    read(
      entry('/dav/notes', 'folder'),
      entry('/dav/notes/a', 5),
      entry('/dav/notes/a', 5),
      entry('/dav/notes/heads/b', 5),
      entry('/dav/other', 5),
      entry('/', 'folder'),
    ),
    [file('a', 5)],
  );
});

test('properties that a server refuses, and entries that are gone, are not taken for told', () => {
  const propstat = (status: string, properties: string) =>
    `<D:propstat><D:prop>${properties}</D:prop><D:status>${status}</D:status></D:propstat>`;
  const type = '<D:resourcetype/>';
  const length = '<D:getcontentlength>9</D:getcontentlength>';
  const response = (inside: string, name: string) =>
    `<D:response><D:href>/dav/notes/${name}</D:href>${inside}</D:response>`;
  assert.deepEqual(
    read(
      response(propstat(OK, type) + propstat('HTTP/1.1 404 Not Found', length), 'a'),
      response(
        propstat('HTTP/1.1 403 Forbidden', '<D:getcontentlength/>') + propstat(OK, type),
        'b',
      ),
      response('<D:status>HTTP/1.1 404 Not Found</D:status>', 'gone'),
      response(`<D:propstat><D:prop>${type}${length}</D:prop></D:propstat>`, 'c'),
    ),
    [file('a', undefined), file('b', undefined), file('c', 9)],
  );
});

test('an empty folder has a listing too, with itself or without', () => {
  assert.deepEqual(read(entry('/dav/notes/', 'folder')), []);
  assert.deepEqual(readListing(utf8('<D:multistatus xmlns:D="DAV:"/>'), 'dav/notes'), []);
  assert.deepEqual(readListing(utf8(multistatus(entry('/a', 1))), ''), [file('a', 1)]);
});

test('a listing of nothing but another folder is an error, not an empty one', () => {
  assert.throws(() => read(entry('/backend/notes/', 'folder'), entry('/backend/notes/a', 5)), {
    message: 'a listing of another folder (/backend/notes/)',
  });
});

test('what is no whole listing is told as such', () => {
  const whole = multistatus(entry('/dav/notes/a', 5));
  const bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>';
  for (const [text, message] of [
    ['', /other than a whole listing/],
    ['{"error":"no"}', /other than a whole listing/],
    ['<!doctype html><html><body>Sign in<br></body></html>', /a web page/],
    [`${bomb}${whole}`, /document type/],
    [whole.slice(0, -20), /other than a whole listing/],
    [`${'<a>'.repeat(10_000)}</multistatus>`, /cannot be read/],
  ] as const) {
    assert.throws(
      () => readListing(utf8(text), 'dav/notes'),
      (error) => error instanceof NotAListing && message.test(error.message),
      text.slice(0, 60),
    );
  }
});

function file(name: string, sizeBytes: number | undefined) {
  return { name, isFolder: false, sizeBytes };
}

function folder(name: string) {
  return { name, isFolder: true, sizeBytes: undefined };
}

function entry(href: string, content: number | 'folder'): string {
  const properties =
    content === 'folder'
      ? '<D:resourcetype><D:collection/></D:resourcetype>'
      : `<D:resourcetype/><D:getcontentlength>${content}</D:getcontentlength>`;
  return (
    `<D:response><D:href>${href}</D:href><D:propstat><D:prop>${properties}</D:prop>` +
    `<D:status>${OK}</D:status></D:propstat></D:response>`
  );
}

function multistatus(...responses: readonly string[]): string {
  return `<D:multistatus xmlns:D="DAV:">${responses.join('\n')}</D:multistatus>`;
}

function read(...responses: readonly string[]) {
  return readListing(utf8(multistatus(...responses)), 'dav/notes');
}
