/** A unit of the systemd that runs for one person; see systemd.service(5) and systemd.syntax(7). */
import { join } from 'node:path';
import { END_WITHIN_S, RESTART_AFTER_S, type ServicePlan, type ServiceWish } from './plan.ts';

/**
 * What glibc may keep of freed memory for later. By itself it keeps more and more, the larger what
 * was freed: after a sync of many files some 20 MB for nothing. See mallopt(3).
 */
const FREE_AT_TOP_BYTES = 128 * 1024;

/** @param configFolder such as `~/.config`. */
export function systemdPlan(wish: ServiceWish, configFolder: string): ServicePlan {
  const unit = `${wish.id}.service`;
  const systemctl = (...args: string[]) => ({ program: 'systemctl', args: ['--user', ...args] });
  return {
    manager: 'systemd',
    path: join(configFolder, 'systemd', 'user', unit),
    text: unitText(wish),
    encoding: 'utf8',
    install: [
      systemctl('daemon-reload'),
      systemctl('enable', unit),
      // Starts it where it does not run, and takes what is new where it does.
      systemctl('restart', unit),
    ],
    stop: [systemctl('disable', '--now', unit)],
    enable: [systemctl('daemon-reload'), systemctl('enable', unit)],
    disable: [systemctl('disable', unit)],
    forget: [
      systemctl('daemon-reload'),
      // That it failed once is of no interest any more; most times it has not.
      { ...systemctl('reset-failed', unit), mayFail: true },
    ],
    status: systemctl('show', '--property=ActiveState,SubState,UnitFileState,MainPID', unit),
    describe: describeUnit,
    note: 'It runs while you are signed in. "loginctl enable-linger" lets it run from the start of the computer.',
  };
}

function unitText({ command, env }: ServiceWish): string {
  const variables = Object.entries(env).map(
    ([name, value]) => `Environment=${quote(`${name}=${value}`)}`,
  );
  return `${[
    '[Unit]',
    'Description=Satchel keeps notes and files in step',
    '',
    '[Service]',
    'Type=exec',
    `Environment=${quote(`MALLOC_TRIM_THRESHOLD_=${FREE_AT_TOP_BYTES}`)}`,
    ...variables,
    // Only in a command line are variables filled in.
    `ExecStart=${command.map((word) => quote(word).replaceAll('$', '$$$$')).join(' ')}`,
    'Restart=on-failure',
    `RestartSec=${RESTART_AFTER_S}`,
    `TimeoutStopSec=${END_WITHIN_S}`,
    '',
    '[Install]',
    'WantedBy=default.target',
  ].join('\n')}\n`;
}

/** A word as it is: without escapes, and without specifiers such as `%h`. */
function quote(word: string): string {
  const escaped = word
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('%', '%%');
  return `"${escaped}"`;
}

function describeUnit(answer: string): string | undefined {
  const values = new Map(answer.split('\n').map((line) => pair(line)));
  const active = values.get('ActiveState') ?? '';
  if (active === '') return undefined;
  const process = values.get('MainPID') ?? '0';
  return [
    `${active} (${values.get('SubState') ?? ''})`,
    ...(process === '0' ? [] : [`process ${process}`]),
    ...(values.get('UnitFileState') === 'enabled' ? ['starts when you sign in'] : []),
  ].join(', ');
}

function pair(line: string): readonly [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1).trim()];
}
