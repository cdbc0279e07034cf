/** `pause` and `resume`: what `satchel up` leaves out for a while. */
import type { AppContext } from '../app/context.ts';
import { readSettings, type Settings } from '../app/home.ts';
import type { CommandContext } from './command.ts';

/**
 * @param collection its name, or the beginning of its id; undefined for everything.
 * @throws SatchelError `usage` for one that is not on this device.
 */
export async function setPause(
  context: CommandContext,
  collection: string | undefined,
  paused: boolean,
): Promise<void> {
  const [{ pauseRoute }, { pauseCollection }, { askingDaemon }, { appContext, reading }] =
    await Promise.all([
      import('../api/status.ts'),
      import('../app/pause.ts'),
      import('./beside-daemon.ts'),
      import('./session.ts'),
    ]);
  const app = appContext(context);
  await askingDaemon<unknown>(
    app,
    (daemon) => daemon.call(pauseRoute, { collection, paused }),
    () => reading(context, (session) => pauseCollection(session, collection, paused)),
  );
  tell(context, app, collection, paused);
}

function tell(
  context: CommandContext,
  { home }: AppContext,
  collection: string | undefined,
  paused: boolean,
): void {
  const { terminal } = context;
  const left = leftOut(readSettings(home));
  terminal.json({ collection: collection ?? null, paused, leftOut: left });
  const what = collection === undefined ? 'Everything' : `"${collection}"`;
  terminal.print(paused ? `${what} is paused: what is saved waits here.` : `${what} goes on.`);
  if (terminal.isJson) return;
  if (paused) {
    const end = ['satchel resume', ...(collection === undefined ? [] : [collection])].join(' ');
    terminal.note(`"${end}" ends it. "satchel sync" and "satchel watch" do not heed it.`);
  } else if (left === 'everything') {
    terminal.note('Everything is still paused: "satchel resume" without a name ends that.');
  } else if (left.length > 0) {
    terminal.note(`Still paused: ${left.join(', ')}.`);
  }
}

/** What is paused now: all, or collections by name. */
function leftOut(settings: Settings): 'everything' | readonly string[] {
  if (settings.paused === true) return 'everything';
  return Object.entries(settings.collections).flatMap(([id, { name, paused }]) =>
    paused === true ? [name ?? id] : [],
  );
}
