/** Devices, settings and keys that a test makes up, and that change when the page changes them. */
import type { DeviceInfo } from '../../src/api/devices.ts';
import type { KeySlotInfo } from '../../src/api/keys.ts';
import { SETTING_KEYS, settingKey } from '../../src/app/setting-keys.ts';
import { SatchelError } from '../../src/base/errors.ts';
import type { Handlers } from '../../src/daemon/handlers.ts';
import { DEFAULT_IGNORE_PATTERNS, ignoreProblems } from '../../src/kinds/files/ignore.ts';

const HOUR_MS = 60 * 60 * 1000;
const RECOVERY_KEY = 'TEST-TEST-TEST-TEST-TEST-TEST-TEST-TEST';

type Served = Pick<
  Handlers,
  | 'devices'
  | 'renameDevice'
  | 'removeDevice'
  | 'settings'
  | 'changeSettings'
  | 'exportSettings'
  | 'ignoreRules'
  | 'changeIgnoreRules'
  | 'ignorePreview'
  | 'keys'
  | 'newRecovery'
  | 'keepRecovery'
  | 'bucketKey'
  | 'service'
  | 'setService'
>;

export function settingHandlers(nowMs: number): Served {
  return {
    ...deviceHandlers(nowMs),
    ...valueHandlers(),
    ...ruleHandlers(),
    ...keyHandlers(nowMs),
    ...startHandlers(),
  };
}

function deviceHandlers(nowMs: number): Pick<Served, 'devices' | 'renameDevice' | 'removeDevice'> {
  let devices = sampleDevices(nowMs);
  return {
    devices: async () => devices,
    renameDevice: async (_, { name }) => {
      devices = devices.map((one) => (one.self ? { ...one, name } : one));
      return { name };
    },
    removeDevice: async (_, { device, lost }) => {
      const retiredAt = new Date(nowMs).toISOString();
      devices = devices.map((one) => (one.id === device ? { ...one, retiredAt, lost } : one));
      const { id = device, name = device } = devices.find((one) => one.id === device) ?? {};
      const key = lost ? { recoveryKey: RECOVERY_KEY, kit: `Recovery key ${RECOVERY_KEY}` } : {};
      return { id, name, lost, kept: true, ...key };
    },
  };
}

function sampleDevices(nowMs: number): readonly DeviceInfo[] {
  const ago = (hours: number): string => new Date(nowMs - hours * HOUR_MS).toISOString();
  const device = (id: string, name: string, rest: Partial<DeviceInfo>): DeviceInfo => ({
    id,
    name,
    platform: 'linux',
    app: 'satchel 1.2.3',
    self: false,
    unreadable: false,
    lastSeenAt: ago(2),
    retiredAt: null,
    lost: false,
    ...rest,
  });
  return [
    device('laptop-id', 'laptop', { self: true, lastSeenAt: ago(0) }),
    device('desktop-id', 'The desktop under the stairs, with a name of great length', {
      platform: 'win32',
    }),
    device('0123abcd-id', '0123abcd', {
      unreadable: true,
      platform: '',
      app: '',
      lastSeenAt: null,
    }),
    device('phone-id', 'old phone', { platform: 'android', retiredAt: ago(500), lost: true }),
    device('tower-id', 'tower', { platform: 'darwin', retiredAt: ago(900) }),
  ];
}

function valueHandlers(): Pick<Served, 'settings' | 'changeSettings' | 'exportSettings'> {
  const changed = new Map<string, string>();
  const shown = (name: string, collection: string | undefined) => {
    const { means, values, scope, standard, format } = settingKey(name);
    const value = changed.get(`${collection} ${name}`) ?? format(standard);
    const isStandard = value === format(standard);
    return { name, value, isStandard, means, values, shared: scope === 'shared' };
  };
  return {
    settings: async (_, { collection }) =>
      SETTING_KEYS.filter(({ scope }) => (scope === 'device') === (collection === undefined)).map(
        ({ name }) => shown(name, collection),
      ),
    changeSettings: async (_, { collection, changes }) =>
      changes.map(({ name, value }) => {
        const key = settingKey(name);
        const parsed = value === 'default' ? key.standard : key.parse(value);
        if (parsed === undefined) throw new SatchelError('usage', `"${value}" is no ${name}.`);
        changed.set(`${collection} ${name}`, key.format(parsed));
        return shown(name, collection);
      }),
    exportSettings: async () => ({ fileName: 'satchel-settings.yaml', text: 'transfers: 16\n' }),
  };
}

function startHandlers(): Pick<Served, 'service' | 'setService'> {
  let isInstalled = false;
  const answer = () => ({ manager: 'systemd', isInstalled, says: null });
  return {
    service: async () => answer(),
    setService: async (_, given) => {
      isInstalled = given.isInstalled;
      return answer();
    },
  };
}

function ruleHandlers(): Pick<Served, 'ignoreRules' | 'changeIgnoreRules' | 'ignorePreview'> {
  let kept = { rules: '*.tmp\n', rev: 1 };
  return {
    ignoreRules: async () => ({ ...kept, standard: DEFAULT_IGNORE_PATTERNS }),
    changeIgnoreRules: async (_, { rules }) => {
      kept = { rules, rev: kept.rev + 1 };
      return { rev: kept.rev };
    },
    ignorePreview: async (_, { rules }) => {
      const isWider = rules.length > kept.rules.length;
      const paths = Array.from({ length: 500 }, (_none, index) => `Drafts/page-${index}.md`);
      const leaving = isWider ? { files: 1_204, bytes: 31_000_000, paths } : NOTHING;
      const out = { count: 2, paths: ['.obsidian/workspace.json', 'list.tmp'] };
      const carried = isWider ? 1_200 : 0;
      return {
        leaving: { ...leaving, carried },
        joining: NOTHING,
        out,
        problems: ignoreProblems(rules),
      };
    },
  };
}

const NOTHING = { files: 0, bytes: 0, paths: [] };

function keyHandlers(
  nowMs: number,
): Pick<Served, 'keys' | 'newRecovery' | 'keepRecovery' | 'bucketKey'> {
  const slot = (
    id: string,
    kind: KeySlotInfo['kind'],
    rest: Partial<KeySlotInfo>,
  ): KeySlotInfo => ({
    id,
    kind,
    name: null,
    createdAt: new Date(nowMs - 900 * HOUR_MS).toISOString(),
    opens: 'everything',
    ...rest,
  });
  const slots = [
    slot('recovery-id', 'recovery', {}),
    slot('first-id', 'passphrase', { name: 'before the move', opens: 'older' }),
    slot('second-id', 'passphrase', { name: 'at home' }),
  ];
  return {
    keys: async () => slots,
    newRecovery: async () => ({
      id: 'next-id',
      recoveryKey: RECOVERY_KEY,
      kit: `Recovery key ${RECOVERY_KEY}`,
      earlier: ['recovery-id'],
    }),
    keepRecovery: async () => ({ removed: ['recovery-id'] }),
    bucketKey: async () => ({
      provider: 'Amazon S3',
      uses: 'the access key AKIA…WXYZ',
      keyHelp: 'Access keys are made in the console, under IAM.',
      keeps: 'accessKey',
    }),
  };
}
