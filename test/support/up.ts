/** `satchel up` as a process of its own, as a person's computer runs it all day. */
import assert from 'node:assert/strict';
import type { Place } from './satchel.ts';

export interface Up {
  /** Such as `http://127.0.0.1:49152`. */
  readonly origin: string;
  /** An address that signs a browser in, once. */
  newLink(): Promise<string>;
  /** Ends it as Ctrl-C does, and expects it to end well. */
  end(): Promise<void>;
  /** For after a test, whatever became of it. */
  kill(): void;
}

/** Resolves once its page can be opened. */
export async function startUp(place: Place, device: string): Promise<Up> {
  const running = place.start(device, ['up', '--port', '0']);
  await running.waitFor('Satchel is up');
  const newLink = async (): Promise<string> => {
    const ran = await place.run(device, ['open', '--no-browser', '--json']);
    assert.equal(ran.exitCode, 0, ran.err);
    return ran.json<{ readonly url: string }>().url;
  };
  return {
    origin: new URL(await newLink()).origin,
    newLink,
    async end() {
      running.process.kill('SIGINT');
      const { exitCode, err } = await running.ended;
      assert.equal(exitCode, 0, err);
    },
    kill: () => void running.process.kill('SIGKILL'),
  };
}
