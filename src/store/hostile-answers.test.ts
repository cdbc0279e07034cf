/**
 * Services that mean harm: answers without end, lists that lie, bodies that unpack to more than
 * they are. Each is cut off at a bound and told, by S3, WebDAV and folders alike.
 */
import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { rejection } from '../../test/store-conformance.ts';
import { openCanned } from '../../test/support/canned-dav.ts';
import { type Answer, reply, startServer } from '../../test/support/canned-server.ts';
import { systemClock, systemRandom } from '../../test/support/ports.ts';
import { utf8Text } from '../base/bytes.ts';
import { DirectoryStore } from './directory.ts';
import { directoryError } from './directory-errors.ts';
import { ListingCollector } from './listing.ts';
import { openS3Store } from './s3.ts';
import type { GetOptions, ObjectStore } from './store.ts';

const CREDENTIALS = { accessKeyId: 'test-access-key', secretAccessKey: 'test-secret' };
/** Entities that would unpack to a thousand million letters ("billion laughs"). */
const XML_BOMB =
  '<!DOCTYPE l [<!ENTITY a "lol">' +
  Array.from('bcdefghij', (name, index) => {
    return `<!ENTITY ${name} "${`&${'abcdefghi'[index]};`.repeat(10)}">`;
  }).join('') +
  ']>';
const SHORT: GetOptions = { maxBytes: 10_000 };

async function openS3(context: TestContext, answer: Answer): Promise<ObjectStore> {
  const { endpoint } = await startServer(context, answer);
  const bucket = {
    kind: 's3',
    bucket: 'my-bucket',
    prefix: '',
    endpoint,
    region: 'us-east-1',
  } as const;
  const store = await openS3Store(bucket, { accessKeys: CREDENTIALS, idleTimeoutMs: 2_000 });
  context.after(() => store.close());
  return store;
}

const openDav = async (context: TestContext, answer: Answer): Promise<ObjectStore> =>
  (await openCanned(context, answer, { idleTimeoutMs: 2_000 })).store;

function s3Page(entries: string, next?: string): string {
  const more =
    next === undefined
      ? '<IsTruncated>false</IsTruncated>'
      : `<IsTruncated>true</IsTruncated><NextContinuationToken>${next}</NextContinuationToken>`;
  return `<ListBucketResult><Name>my-bucket</Name>${more}${entries}</ListBucketResult>`;
}

const s3Entry = (key: string, size: number | string = 7): string =>
  `<Contents><Key>${key}</Key><Size>${size}</Size></Contents>`;

function davEntry(path: string, isFolder = false): string {
  return (
    `<D:response><D:href>/dav/notes/${path}</D:href><D:propstat><D:prop><D:resourcetype>` +
    `${isFolder ? '<D:collection/>' : ''}</D:resourcetype><D:getcontentlength>7` +
    '</D:getcontentlength></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>'
  );
}

const davList = (...entries: readonly string[]): string =>
  `<D:multistatus xmlns:D="DAV:">${entries.join('')}</D:multistatus>`;

/** The status of an answer to a listing. */
const LIST_STATUS = { s3: 200, dav: 207 } as const;

