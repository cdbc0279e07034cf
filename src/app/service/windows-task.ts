/** A task of the Windows Task Scheduler; see its XML schema and `schtasks /?`. */
import { win32 } from 'node:path';
import { type ServicePlan, type ServiceWish, xmlText } from './plan.ts';

export interface WindowsPlace {
  /** Such as `C:\Users\name\AppData\Local`. */
  readonly localFolder: string;
  /** Such as `COMPUTER\name`. */
  readonly user: string;
}

export function windowsPlan(wish: ServiceWish, { localFolder, user }: WindowsPlace): ServicePlan {
  const path = win32.join(localFolder, 'Satchel service', `${wish.id}.xml`);
  const schtasks = (...args: string[]) => ({ program: 'schtasks.exe', args });
  const create = schtasks('/Create', '/TN', wish.id, '/XML', path, '/F');
  return {
    manager: 'the Task Scheduler',
    path,
    text: taskText(wish, user),
    // The byte order mark in front of the text says so as well.
    encoding: 'utf16le',
    install: [
      create,
      { ...schtasks('/End', '/TN', wish.id), mayFail: true },
      schtasks('/Run', '/TN', wish.id),
    ],
    stop: [
      { ...schtasks('/End', '/TN', wish.id), mayFail: true },
      schtasks('/Delete', '/TN', wish.id, '/F'),
    ],
    enable: [create],
    disable: [schtasks('/Delete', '/TN', wish.id, '/F')],
    forget: [],
    status: schtasks('/Query', '/TN', wish.id, '/FO', 'CSV', '/NH'),
    describe: describeTask,
    note: undefined,
  };
}

/** It is called through PowerShell, which can hide the window that Node would open. */
function taskText({ command, env }: ServiceWish, user: string): string {
  const variables = Object.entries(env).map(([name, value]) => `$env:${name} = ${literal(value)}`);
  const script = [...variables, `& ${command.map(literal).join(' ')}`, 'exit $LASTEXITCODE'];
  const args = `-NoProfile -NonInteractive -WindowStyle Hidden -EncodedCommand ${encoded(script)}`;
  return `\ufeff${[
    '<?xml version="1.0" encoding="UTF-16"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    '  <RegistrationInfo><Description>Satchel keeps notes and files in step</Description></RegistrationInfo>',
    '  <Triggers>',
    `    <LogonTrigger><UserId>${xmlText(user)}</UserId></LogonTrigger>`,
    '  </Triggers>',
    '  <Principals>',
    '    <Principal id="Author">',
    `      <UserId>${xmlText(user)}</UserId>`,
    '      <LogonType>InteractiveToken</LogonType>',
    '      <RunLevel>LeastPrivilege</RunLevel>',
    '    </Principal>',
    '  </Principals>',
    '  <Settings>',
    '    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>',
    '    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>',
    '    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>',
    '    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>',
    '    <RestartOnFailure><Interval>PT1M</Interval><Count>999</Count></RestartOnFailure>',
    '  </Settings>',
    '  <Actions Context="Author">',
    `    <Exec><Command>powershell.exe</Command><Arguments>${xmlText(args)}</Arguments></Exec>`,
    '  </Actions>',
    '</Task>',
  ].join('\r\n')}\r\n`;
}

/** A string in which PowerShell fills in nothing. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** As PowerShell takes a script that no command line is to take apart: Base64 of UTF-16. */
function encoded(lines: readonly string[]): string {
  return Buffer.from(lines.join('; '), 'utf16le').toString('base64');
}

/** `"\satchel","N/A","Running"`, in the language of the system. */
function describeTask(answer: string): string | undefined {
  return /,"([^"]*)"\s*$/.exec(answer)?.[1];
}
