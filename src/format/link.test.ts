import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { createSeededRandom } from '../../test/support/ports.ts';
import { fromBase32, toBase32, utf8, utf8Text } from '../base/bytes.ts';
import { sha256 } from '../base/hash.ts';
import {
  decodeLinkObject,
  isLinkText,
  LINK_MAX_CHARACTERS,
  type LinkTarget,
  type MadeLink,
  makeLink,
  type OpenedLink,
  openLink,
  openLinkObject,
  parseLink,
} from './link.ts';

const MADE_MS = 1_800_000_000_000;
const CODE = '0TESTC0D';
const RING = [
  { epoch: 0, root: new Uint8Array(32).fill(1) },
  { epoch: 1, root: new Uint8Array(32).fill(2) },
];
const TARGET: LinkTarget = {
  bucket: 's3://bucket/prefix?endpoint=https%3A%2F%2Fs3.example.org',
  repository: 'testrepository',
  until: MADE_MS + 1000,
  keys: ['test-access-key', 'test-secret'],
};

async function open(text: string, code = CODE): Promise<OpenedLink | undefined> {
  const parsed = parseLink(text);
  assert.ok(parsed.kind === 'link', parsed.kind);
  return await openLink(parsed.link, code);
}

suite('F8: links', () => {
  // Stretching a code takes a second, so all tests look at one link.
  let link: MadeLink;
  let opened: OpenedLink;
  before(async () => {
    link = await makeLink({ random: createSeededRandom(3), madeMs: MADE_MS }, CODE, TARGET, RING);
    const right = await open(link.text);
    assert.ok(right);
    opened = right;
  });

  test('text and object give back what was sealed, by the code', () => {
    assert.deepEqual(opened.target, TARGET);
    assert.equal(opened.id, link.id);
    const object = decodeLinkObject(link.id, link.object);
    assert.deepEqual([object.made, object.until], [MADE_MS, TARGET.until]);
    assert.deepEqual(openLinkObject(opened, object), RING);
  });

  test('another code opens nothing', async () => {
    assert.equal(await open(link.text, '0TESTC0E'), undefined);
  });

  test('the text in capitals, and broken into lines, is the same link', () => {
    const pasted = ` ${link.text.toUpperCase().replace(/.{60}/g, '$&\n  ')}\n`;
    assert.deepEqual(parseLink(pasted), parseLink(link.text));
  });

  test('neither text nor object shows anything of what they carry', () => {
    const bytes = fromBase32(link.text.slice('satchel:'.length)) ?? new Uint8Array();
    const shown = `${Buffer.from(bytes).toString('latin1')}${utf8Text(link.object)}`;
    for (const secret of ['bucket/prefix', 'test-access-key', 'test-secret', 'testrepository']) {
      assert.ok(!shown.includes(secret), secret);
    }
  });

  test('the object alone holds nothing that a code could be tried on: the salt is in the text', () => {
    const text = Buffer.from(fromBase32(link.text.slice('satchel:'.length)) ?? []);
    const salt = text.subarray(17, 33);
    const { wrapped, ...rest } = JSON.parse(utf8Text(link.object) ?? '');
    assert.deepEqual(Object.keys(rest), ['format', 'made', 'until']);
    assert.ok(!Buffer.from(wrapped, 'base64').includes(salt));
  });

  test('an object whose life was made longer, or that is of another link, does not open', () => {
    const object = decodeLinkObject(link.id, link.object);
    assert.equal(openLinkObject(opened, { ...object, until: object.until + 1 }), undefined);
    assert.equal(openLinkObject(opened, { ...object, made: object.made + 1 }), undefined);
    assert.equal(openLinkObject({ ...opened, id: 'another' }, object), undefined);
    const elsewhere = { ...opened, target: { ...TARGET, repository: 'another' } };
    assert.equal(openLinkObject(elsewhere, object), undefined);
    assert.equal(openLinkObject(opened, { ...object, wrapped: 'AAAA' }), undefined);
  });

  test('a text that lost or changed a character is told from a wrong code', () => {
    const at = 100;
    const other = link.text[at] === 'a' ? 'b' : 'a';
    const changed = link.text.slice(0, at) + other + link.text.slice(at + 1);
    const texts = [link.text.slice(0, -3), changed, 'satchel:', 'satchel:aaaa', 'satchel:1890'];
    for (const text of [...texts, `satchel:${'a'.repeat(LINK_MAX_CHARACTERS)}`]) {
      assert.deepEqual(parseLink(text), { kind: 'damaged' }, text.slice(0, 50));
    }
    assert.deepEqual(parseLink('s3://bucket'), { kind: 'none' });
  });

  test('F1: a link of a later layout is told as such', () => {
    const bytes = fromBase32(link.text.slice('satchel:'.length)) ?? new Uint8Array();
    const whole = bytes.slice(0, -4);
    whole[0] = 2;
    const sum = sha256(utf8('satchel link checksum\0'), whole).slice(0, 4);
    const text = `satchel:${toBase32(Uint8Array.of(...whole, ...sum))}`;
    assert.deepEqual(parseLink(text), { kind: 'newer' });
  });

  test('a bucket URL is no link', () => {
    assert.ok(isLinkText('  SATCHEL:abc'));
    for (const url of ['s3://satchel', '/satchel', './satchel:x']) assert.ok(!isLinkText(url));
  });
});