for (const [name, kind, open] of [
  ['S3', 's3', openS3],
  ['WebDAV', 'dav', openDav],
] as const) {
  suite(`${name}: a body that means harm`, () => {
    test('compressed on the way, it is not unpacked, and so no bomb', async (context) => {
      const packed = gzipSync(Buffer.alloc(50_000_000));
      const headers = { 'content-encoding': 'gzip', 'content-type': 'application/octet-stream' };
      const store = await open(context, (request, response) => {
        response.writeHead(200, { ...headers, etag: '"x"', 'content-length': packed.length });
        response.end(request.method === 'HEAD' ? undefined : packed);
      });
      const answer = await store.get('heads/a', { maxBytes: packed.length });
      assert.ok(answer.kind === 'found');
      assert.equal(Buffer.compare(answer.body, packed), 0);
    });

    test('shorter than it was said to be, it is not whole', async (context) => {
      const store = await open(context, (_request, response) => {
        response.writeHead(200, { 'content-length': '1000', etag: '"x"' });
        response.write('only this');
        setImmediate(() => response.destroy());
      });
      const error = await rejection(store.get('heads/a', SHORT));
      assert.equal(error.kind, 'unreachable');
      assert.ok(error.hint);
    });

    test('longer than it was said to be, it is cut there, and later requests are not misled', async (context) => {
      const store = await open(context, (request, response) => {
        const { socket } = response;
        assert.ok(socket);
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: "x"\r\n\r\n');
        socket.end(request.method === 'HEAD' ? '' : 'first and more that belongs to nothing');
      });
      for (let turn = 0; turn < 3; turn += 1) {
        const answer = await store.get('heads/a', SHORT).catch((error: unknown) => error);
        if (answer instanceof Error) assert.match(answer.message, /broke|not HTTP/);
        else assert.equal(utf8Text(Object(answer).body), 'first');
      }
    });

    test('what is no HTTP at all is told as such, with a remedy', async (context) => {
      const store = await open(context, (_request, response) => {
        response.socket?.end('220 mail.example.org ESMTP ready\r\n');
      });
      const error = await rejection(store.get('heads/a', SHORT));
      assert.equal(error.kind, 'unreachable');
      assert.match(error.message, /not HTTP/);
      assert.ok(error.hint);
    });

    test('headers without end are refused', async (context) => {
      const store = await open(context, (_request, response) => {
        response.socket?.write(`HTTP/1.1 200 OK\r\n${'X-More: and more\r\n'.repeat(100_000)}`);
      });
      const error = await rejection(store.get('heads/a', SHORT));
      assert.equal(error.kind, 'unreachable');
    });

    test('"unchanged" for what nobody has is no answer', async (context) => {
      const store = await open(context, reply(304, '', { etag: '"x"' }));
      const error = await rejection(store.get('heads/a', SHORT));
      assert.equal(error.kind, 'unreachable');
      assert.match(error.message, /does not speak/);
    });
  });

  suite(`${name}: a listing that means harm`, () => {
    const status = LIST_STATUS[kind];
    const bodies: Readonly<Record<string, string>> = {
      'of entities that unpack without end':
        XML_BOMB + (kind === 's3' ? s3Page(s3Entry('&j;')) : davList(davEntry('heads/&j;'))),
      'of a hundred thousand document types':
        '<!DOCTYPE a>'.repeat(100_000) + (kind === 's3' ? s3Page('') : davList()),
      'that is nested a hundred thousand levels deep':
        kind === 's3'
          ? s3Page('<a>'.repeat(100_000) + '</a>'.repeat(100_000))
          : davList('<a>'.repeat(100_000) + '</a>'.repeat(100_000)),
      'that is compressed': gzipSync('x').toString('latin1'),
    };
    for (const [how, body] of Object.entries(bodies)) {
      test(`${how} is refused`, async (context) => {
        const store = await open(context, reply(status, body));
        const error = await rejection(store.list('heads/'));
        assert.equal(error.kind, 'unreachable');
        assert.match(error.message, /does not speak/);
        assert.ok(error.hint);
      });
    }

    test('with each name twice, and others that were not asked for, gives each key once', async (context) => {
      const names = ['a', 'a', 'b', '../../etc/passwd', 'B'];
      const body =
        kind === 's3'
          ? s3Page([...names.map((key) => s3Entry(`heads/${key}`)), s3Entry('blobs/aa/x')].join(''))
          : davList(davEntry('heads/', true), ...names.map((key) => davEntry(`heads/${key}`)));
      const store = await open(context, reply(status, body));
      const { objects, strange } = await store.list('heads/');
      assert.deepEqual(objects.map(({ key }) => key).sort(), ['heads/a', 'heads/b']);
      assert.ok(strange.length >= 1);
    });
  });
}

