/** What service managers are told: that it says what is meant, whatever the paths are called. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { launchdPlan } from './launchd.ts';
import type { ServiceWish } from './plan.ts';
import { systemdPlan } from './systemd.ts';
import { windowsPlan } from './windows-task.ts';

const WISH: ServiceWish = {
  id: 'satchel-0123abcd',
  command: ['/opt/node', '/opt/satchel.js', 'up', '--home', '/home/a b'],
  env: { PATH: '/usr/bin', AWS_PROFILE: 'notes' },
};

/** All that could be taken for something else. */
const ODD = '/a "b" $HOME %h \\n <c> & \'d\'';

suite('a unit of systemd', () => {
  test('runs the command line with its variables, and again after a failure', () => {
    const { path, text, install, stop } = systemdPlan(WISH, '/home/me/.config');
    assert.equal(path, '/home/me/.config/systemd/user/satchel-0123abcd.service');
    const lines = text.split('\n');
    for (const line of [
      'ExecStart="/opt/node" "/opt/satchel.js" "up" "--home" "/home/a b"',
      'Environment="PATH=/usr/bin"',
      'Environment="AWS_PROFILE=notes"',
      'Environment="MALLOC_TRIM_THRESHOLD_=131072"',
      'Restart=on-failure',
      'WantedBy=default.target',
    ]) {
      assert.ok(lines.includes(line), line);
    }
    const spoken = [...install, ...stop].map(({ program, args }) => [program, ...args].join(' '));
    assert.deepEqual(spoken, [
      'systemctl --user daemon-reload',
      'systemctl --user enable satchel-0123abcd.service',
      'systemctl --user restart satchel-0123abcd.service',
      'systemctl --user disable --now satchel-0123abcd.service',
    ]);
  });

  test('fills in nothing of its own', () => {
    const wish: ServiceWish = { ...WISH, command: [ODD], env: { PATH: ODD } };
    const { text } = systemdPlan(wish, '/c');
    assert.ok(text.includes(`ExecStart="/a \\"b\\" $$HOME %%h \\\\n <c> & 'd'"\n`), text);
    assert.ok(text.includes(`Environment="PATH=/a \\"b\\" $HOME %%h \\\\n <c> & 'd'"\n`), text);
  });

  test('what systemctl says, in a few words', () => {
    const { describe } = systemdPlan(WISH, '/c');
    const shown = 'MainPID=123\nActiveState=active\nSubState=running\nUnitFileState=enabled\n';
    assert.equal(describe(shown), 'active (running), process 123, starts when you sign in');
    assert.equal(
      describe('MainPID=0\nActiveState=failed\nSubState=failed\nUnitFileState=disabled\n'),
      'failed (failed)',
    );
    assert.equal(describe(''), undefined);
  });
});

suite('a launch agent', () => {
  const plan = launchdPlan(WISH, { homeFolder: '/Users/me', uid: 501 });

  test('runs the command line with its variables', () => {
    assert.equal(plan.path, '/Users/me/Library/LaunchAgents/satchel-0123abcd.plist');
    assert.match(plan.text, /<key>Label<\/key><string>satchel-0123abcd<\/string>/);
    const words = [...plan.text.matchAll(/^ {4}<string>(.*)<\/string>$/gm)].map(([, word]) => word);
    assert.deepEqual(words, WISH.command);
    assert.match(plan.text, /<key>AWS_PROFILE<\/key><string>notes<\/string>/);
    assert.deepEqual(plan.install.at(-1)?.args, ['bootstrap', 'gui/501', plan.path]);
  });

  test('is XML whatever the words are', () => {
    const { text } = launchdPlan({ ...WISH, command: [ODD] }, { homeFolder: '/', uid: 1 });
    const escaped = "/a &quot;b&quot; $HOME %h \\n &lt;c&gt; &amp; 'd'";
    assert.ok(text.includes(`<string>${escaped}</string>`), text);
  });

  test('what launchctl says, in a few words', () => {
    const printed = 'gui/501/satchel = {\n\tstate = running\n\tpid = 77\n\tlast exit code = 6\n}';
    assert.equal(plan.describe(printed), 'running, process 77, ended with exit code 6 before');
    assert.equal(plan.describe('Could not find service'), undefined);
  });
});

suite('a scheduled task', () => {
  const place = { localFolder: 'C:\\Users\\me\\AppData\\Local', user: 'PC\\me & you' };

  test('runs the command line with its variables, for this person, without a window', () => {
    const { path, text, encoding } = windowsPlan(WISH, place);
    assert.equal(path, 'C:\\Users\\me\\AppData\\Local\\Satchel service\\satchel-0123abcd.xml');
    // The task scheduler takes UTF-16 with a byte order mark.
    assert.deepEqual([encoding, text[0]], ['utf16le', '\ufeff']);
    assert.equal(text.match(/<UserId>PC\\me &amp; you<\/UserId>/g)?.length, 2);
    assert.match(text, /<LogonTrigger>/);
    assert.match(text, /<RunLevel>LeastPrivilege</);
    assert.equal(
      scriptOf(text),
      "$env:PATH = '/usr/bin'; $env:AWS_PROFILE = 'notes'; " +
        "& '/opt/node' '/opt/satchel.js' 'up' '--home' '/home/a b'; exit $LASTEXITCODE",
    );
  });

  test('fills in nothing of its own', () => {
    const { text } = windowsPlan({ ...WISH, command: [ODD], env: {} }, place);
    assert.equal(scriptOf(text), `& '${ODD.replaceAll("'", "''")}'; exit $LASTEXITCODE`);
  });

  test('what schtasks says, in the words of the system', () => {
    const { describe } = windowsPlan(WISH, place);
    assert.equal(describe('"\\satchel","N/A","Running"\r\n'), 'Running');
    assert.equal(describe(''), undefined);
  });
});

function scriptOf(text: string): string {
  const [, base64 = ''] = /-EncodedCommand (\S+?)</.exec(text) ?? [];
  return Buffer.from(base64, 'base64').toString('utf16le');
}

test('what is switched while the daemon runs neither ends it nor starts another', () => {
  const plans = [
    systemdPlan(WISH, '/c'),
    launchdPlan(WISH, { homeFolder: '/Users/me', uid: 501 }),
    windowsPlan(WISH, { localFolder: 'C:\\Local', user: 'PC\\me' }),
  ];
  const words = plans
    .flatMap(({ enable, disable }) => [...enable, ...disable])
    .flatMap(({ args }) => args);
  assert.ok(words.includes('enable') && words.includes('/Create') && words.includes('/Delete'));
  for (const word of ['restart', '--now', 'bootstrap', 'bootout', '/Run', '/End']) {
    assert.ok(!words.includes(word), word);
  }
});
