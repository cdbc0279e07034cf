/** The environment of this process, other than it is for the time of a test. */
import type { TestContext } from 'node:test';

/** Sets variables of the environment for one test; undefined takes one away. */
export function withEnv(
  context: Pick<TestContext, 'after'>,
  env: Readonly<Record<string, string | undefined>>,
): void {
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  for (const [name, value] of Object.entries(env)) {
    const before = process.env[name];
    set(name, value);
    context.after(() => set(name, before));
  }
}
