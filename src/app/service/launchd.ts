/** A launch agent of macOS; see launchd.plist(5) and launchctl(1). */
import { join } from 'node:path';
import {
  END_WITHIN_S,
  RESTART_AFTER_S,
  type ServicePlan,
  type ServiceWish,
  xmlText,
} from './plan.ts';

export interface LaunchdPlace {
  readonly homeFolder: string;
  /** Whose session it belongs to. */
  readonly uid: number;
}

export function launchdPlan(wish: ServiceWish, { homeFolder, uid }: LaunchdPlace): ServicePlan {
  const path = join(homeFolder, 'Library', 'LaunchAgents', `${wish.id}.plist`);
  const domain = `gui/${uid}`;
  const target = `${domain}/${wish.id}`;
  const launchctl = (...args: string[]) => ({ program: 'launchctl', args });
  return {
    manager: 'launchd',
    path,
    text: agentText(wish),
    encoding: 'utf8',
    install: [
      // One that is there already would be kept as it is.
      { ...launchctl('bootout', target), mayFail: true },
      // It may end its round before, and none of its name is taken meanwhile.
      { ...launchctl('print', target), untilItFails: true },
      launchctl('bootstrap', domain, path),
    ],
    stop: [launchctl('bootout', target)],
    // What is in the folder at a sign-in is started, and nothing else.
    enable: [],
    disable: [],
    forget: [],
    status: launchctl('print', target),
    describe: describeAgent,
    note: undefined,
  };
}

function agentText({ id, command, env }: ServiceWish): string {
  const words = command.map((word) => `    <string>${xmlText(word)}</string>`);
  const variables = Object.entries(env).map(
    ([name, value]) => `    <key>${xmlText(name)}</key><string>${xmlText(value)}</string>`,
  );
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    `  <key>Label</key><string>${xmlText(id)}</string>`,
    '  <key>ProgramArguments</key>',
    '  <array>',
    ...words,
    '  </array>',
    '  <key>EnvironmentVariables</key>',
    '  <dict>',
    ...variables,
    '  </dict>',
    '  <key>RunAtLoad</key><true/>',
    '  <key>KeepAlive</key>',
    '  <dict>',
    '    <key>SuccessfulExit</key><false/>',
    '  </dict>',
    `  <key>ThrottleInterval</key><integer>${RESTART_AFTER_S}</integer>`,
    `  <key>ExitTimeOut</key><integer>${END_WITHIN_S}</integer>`,
    '  <key>ProcessType</key><string>Background</string>',
    '</dict>',
    '</plist>',
  ].join('\n')}\n`;
}

function describeAgent(answer: string): string | undefined {
  const state = /^\s*state = (.+)$/m.exec(answer)?.[1];
  if (state === undefined) return undefined;
  const process = /^\s*pid = (\d+)$/m.exec(answer)?.[1];
  const exit = /^\s*last exit code = (\d+)/m.exec(answer)?.[1];
  return [
    state,
    ...(process === undefined ? [] : [`process ${process}`]),
    ...(exit === undefined || exit === '0' ? [] : [`ended with exit code ${exit} before`]),
  ].join(', ');
}
