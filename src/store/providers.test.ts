import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SatchelError } from '../base/errors.ts';
import { endpointOf, type ProviderAnswers, type ProviderPreset, priceOf } from './provider.ts';
import { findProvider, guessProvider, PROVIDERS, regionOfHost } from './providers.ts';
import { parseBucketUrl } from './url.ts';

const ALL_ANSWERS: ProviderAnswers = {
  region: 'eu-central-1',
  account: '0123456789abcdef',
  endpoint: 'https://s3.example.org:9000',
  host: 'cloud.example.org/base',
  user: 'me@example.org',
};

for (const preset of PROVIDERS) {
  test(`${preset.id}: what it asks makes an endpoint that a bucket URL takes`, () => {
    const asked = new Set(preset.asks.map(({ answer }) => answer));
    const needed = [...(preset.endpoint ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const name of needed)
      assert.ok(
        [...asked].some((answer) => answer === name),
        name,
      );
    const endpoint = endpointOf(preset, ALL_ANSWERS);
    if (preset.scheme === 'dav') {
      assert.equal(parseBucketUrl(endpoint ?? '').kind, 'dav');
    } else if (endpoint !== undefined) {
      const settings = parseBucketUrl('s3://my-bucket', { endpoint, region: preset.region });
      assert.equal(settings.kind === 's3' && settings.endpoint, endpoint);
    }
    for (const { answer, example } of preset.asks) {
      assert.doesNotThrow(() => endpointOf(preset, { ...ALL_ANSWERS, [answer]: example }));
    }
  });

  test(`${preset.id}: its endpoints are known again by their host, where they have one of its own`, () => {
    const endpoint = preset.endpoint && endpointOf(preset, ALL_ANSWERS);
    if (preset.hosts === undefined || endpoint === undefined || endpoint === ALL_ANSWERS.endpoint) {
      return;
    }
    assert.equal(guessProvider(new URL(endpoint).hostname)?.id, preset.id);
  });

  test(`${preset.id}: is free or priced as of a date, by a page that says more`, () => {
    if (preset.isOwn) assert.equal(preset.prices, undefined);
    if (preset.prices === undefined) return;
    assert.match(preset.prices.asOf, /^20\d\d-\d\d(-\d\d)?$/);
    assert.match(preset.prices.source, /^https:\/\//);
  });
}

test('every preset has an id of its own', () => {
  assert.equal(new Set(PROVIDERS.map(({ id }) => id)).size, PROVIDERS.length);
  assert.equal(findProvider('r2')?.name, 'Cloudflare R2');
  assert.equal(findProvider('somewhere'), undefined);
});

test('endpoints as the providers spell them', () => {
  const spelled: readonly [string, ProviderAnswers, string | undefined][] = [
    ['aws', { region: 'eu-west-1' }, undefined],
    ['r2', { account: 'abc' }, 'https://abc.r2.cloudflarestorage.com'],
    ['r2', { account: 'abc.eu' }, 'https://abc.eu.r2.cloudflarestorage.com'],
    ['b2', { region: 'eu-central-003' }, 'https://s3.eu-central-003.backblazeb2.com'],
    ['minio', { endpoint: 'minio.lan:9000' }, 'https://minio.lan:9000'],
    ['minio', { endpoint: 'http://127.0.0.1:9000' }, 'http://127.0.0.1:9000'],
    [
      'nextcloud',
      { host: 'cloud.example.org', user: 'a b' },
      'davs://cloud.example.org/remote.php/dav/files/a%20b',
    ],
    [
      'nextcloud',
      { host: 'https://example.org/cloud/index.php/apps/files/?dir=/', user: 'me' },
      'davs://example.org/cloud/remote.php/dav/files/me',
    ],
    ['webdav', { host: 'https://dav.example.org/files/' }, 'davs://dav.example.org/files'],
    ['webdav', { host: 'http://127.0.0.1:8080/dav' }, 'dav://127.0.0.1:8080/dav'],
  ];
  for (const [id, answers, expected] of spelled) {
    assert.equal(endpointOf(preset(id), answers), expected, id);
  }
});

test('an answer that is missing, or is no host name, is asked for with an example', () => {
  for (const region of ['', '  ', undefined, 'eu central', 'evil.example.org/', 'a@b']) {
    assert.throws(
      () => endpointOf(preset('b2'), { region }),
      (error) =>
        error instanceof SatchelError &&
        error.kind === 'usage' &&
        /eu-central-003/.test(error.hint ?? ''),
      String(region),
    );
  }
});

test('the provider and the region to sign for are guessed from the host, and only from its end', () => {
  const hosts: readonly [string, string | undefined, string | undefined][] = [
    ['s3.eu-central-003.backblazeb2.com', 'b2', 'eu-central-003'],
    ['S3.EU-West-2.wasabisys.com', 'wasabi', 'eu-west-2'],
    ['s3.wasabisys.com', 'wasabi', undefined],
    ['abc.eu.r2.cloudflarestorage.com', 'r2', 'auto'],
    ['fsn1.your-objectstorage.com', 'hetzner', 'fsn1'],
    ['nyc3.digitaloceanspaces.com', 'digitalocean', 'nyc3'],
    ['s3.fr-par.scw.cloud', 'scaleway', 'fr-par'],
    ['other-host.scw.cloud', 'scaleway', undefined],
    ['gateway.storjshare.io', 'storj', 'us-east-1'],
    ['x1y2.la.idrivee2-23.com', 'idrive', undefined],
    ['s3.eu-west-1.amazonaws.com', 'aws', undefined],
    ['backblazeb2.com.example.org', undefined, undefined],
    ['notbackblazeb2.com', undefined, undefined],
    ['127.0.0.1', undefined, undefined],
  ];
  for (const [host, id, region] of hosts) {
    assert.equal(guessProvider(host)?.id, id, host);
    assert.equal(regionOfHost(host), region, host);
  }
});

test('what a quiet month costs, with 20 GB stored', () => {
  const counts = {
    get: 100_000,
    put: 5_000,
    list: 5_000,
    delete: 500,
    bytesUp: 1e9,
    bytesDown: 2e9,
  };
  const month = (id: string) =>
    Math.round((priceOf(preset(id), { counts, storedBytes: 20e9 })?.total ?? Number.NaN) * 100);
  assert.deepEqual(
    ['aws', 'r2', 'b2', 'wasabi', 'digitalocean', 'storj'].map(month),
    // R2 and B2 charge for 10 of the 20 GB; Wasabi, DigitalOcean and Storj their least.
    [52, 15, 7, 799, 500, 5_000],
  );
  assert.equal(priceOf(preset('ceph'), { counts, storedBytes: 20e9 }), undefined);
});

function preset(id: string): ProviderPreset {
  return findProvider(id) ?? assert.fail(`no preset ${id}`);
}
