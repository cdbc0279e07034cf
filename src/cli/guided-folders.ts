/** The last questions of `satchel init`: which folders of this device take part. */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Session } from '../app/session.ts';
import { SatchelError } from '../base/errors.ts';
import type { CommandContext } from './command.ts';
import { printRound } from './print-round.ts';
import type { Prompts } from './prompts.ts';

/** The path that was meant, absolute: `~` is the person's folder, which no shell has put in here. */
export function pathOf(context: CommandContext, typed: string): string {
  if (/^file:/i.test(typed)) return typed;
  return resolve(context.workingFolder, typed.replace(/^~(?=$|[/\\])/, homedir()));
}

/** Offers what is in the repository. False where there is nothing yet. */
export async function bringCollections(
  context: CommandContext,
  prompts: Prompts,
): Promise<boolean> {
  const [{ listCollections }, { attachCollection }, { reading }] = await Promise.all([
    import('../app/collection-list.ts'),
    import('../app/collections.ts'),
    import('./session.ts'),
  ]);
  const there = await reading(context, listCollections);
  if (there.length === 0) return false;
  let isAny = false;
  for (;;) {
    const left = (await reading(context, listCollections)).filter(
      ({ folder }) => folder === undefined,
    );
    if (left.length === 0) break;
    const id = await prompts.select('Which collection is to be brought here now?', [
      ...left.map((one) => ({ value: one.id, label: one.name })),
      { value: '', label: isAny ? 'No other' : 'None' },
    ]);
    if (id === '') break;
    const name = left.find((one) => one.id === id)?.name ?? id;
    await intoFolder(context, prompts, `~/${name}`, (session, folder) =>
      attachCollection(session, id, folder, undefined),
    );
    isAny = true;
  }
  context.terminal.print(
    isAny
      ? '"satchel up" keeps this device in step.'
      : 'Next: "satchel attach <collection> <folder>", then "satchel sync".',
  );
  return true;
}

/** Offers to make a collection of a folder. */
export async function carryFirstFolder(context: CommandContext, prompts: Prompts): Promise<void> {
  const { terminal } = context;
  if (!(await prompts.confirm('Carry a folder of this device now?', true))) {
    terminal.print('Next: "satchel add vault <folder>", then "satchel sync".');
    return;
  }
  const { addCollection } = await import('../app/collections.ts');
  await intoFolder(context, prompts, '~/Notes', (session, folder) =>
    addCollection(session, 'vault', folder, undefined),
  );
  terminal.print('"satchel up" keeps this device in step.');
}

/** Asks for a folder until one will do, and syncs once. */
async function intoFolder(
  context: CommandContext,
  prompts: Prompts,
  example: string,
  take: (session: Session, folder: string) => Promise<unknown>,
): Promise<void> {
  const [{ runSync }, { working }] = await Promise.all([
    import('../app/sync.ts'),
    import('./session.ts'),
  ]);
  for (;;) {
    const typed = await prompts.text('Which folder?', {
      example,
      check: (answer) => (answer === '' ? 'Please type something.' : undefined),
    });
    try {
      await working(context, 'init', (session) => take(session, pathOf(context, typed)));
      break;
    } catch (error) {
      if (!(error instanceof SatchelError) || error.kind !== 'usage') throw error;
      prompts.say(`${error.message} ${error.hint ?? ''}`);
    }
  }
  printRound(context, await working(context, 'init', (session) => runSync(session, undefined)));
}
