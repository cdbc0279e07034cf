/** Whether a session still fits its settings, for programs that hold one for long. */
import type { Settings } from './home.ts';
import type { Session } from './session.ts';

/** True where another session has to be opened: other collections are here, or another bucket. */
export function isSessionOutdated({ settings, live }: Session): boolean {
  return shapeOf(settings) !== shapeOf(live());
}

/** What is read when a session is opened, and not again. */
function shapeOf(settings: Settings): string {
  const { bucket, insecureTls, repository, encryption, deviceName, secrets } = settings;
  const collections = Object.entries(settings.collections)
    .map(([id, { kind, folder, only }]) => ({ id, kind, folder, only }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return JSON.stringify([
    [bucket, insecureTls, repository, encryption, deviceName, secrets],
    collections,
  ]);
}

/** The session with the settings as they are by now, for whoever shows them. */
export function withLiveSettings(session: Session): Session {
  return { ...session, settings: session.live() };
}
