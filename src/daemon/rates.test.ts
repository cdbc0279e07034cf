import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createHandClock } from '../../test/support/hand-clock.ts';
import { isErrorKind, SatchelError } from '../base/errors.ts';
import { createAttempts, createRateLimit } from './rates.ts';
import { Refusal } from './refusal.ts';

suite('how often something may be asked', () => {
  test('a burst is let through, then as many as come back with time, each caller for itself', () => {
    const clock = createHandClock(0);
    const waitFor = createRateLimit(clock, { burst: 3, perSecond: 2 });
    assert.deepEqual(
      [1, 2, 3].map(() => waitFor('a')),
      [0, 0, 0],
    );
    assert.equal(waitFor('a'), 1);
    assert.equal(waitFor('b'), 0);
    clock.advance(500);
    assert.equal(waitFor('a'), 0);
    assert.equal(waitFor('a'), 1);
    // A caller that was away has its burst again, and no more than that.
    clock.advance(3_600_000);
    assert.deepEqual(
      [1, 2, 3, 4].map(() => waitFor('a')),
      [0, 0, 0, 1],
    );
  });
});

suite('guessing a passphrase', () => {
  const wrong = (): Promise<never> =>
    Promise.reject(new SatchelError('refused', 'That passphrase opens nothing.'));
  const isFailure = (error: unknown): boolean => isErrorKind(error, 'refused');

  test('each failure doubles the wait before the next try, and tries meanwhile are not made', async () => {
    const clock = createHandClock(0);
    const attempts = createAttempts(clock);
    let made = 0;
    const guess = (): Promise<unknown> =>
      attempts.run(
        'unlock',
        () => {
          made += 1;
          return wrong();
        },
        isFailure,
      );
    const waitsSeconds: number[] = [];
    while (made < 14) {
      const before = made;
      const error = await guess().catch((thrown: unknown) => thrown);
      if (error instanceof Refusal) {
        assert.equal(made, before, 'a try that has to wait is not made');
        assert.equal(error.status, 429);
        waitsSeconds.push(error.retryAfterSeconds ?? 0);
        clock.advance((error.retryAfterSeconds ?? 0) * 1000);
      } else {
        assert.equal(made, before + 1);
      }
    }
    // People mistype: the first two cost nothing. No wait is longer than a quarter of an hour.
    assert.deepEqual(waitsSeconds, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900]);
  });

  test('of two at the same time only one is tried', async () => {
    const attempts = createAttempts(createHandClock(0));
    let open = (): void => {};
    const first = attempts.run('unlock', () => new Promise<void>((go) => (open = go)), isFailure);
    await assert.rejects(attempts.run('unlock', wrong, isFailure), /under way/);
    // Another secret is another matter.
    await assert.rejects(attempts.run('join', wrong, isFailure), /opens nothing/);
    open();
    await first;
  });

  test('the right one ends the waiting; other errors are no guesses', async () => {
    const clock = createHandClock(0);
    const attempts = createAttempts(clock);
    const offline = (): Promise<never> => Promise.reject(new Error('offline'));
    for (let tries = 0; tries < 20; tries += 1) {
      await assert.rejects(attempts.run('unlock', offline, isFailure), /offline/);
    }
    for (let tries = 0; tries < 2; tries += 1) {
      await assert.rejects(attempts.run('unlock', wrong, isFailure), /opens nothing/);
    }
    assert.equal(await attempts.run('unlock', async () => 'open', isFailure), 'open');
    for (let tries = 0; tries < 2; tries += 1) {
      await assert.rejects(attempts.run('unlock', wrong, isFailure), /opens nothing/);
    }
  });
});