suite('S3: pages without end', () => {
  const endless: Readonly<Record<string, (page: number) => string>> = {
    'the same page and token again and again': () => s3Page(s3Entry('heads/a'), 'same'),
    'the same keys under ever new tokens': (page) => s3Page(s3Entry('heads/a'), `t${page}`),
    'empty pages under ever new tokens': (page) => s3Page('', `t${page}`),
    'ever new keys': (page) => s3Page(thousandKeys(page, 'heads/'), `t${page}`),
    'ever new names of others': (page) => s3Page(thousandKeys(page, 'heads/X'), `t${page}`),
    'ever new keys that were not asked for': (page) => s3Page(thousandKeys(page, 'x/'), `t${page}`),
  };
  for (const [what, pageAt] of Object.entries(endless)) {
    test(`${what}: given up after a bounded number of them`, async (context) => {
      let pages = 0;
      const store = await openS3(context, (request, response) => {
        pages += 1;
        reply(200, pageAt(pages))(request, response);
      });
      const error = await rejection(store.list('heads/'));
      assert.deepEqual([error.kind, error.retry], ['unreachable', 'never']);
      assert.match(error.message, /never ends/);
      assert.ok(pages <= 101, `${pages} pages were asked for`);
    });
  }

  test('sizes that are none count as 0', async (context) => {
    const sizes = ['-5', 'many', '1e999', '', '99999999999999999999'];
    const entries = sizes.map((size, index) => s3Entry(`heads/${index}`, size));
    const store = await openS3(context, reply(200, s3Page(entries.join(''))));
    const { objects } = await store.list('heads/');
    assert.deepEqual(
      objects.map(({ sizeBytes }) => sizeBytes),
      [0, 0, 0, 0, 0],
    );
  });
});

suite('WebDAV: folders without end', () => {
  test('folders in folders, ever more of them, are given up', async (context) => {
    const store = await openDav(context, (request, response) => {
      if (request.method !== 'PROPFIND') return reply(404, '')(request, response);
      const below = decodeURIComponent(request.url).slice('/dav/notes/'.length);
      const names = Array.from({ length: 150 }, (_, index) => davEntry(`${below}${index}/`, true));
      reply(207, davList(davEntry(below, true), ...names))(request, response);
    });
    const error = await rejection(store.list('heads/'));
    assert.deepEqual([error.kind, error.retry], ['unreachable', 'never']);
    assert.match(error.message, /never ends/);
  });
});

suite('a folder', () => {
  const NO_SIZE = { skip: process.platform === 'linux' ? false : 'takes /proc' };
  test('a file that tells no size and has no end is cut off', NO_SIZE, async () => {
    // What the kernel tells of this process's memory: 0 bytes by its own account, terabytes to read.
    const store = new DirectoryStore('/proc/self', { clock: systemClock, random: systemRandom });
    const error = await rejection(store.get('pagemap', { maxBytes: 100_000 }));
    assert.deepEqual([error.kind, error.retry], ['damaged', 'never']);
    assert.match(error.message, /pagemap is longer than the 100000 bytes it may have/);
  });

  test('more names than any repository has are told with the folder', () => {
    const listing = new ListingCollector('heads/');
    const error = caught(() => addNames(listing, 'heads/', 20_001));
    const told = directoryError(error, 'list', '/bucket/heads');
    assert.deepEqual([told.kind, told.retry], ['unreachable', 'never']);
    assert.match(told.message, /^\/bucket\/heads holds more names than any repository has/);
    assert.match(told.hint ?? '', /Take away/);
  });
});

test('blobs may be more than anything else', () => {
  const listing = new ListingCollector('blobs/');
  addNames(listing, 'blobs/', 30_000);
  assert.equal(listing.toListing().objects.length, 30_000);
});

test('strange names are kept up to a number that a person could read', () => {
  const listing = new ListingCollector('heads/');
  for (let index = 0; index < 5_000; index += 1) listing.add(`heads/Not ours ${index}`, 1);
  assert.equal(listing.toListing().strange.length, 1_000);
});

function addNames(listing: ListingCollector, prefix: string, count: number): void {
  for (let index = 0; index < count; index += 1) listing.add(`${prefix}${index}`, 1);
}

function caught(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

function thousandKeys(page: number, prefix: string): string {
  return Array.from({ length: 1_000 }, (_, index) => s3Entry(`${prefix}${page}x${index}`)).join('');
}
