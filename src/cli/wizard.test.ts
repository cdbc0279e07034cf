/** The questions of `init`, answered as a person might. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Check } from '../app/doctor/check.ts';
import { bucketUrlOf, type EnteredCredentials } from '../app/wizard.ts';
import type { Prompts } from './prompts.ts';
import { askForBucket, type WizardHelp } from './wizard.ts';

/** Answers in order; an answer that no question fits fails the test. */
function answering(...answers: (string | boolean)[]): Prompts & { readonly said: string[] } {
  const said: string[] = [];
  const next = (message: string): string | boolean => {
    const answer = answers.shift();
    assert.ok(answer !== undefined, `no answer is left for: ${message}`);
    return answer;
  };
  return {
    said,
    say: (text) => said.push(text),
    async select(message, choices) {
      const answer = next(message);
      const chosen = choices.find(({ value }) => value === answer);
      assert.ok(chosen !== undefined, `"${answer}" is no choice of: ${message}`);
      return chosen.value;
    },
    async text(message, { check, initial } = {}) {
      const answer = String(next(message)) || (initial ?? '');
      assert.equal(check?.(answer), undefined, message);
      return answer;
    },
    secret: async (message) => String(next(message)),
    confirm: async (message) => next(message) === true,
  };
}

interface Tried {
  readonly bucket: string;
  readonly credentials: EnteredCredentials | undefined;
}

function helping(overrides: Partial<WizardHelp> = {}): WizardHelp & { readonly tried: Tried[] } {
  const tried: Tried[] = [];
  return {
    tried,
    ambient: () => undefined,
    pathOf: (typed) => typed,
    bucketUrl: bucketUrlOf,
    async examine(bucket, credentials) {
      tried.push({ bucket, credentials });
      return [];
    },
    isBucketMissing: async () => false,
    createBucket: async () => undefined,
    hasRepository: async () => false,
    ...overrides,
  };
}

const PROBLEM: Check = { id: 'access', outcome: 'problem', message: 'no entry' };

suite('the wizard', () => {
  test('makes the URL of a Backblaze bucket and tries the typed keys', async () => {
    const help = helping();
    const prompts = answering('b2', 'eu-central-003', 'my-notes', '', 'key-id', 'key-secret');
    const { bucket, credentials, action } = await askForBucket(prompts, help);
    const url = new URL(bucket);
    assert.equal(`${url.protocol}//${url.host}${url.pathname}`, 's3://my-notes/satchel');
    assert.equal(url.searchParams.get('endpoint'), 'https://s3.eu-central-003.backblazeb2.com');
    assert.equal(url.searchParams.get('provider'), 'b2');
    assert.deepEqual(credentials, {
      accessKeys: { accessKeyId: 'key-id', secretAccessKey: 'key-secret' },
    });
    assert.equal(action, 'init');
    assert.deepEqual(help.tried, [{ bucket, credentials }]);
    assert.ok(
      prompts.said.some((text) => text.includes('Application Keys')),
      'where keys are made',
    );
  });

  test('makes the URL of a Nextcloud folder, its password apart', async () => {
    const prompts = answering('nextcloud', 'cloud.example.org', 'me', 'notes/satchel', 'pass word');
    const { bucket, credentials } = await askForBucket(prompts, helping());
    assert.equal(bucket, 'davs://cloud.example.org/remote.php/dav/files/me/notes/satchel?user=me');
    assert.deepEqual(credentials, { password: 'pass word' });
    assert.ok(!bucket.includes('pass'));
  });

  test('asks a folder for nothing but its place', async () => {
    const { bucket, credentials } = await askForBucket(
      answering('folder', '/mnt/disk/satchel'),
      helping(),
    );
    assert.equal(bucket, 'file:///mnt/disk/satchel');
    assert.equal(credentials, undefined);
  });

  test('takes keys that are there already, and stores none', async () => {
    const help = helping({ ambient: () => ({ from: '~/.aws/credentials', isBinding: false }) });
    const prompts = answering('aws', 'eu-central-1', 'my-notes', '', 'found');
    assert.equal((await askForBucket(prompts, help)).credentials, undefined);
  });

  test('asks for no keys or password where those of the environment would win', async () => {
    const help = helping({ ambient: () => ({ from: 'the environment', isBinding: true }) });
    const s3 = answering('aws', 'eu-central-1', 'my-notes', '');
    assert.equal((await askForBucket(s3, help)).credentials, undefined);
    const dav = answering('webdav', 'dav.example.org/files', 'me', '');
    assert.equal((await askForBucket(dav, help)).credentials, undefined);
    assert.ok(dav.said.some((text) => text.includes('the environment')));
  });

  test('asks a WebDAV server for its user, and takes an address as the browser has it', async () => {
    const prompts = answering('webdav', 'https://dav.example.org/files/', 'me', '', 'pass word');
    const { bucket, credentials } = await askForBucket(prompts, helping());
    assert.equal(bucket, 'davs://dav.example.org/files/satchel?user=me');
    assert.deepEqual(credentials, { password: 'pass word' });
  });

  test('takes any characters in the folder of a bucket for what they are', async () => {
    const prompts = answering('webdav', 'dav.example.org', 'me', 'what? #1/50%', 'pass word');
    const { bucket } = await askForBucket(prompts, helping());
    assert.equal(new URL(bucket).pathname, '/what%3F%20%231/50%25');
  });

  test('offers to make a bucket that is not there, and tries again', async () => {
    let isMade = false;
    const help = helping({
      examine: async () => (isMade ? [] : [PROBLEM]),
      isBucketMissing: async () => !isMade,
      async createBucket() {
        isMade = true;
      },
    });
    const prompts = answering('aws', 'eu-central-1', 'new-notes', '', 'id', 'secret', 'create');
    assert.equal((await askForBucket(prompts, help)).action, 'init');
    assert.ok(isMade);
  });

  test('asks for other keys where those are refused', async () => {
    const help = helping({
      examine: async (_, credentials) =>
        credentials?.accessKeys?.accessKeyId === 'right' ? [] : [PROBLEM],
    });
    const answers = ['r2', 'abc123', 'my-notes', '', 'wrong', 'secret'];
    const prompts = answering(...answers, 'credentials', 'right', 'secret');
    const { credentials } = await askForBucket(prompts, help);
    assert.equal(credentials?.accessKeys?.accessKeyId, 'right');
  });

  test('joins a repository that is there already', async () => {
    const help = helping({ hasRepository: async () => true });
    const prompts = answering('folder', '/mnt/disk/satchel', 'join');
    assert.equal((await askForBucket(prompts, help)).action, 'join');
  });

  test('asks again where an answer cannot be a bucket', async () => {
    const prompts = answering(
      ...['r2', 'abc123', 'Not A Bucket', ''],
      ...['abc123', 'a-bucket', '', 'id', 'secret'],
    );
    const { bucket } = await askForBucket(prompts, helping());
    assert.ok(bucket.startsWith('s3://a-bucket/satchel'));
    assert.ok(prompts.said.some((text) => text.includes('cannot be the name of a bucket')));
  });
});
