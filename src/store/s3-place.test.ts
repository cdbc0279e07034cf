import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isErrorKind } from '../base/errors.ts';
import type { S3Bucket } from './bucket-settings.ts';
import { placeOf } from './s3-place.ts';

const PLACES: readonly [Partial<S3Bucket>, ReturnType<typeof placeOf>][] = [
  [{}, { forcePathStyle: false }],
  [{ region: 'eu-west-1' }, { region: 'eu-west-1', forcePathStyle: false }],
  [
    { endpoint: 'http://127.0.0.1:7480' },
    { endpoint: 'http://127.0.0.1:7480', region: 'us-east-1', forcePathStyle: true },
  ],
  [
    { endpoint: 'https://s3.eu-central-003.backblazeb2.com' },
    {
      endpoint: 'https://s3.eu-central-003.backblazeb2.com',
      region: 'eu-central-003',
      forcePathStyle: true,
    },
  ],
  [
    { provider: 'b2', region: 'us-west-004' },
    {
      endpoint: 'https://s3.us-west-004.backblazeb2.com',
      region: 'us-west-004',
      forcePathStyle: true,
    },
  ],
  [
    { provider: 'garage', endpoint: 'http://127.0.0.1:3900' },
    { endpoint: 'http://127.0.0.1:3900', region: 'garage', forcePathStyle: true },
  ],
  [
    { provider: 'garage', endpoint: 'http://127.0.0.1:3900', region: 'own', pathStyle: false },
    { endpoint: 'http://127.0.0.1:3900', region: 'own', forcePathStyle: false },
  ],
  [{ provider: 'aws' }, { forcePathStyle: false }],
  [
    { provider: 'of-a-later-version', endpoint: 'https://s3.example.org' },
    { endpoint: 'https://s3.example.org', region: 'us-east-1', forcePathStyle: true },
  ],
];

for (const [settings, expected] of PLACES) {
  test(`the place of ${JSON.stringify(settings)}`, () => {
    assert.deepEqual(placeOf(bucketWith(settings)), expected);
  });
}

test('a provider whose endpoint is not told is a usage error, and never Amazon', () => {
  const settings = [
    { provider: 'r2' },
    { provider: 'b2' },
    { provider: 'minio' },
    { provider: 'other' },
    { provider: 'nextcloud' },
    { provider: 'of-a-later-version' },
  ];
  for (const setting of settings) {
    assert.throws(
      () => placeOf(bucketWith(setting)),
      (error) => isErrorKind(error, 'usage') && error.hint !== undefined,
      setting.provider,
    );
  }
});

function bucketWith(settings: Partial<S3Bucket>): S3Bucket {
  return { kind: 's3', bucket: 'my-bucket', prefix: '', ...settings };
}
