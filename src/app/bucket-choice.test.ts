/** From what a person typed on the page to a bucket, and from price lists to words. */
import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { suite, test } from 'node:test';
import { PROVIDERS } from '../store/providers.ts';
import { accessOf, destinationOf, offeredProviders, priceWords } from './bucket-choice.ts';

suite('the providers as the page shows them', () => {
  test('all are there, and each asks for what makes a bucket of it', () => {
    const offered = offeredProviders();
    assert.deepEqual(
      offered.map(({ id }) => id),
      PROVIDERS.map(({ id }) => id),
    );
    for (const { id, questions, needs } of offered) {
      const answers = Object.fromEntries(
        questions.map(({ name, example, standard }) => [name, standard ?? example]),
      );
      const keys = needs === 'accessKey' ? { accessKeyId: 'id', secretAccessKey: 'secret' } : {};
      const { bucket } = accessOf({ provider: id, answers, ...keys });
      assert.match(bucket, /^(?:s3|davs|file):\/\//, id);
    }
  });

  test('known regions are offered with the question for one', () => {
    const wasabi = offeredProviders().find(({ id }) => id === 'wasabi');
    const region = wasabi?.questions.find(({ name }) => name === 'region');
    assert.ok(region?.choices.includes('eu-central-2'));
  });

  test('prices say what is free, paid at any rate, and at least', () => {
    const prices = {
      currency: 'USD',
      asOf: '2026-06',
      source: '',
      requests: [],
      gbBytes: 1e9,
    } as const;
    const stored = { ...prices, storedPerGbMonth: 0.01, downPerGb: 0 };
    assert.equal(priceWords(stored), '0.01 USD for a GB and month (prices of 2026-06)');
    assert.match(priceWords({ ...stored, freeStoredGb: 10 }), /, the first 10 GB free /);
    assert.match(
      priceWords({ ...stored, freeStoredGb: 1000, basePerMonth: 5 }),
      /^5 USD a month with 1,000 GB, then 0\.01 USD/,
    );
    assert.match(priceWords({ ...stored, minimumPerMonth: 50 }), /, at least 50 USD /);
  });
});

suite('a bucket as it was typed', () => {
  const keys = { accessKeyId: ' id ', secretAccessKey: ' secret\n' };

  test('spaces around keys are no part of them', () => {
    const { credentials } = accessOf({ url: 's3://notes', ...keys });
    assert.deepEqual(credentials, {
      accessKeys: { accessKeyId: 'id', secretAccessKey: 'secret' },
    });
  });

  test("~ is the person's own folder, also where the folder is the answer to a question", () => {
    const here = `file://${homedir()}/bucket`;
    assert.equal(accessOf({ url: '~/bucket' }).bucket, here);
    assert.equal(accessOf({ provider: 'folder', answers: { path: '~/bucket' } }).bucket, here);
  });

  test('a provider that this program does not know is none', () => {
    assert.throws(() => accessOf({ provider: 'nobody' }), { kind: 'usage' });
  });

  test('a place to go to has what was typed for it, and not more', () => {
    const destination = destinationOf({ url: 's3://notes/satchel', profile: 'work' });
    assert.equal(destination.credentials, undefined);
    assert.equal(destination.insecureTls, false);
    assert.ok(destination.settings.kind === 's3' && destination.settings.profile === 'work');
  });
});
