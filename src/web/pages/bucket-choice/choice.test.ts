import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  choiceOf,
  type Detected,
  emptyTyped,
  missingIn,
  type Provider,
  schemeOf,
  type Typed,
  waysFound,
} from './choice.ts';

const asked = (name: string, standard: string | null = null) => ({
  name,
  question: `${name}?`,
  example: 'example',
  standard,
  choices: [],
});

const S3: Provider = {
  id: 'minio',
  name: 'MinIO',
  scheme: 's3',
  questions: [asked('endpoint'), asked('bucket'), asked('prefix', 'satchel')],
  needs: 'accessKey',
  keyHelp: 'In its console.',
  limits: [],
  price: null,
  isOwn: true,
};

const WORK: Detected = {
  scheme: 's3',
  from: 'the AWS profile "work"',
  profile: 'work',
  isBinding: false,
};

const answered = (typed: Typed, answers: Typed['answers']): Typed => ({
  ...typed,
  answers: { ...typed.answers, ...answers },
});

suite('what a person typed about a bucket', () => {
  test('begins with what is meant where nothing is said', () => {
    assert.deepEqual(emptyTyped(S3, []).answers, { endpoint: '', bucket: '', prefix: 'satchel' });
  });

  test('lacks what has no standard, and the keys', () => {
    const typed = answered(emptyTyped(S3, []), { bucket: 'notes', prefix: '' });
    assert.deepEqual(missingIn(S3, typed, []), ['endpoint', 'accessKeyId', 'secretAccessKey']);
  });

  test('needs no keys where they are on this computer, and names the profile', () => {
    const typed = answered(emptyTyped(S3, [WORK]), { endpoint: 'https://a', bucket: 'notes' });
    assert.deepEqual(missingIn(S3, typed, [WORK]), []);
    assert.deepEqual(choiceOf(S3, typed, [WORK]), {
      provider: 'minio',
      answers: { endpoint: 'https://a', bucket: 'notes', prefix: 'satchel' },
      profile: 'work',
    });
  });

  test('keys that were typed do not go along where others are chosen', () => {
    const typed = { ...emptyTyped(S3, [WORK]), accessKeyId: 'id', secretAccessKey: 'secret' };
    assert.ok(!('secretAccessKey' in choiceOf(S3, typed, [WORK])));
    const own = choiceOf(S3, { ...typed, wayIn: { kind: 'typed' } }, [WORK]);
    assert.equal(own.secretAccessKey, 'secret');
    assert.ok(!('profile' in own));
  });

  test('what the environment holds wins over what is typed', () => {
    const binding: Detected = { ...WORK, profile: null, isBinding: true };
    const typed: Typed = {
      ...emptyTyped(S3, []),
      wayIn: { kind: 'typed' },
      secretAccessKey: 'secret',
    };
    assert.ok(!('secretAccessKey' in choiceOf(S3, typed, [binding])));
    assert.deepEqual(missingIn(S3, typed, [binding]), ['endpoint', 'bucket']);
  });

  test('an address says by itself what kind of bucket it is', () => {
    const at = (url: string) => schemeOf('address', { url });
    assert.equal(at(' S3://notes/satchel'), 's3');
    assert.equal(at('davs://cloud.example.org/x?user=me'), 'dav');
    assert.equal(at('/mnt/disk'), 'file');
    assert.equal(at(''), undefined);
    assert.deepEqual(waysFound('address', { url: 's3://notes' }, [WORK]), [WORK]);
    assert.deepEqual(waysFound('address', { url: '/mnt/disk' }, [WORK]), []);
  });

  test('a password goes to a WebDAV server alone', () => {
    const typed = { ...emptyTyped('address', []), password: 'a password for tests' };
    const to = (url: string) => choiceOf('address', answered(typed, { url }), []);
    assert.equal(to('dav://host/x').password, 'a password for tests');
    assert.ok(!('password' in to('/mnt/disk')));
    assert.ok(!('accessKeyId' in to('/mnt/disk')));
  });
});
