/** Settings of the device or of a collection, in groups. */
import type { Known } from '../../api/queries.ts';
import { Card } from '../../ui/card.tsx';
import { Failed, Loading } from '../../ui/states.tsx';
import { SettingRow } from './setting-row.tsx';
import { grouped, type Setting, type SettingGroup } from './setting-words.ts';
import { useSetting } from './use-setting.ts';

interface SettingCardsProps {
  readonly settings: Known<readonly Setting[]>;
  readonly groups: readonly SettingGroup[];
  /** Its id; undefined for settings of the device. */
  readonly collection?: string;
}

export function SettingCards({ settings, groups, collection }: SettingCardsProps) {
  const change = useSetting(collection);
  const { data, error, refetch } = settings;
  if (error !== null) return <Failed error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  return grouped(data, groups).map(({ title, settings: inGroup }) => (
    <Card key={title} title={title}>
      <ul>
        {inGroup.map((setting) => (
          <SettingRow
            key={setting.name}
            setting={setting}
            onChange={(value) => change(setting, value)}
          />
        ))}
      </ul>
    </Card>
  ));
}
